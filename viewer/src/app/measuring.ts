/** Measures on the surface of the open monument: points gathered, found again in full detail, and what they say. */
import { LoadError } from '../core/load.ts';
import { pathMark } from '../core/marks.ts';
import {
  angle,
  distance,
  FEWEST_OF_AREA,
  flatArea,
  height,
  type Measured,
  type MeasureKind,
  outlineError,
  POINTS,
  surveyed,
  surveyOfOutline,
} from '../core/measure.ts';
import type { Picked } from '../core/picked.ts';
import type { MonumentEntry } from '../core/release.ts';
import { areaInside, type Outline, outlineOf } from '../core/surfaceArea.ts';
import { add, dot, length, normalized, sub, type Vec3 } from '../core/vec.ts';
import { surfacesOf } from '../scene/read.ts';
import { refined } from '../scene/refine.ts';
import type { App } from './app.ts';
import { monumentOf } from './state.ts';
import type { Workbench } from './workbench.ts';

export interface Measure {
  id: number;
  kind: MeasureKind;
  points: readonly Picked[];
  /** Null while the surface is still being read. */
  value: Measured | null;
  /** For an area: the flat area of the outline, beside that of the surface. */
  flat: Measured | null;
  /** Share of an area's outline under which there is a surface; more than 1 where layers lie over each other. */
  covered: number | null;
  /** An area that cannot be told, or tiles that could not be read. */
  problem: 'crossing' | 'unread' | null;
}

export interface MeasuringState {
  kind: MeasureKind;
  /** Points of the measure that is under way. */
  points: readonly Picked[];
  measures: readonly Measure[];
}

const NOTHING: MeasuringState = { kind: 'distance', points: [], measures: [] };

export class Measuring {
  private readonly app: App;
  private readonly bench: Workbench;
  private readonly kept = new Map<string, MeasuringState>();
  /** Whose it is; another one than the open monument until it is entered there. */
  monument: MonumentEntry | null = null;
  private next = 1;

  constructor(app: App, bench: Workbench) {
    this.app = app;
    this.bench = bench;
  }

  get state(): MeasuringState {
    return this.kept.get(this.monument?.id ?? '') ?? NOTHING;
  }

  private set(change: Partial<MeasuringState>): void {
    if (!this.monument) return;
    this.kept.set(this.monument.id, { ...this.state, ...change });
    this.tell();
  }

  /** Begin in the open monument. */
  enter(): void {
    this.monument = monumentOf(this.app.state);
    this.app.picking.begin((picked) => this.take(picked));
    this.set({ points: [] });
  }

  choose(kind: MeasureKind): void {
    this.set({ kind, points: [] });
  }

  /** Take back the last point. */
  undo(): void {
    this.set({ points: this.state.points.slice(0, -1) });
  }

  delete(id: number | null): void {
    this.set({ measures: id === null ? [] : this.state.measures.filter((m) => m.id !== id) });
  }

  /** Close the outline of an area. */
  close(): void {
    if (this.state.kind === 'area' && this.state.points.length >= FEWEST_OF_AREA) this.finish();
  }

  private take(picked: Picked): void {
    const { app, monument } = this;
    if (picked.monument !== monument?.id) {
      app.set({ announcement: app.state.t('measure.other') });
      return;
    }
    const points = [...this.state.points, picked];
    this.set({ points });
    app.set({ announcement: app.state.t('measure.point', { number: points.length }) });
    void this.refine(picked);
    if (points.length >= POINTS[this.state.kind]) this.finish();
  }

  /** Find a point again in full detail, wherever it is used by then. */
  private async refine(picked: Picked): Promise<void> {
    const { monument } = this;
    if (!monument) return;
    let found: Picked;
    try {
      found = await refined(this.bench.reader, monument, picked);
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      return; // the coarse point and its error stand
    }
    if (found === picked) return;
    const swap = (points: readonly Picked[]) => points.map((p) => (p === picked ? found : p));
    const kept = this.kept.get(monument.id);
    if (!kept) return;
    const measures = kept.measures.map((m) =>
      m.points.includes(picked) ? this.valued({ ...m, points: swap(m.points) }, monument) : m,
    );
    this.kept.set(monument.id, { ...kept, points: swap(kept.points), measures });
    this.tell();
  }

  private finish(): void {
    const { kind, points } = this.state;
    if (!this.monument) return;
    const made: Measure = {
      id: this.next++,
      kind,
      points,
      value: null,
      flat: null,
      covered: null,
      problem: null,
    };
    const measure = this.valued(made, this.monument);
    this.set({ points: [], measures: [...this.state.measures, measure] });
    const { t } = this.app.state;
    this.app.set({ announcement: t('measure.done', { kind: t(`measure.${kind}`) }) });
  }

  /** The measure with its value; an area of the surface is read afterwards. */
  private valued(measure: Measure, monument: MonumentEntry): Measure {
    const { site_from_monument: m } = monument.placement;
    const points = surveyed(measure.points, monument);
    const [a, b, c] = points;
    // Upwards as the site has it, in the monument's axes.
    const up: Vec3 = [m[2]!, m[6]!, m[10]!];
    switch (measure.kind) {
      case 'distance':
        return { ...measure, value: distance(a!, b!) };
      case 'height':
        return { ...measure, value: height(a!, b!, up) };
      case 'angle':
        return { ...measure, value: angle(a!, b!, c!) };
      case 'area': {
        const positions = measure.points.map((p) => p.position_m);
        const side = normalized(measure.points.map((p) => p.normal).reduce(add));
        const outline = outlineOf(positions, side);
        if (!outline) return { ...measure, value: null, problem: 'crossing' };
        void this.readArea(measure.id, monument, measure.points, outline);
        return { ...measure, value: null, flat: flatArea(points), problem: null };
      }
    }
  }

  private async readArea(
    id: number,
    monument: MonumentEntry,
    points: readonly Picked[],
    outline: Outline,
  ): Promise<void> {
    const { reader } = this.bench;
    const factor = monument.placement.scale;
    const reach = Math.max(...points.map((p) => length(sub(p.position_m, outline.centre)))) + outline.depth_m;
    const near = (corners: readonly Vec3[]) =>
      [outline.right, outline.up, outline.normal].every((axis) => {
        const along = corners.map((p) => dot(sub(p, outline.centre), axis));
        return Math.min(...along) <= reach && Math.max(...along) >= -reach;
      });
    let [area, shadow, error] = [0, 0, 0];
    try {
      const wanted = await reader.wanted(monument, points[0]!.shown, near);
      await reader.each(wanted, ({ object, error_m }) => {
        error = Math.max(error, error_m);
        for (const { positions, index } of surfacesOf(object)) {
          const inside = areaInside(positions, index, outline);
          area += inside.area;
          shadow += inside.shadow;
        }
      });
    } catch (problem) {
      if (!(problem instanceof LoadError)) throw problem;
      this.replace(monument, id, points, { problem: 'unread' });
      return;
    }
    const rim = surveyed(
      points.map((p) => ({ ...p, error_m: Math.max(p.error_m, error) })),
      monument,
    );
    this.replace(monument, id, points, {
      value: { value: area * factor ** 2, within: outlineError(rim), survey: surveyOfOutline(rim) },
      covered: (shadow * factor ** 2) / flatArea(rim).value,
    });
  }

  /** Change a measure, unless it has other points by now. */
  private replace(
    monument: MonumentEntry,
    id: number,
    points: readonly Picked[],
    change: Partial<Measure>,
  ): void {
    const kept = this.kept.get(monument.id);
    if (!kept) return;
    const measures = kept.measures.map((m) => (m.id === id && m.points === points ? { ...m, ...change } : m));
    this.kept.set(monument.id, { ...kept, measures });
    this.tell();
  }

  /** Draw points and measures over the scene, and the page anew. */
  private tell(): void {
    if (this.app.state.route.view !== 'measure') return;
    const { points, measures, kind } = this.state;
    const marks = measures.map((m, i) =>
      pathMark(
        m.points.map((p) => p.position_m),
        m.kind === 'area',
        String(i + 1),
      ),
    );
    const open = pathMark(
      points.map((p) => p.position_m),
      kind === 'area',
      null,
    );
    this.app.set({ marks: points.length > 0 ? [...marks, open] : marks });
  }
}
