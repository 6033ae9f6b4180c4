/** A section of the open monument: the plane, the conditions it cuts, and the drawing made of their tiles. */
import { LoadError } from '../core/load.ts';
import type { Picked } from '../core/picked.ts';
import type { ComparisonDocument, MonumentEntry, ShownEntry } from '../core/release.ts';
import {
  type Axis,
  type Cut,
  cutTriangles,
  formatCut,
  joined,
  meets,
  parseCut,
  planeMark,
  planeOf,
  rangeOf,
  type Segment,
  within,
} from '../core/section.ts';
import { type Extent, extentOf, type Layer } from '../core/sheet.ts';
import { corners, type Vec3 } from '../core/vec.ts';
import { surfacesOf } from '../scene/read.ts';
import type { App } from './app.ts';
import { conditionName, idOf, monumentOf, shownById, shownNow } from './state.ts';
import type { Workbench } from './workbench.ts';

export interface Drawing {
  layers: Layer[];
  extent: Extent | null;
  tiles: number;
  /** Largest geometric error of the tiles that were cut, true metres. */
  error_m: number;
  /** 1 sigma of aligning the epochs, where two that were measured against each other are drawn. */
  alignment_m: number | null;
}

export interface SectioningState {
  cut: Cut;
  /** Ids of the conditions that are cut. */
  shown: readonly string[];
  /** The first of two points of a plane that is being set by hand; 'wanted' before it. */
  points: 'wanted' | readonly [number, number] | null;
  status: 'reading' | 'ready' | 'failed';
  done: number;
  total: number;
  drawing: Drawing | null;
  /** The drawing fills the window. */
  large: boolean;
}

/** Apart for all common kinds of colour blindness (Okabe and Ito), dark enough for thin lines on paper. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00'];
const REST_MS = 350;

export class Sectioning {
  state: SectioningState | null = null;
  private readonly app: App;
  private readonly bench: Workbench;
  private monument: MonumentEntry | null = null;
  private timer = 0;
  private abort = new AbortController();

  constructor(app: App, bench: Workbench) {
    this.app = app;
    this.bench = bench;
  }

  /** Begin in the open monument with what an address says; else through its middle, all surveys. */
  enter(look: { cut: string | null; conditions: readonly string[] }): void {
    const monument = monumentOf(this.app.state);
    if (!monument) return;
    const same = monument === this.monument;
    this.monument = monument;
    const { min, max } = monument.bounds;
    const asked = parseCut(look.cut);
    const middle: Cut = { kind: 'axis', axis: 'x', at_m: Math.round((min[0] + max[0]) * 50) / 100 };
    const cut = asked ? within(asked, monument.bounds) : same && this.state ? this.state.cut : middle;
    const known = look.conditions.filter((id) => shownById(monument, id));
    const before = same && this.state ? this.state.shown : [];
    const all = monument.epochs.map((e) => e.id);
    const now = idOf(shownNow(this.app.state, monument));
    const first = all.includes(now) ? all : [...all, now];
    const shown = known.length > 0 ? known : before.length > 0 ? before : first;
    this.state = {
      cut,
      shown,
      points: null,
      status: 'reading',
      done: 0,
      total: 0,
      drawing: null,
      large: false,
    };
    this.changed(0);
  }

  leave(): void {
    clearTimeout(this.timer);
    this.abort.abort();
    if (this.monument) this.app.view?.conditions.cut(this.monument, null);
  }

  /** What of it belongs to the address. */
  get look(): { cut: string | null; conditions: string[] } {
    if (!this.state) return { cut: null, conditions: [] };
    return { cut: formatCut(this.state.cut), conditions: [...this.state.shown] };
  }

  /** Across another axis, through the middle. */
  across(axis: Axis): void {
    if (!this.state || !this.monument) return;
    const { min, max } = rangeOf(axis, this.monument.bounds);
    this.app.picking.end();
    this.state = {
      ...this.state,
      points: null,
      cut: { kind: 'axis', axis, at_m: Math.round((min + max) * 50) / 100 },
    };
    this.changed();
  }

  moveTo(at_m: number): void {
    if (this.state?.cut.kind !== 'axis') return;
    this.state = { ...this.state, cut: { ...this.state.cut, at_m } };
    this.changed();
  }

  /** Let two presses on the surface set an upright plane. */
  byPoints(): void {
    if (!this.state) return;
    this.state = { ...this.state, points: 'wanted' };
    this.app.picking.begin((picked) => this.take(picked));
    this.tell();
  }

  toggle(id: string, on: boolean): void {
    if (!this.state) return;
    const shown = on ? [...this.state.shown, id] : this.state.shown.filter((s) => s !== id);
    this.state = { ...this.state, shown };
    this.changed();
  }

  enlarge(large: boolean): void {
    if (!this.state) return;
    this.state = { ...this.state, large };
    this.tell();
  }

  private take({ position_m: [x, y], monument }: Picked): void {
    const { state, app } = this;
    if (!state || monument !== this.monument?.id) return;
    if (!Array.isArray(state.points)) {
      this.state = { ...state, points: [x, y] };
      app.set({ announcement: app.state.t('measure.point', { number: 1 }) });
      this.tell();
      return;
    }
    const cut: Cut = { kind: 'line', from: state.points as [number, number], to: [x, y] };
    if (!planeOf(cut)) {
      app.set({ announcement: app.state.t('section.near') });
      return;
    }
    app.picking.end();
    this.state = { ...state, points: null, cut };
    this.changed(0);
  }

  /** The plane or what it cuts is another: show it now, read tiles when it has come to rest. */
  private changed(wait_ms = REST_MS): void {
    this.abort.abort();
    this.abort = new AbortController();
    if (this.state) this.state = { ...this.state, status: 'reading', done: 0, total: 0 };
    this.tell();
    this.app.address.remember();
    clearTimeout(this.timer);
    const { signal } = this.abort;
    this.timer = window.setTimeout(() => void this.cut(signal), wait_ms);
  }

  /** The colour of a condition, the same whichever others are drawn. */
  colour(id: string): string {
    const { monument } = this;
    const all = [...(monument?.epochs ?? []), ...(monument?.states ?? [])].map((c) => c.id);
    return COLOURS[Math.max(0, all.indexOf(id)) % COLOURS.length]!;
  }

  private async cut(signal: AbortSignal): Promise<void> {
    const { monument, state } = this;
    if (!monument || !state) return;
    try {
      const drawing = await this.draw(monument, state, signal);
      if (!signal.aborted) this.state = { ...this.state!, drawing, status: 'ready' };
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      if (!signal.aborted) this.state = { ...this.state!, drawing: null, status: 'failed' };
    }
    if (!signal.aborted) this.tell();
  }

  private async draw(monument: MonumentEntry, state: SectioningState, signal: AbortSignal): Promise<Drawing> {
    const plane = planeOf(state.cut)!;
    const { reader } = this.bench;
    const factor = monument.placement.scale;
    const shown = state.shown.map((id) => shownById(monument, id)).filter((s) => s !== null);
    const plans = await Promise.all(
      shown.map(async (s) => ({ s, wanted: await reader.wanted(monument, s, (box) => meets(plane, box)) })),
    );
    const total = plans.reduce((sum, p) => sum + p.wanted.length, 0);
    this.progress(signal, 0, total);
    let done = 0;
    const layers: Layer[] = [];
    for (const { s, wanted } of plans) {
      const [measured, filled]: [Segment[], Segment[]] = [[], []];
      let error = 0;
      await reader.each(
        wanted,
        ({ object, error_m }) => {
          error = Math.max(error, error_m);
          for (const surface of surfacesOf(object)) {
            const { segments, triangles } = cutTriangles(surface.positions, surface.index, plane);
            segments.forEach((segment, i) => {
              const t = triangles[i]! * 3;
              const closes = [0, 1, 2].every((k) => surface.filled?.(surface.index[t + k]!));
              const true_m = segment.map((v) => v * factor) as unknown as Segment;
              (closes ? filled : measured).push(true_m);
            });
          }
        },
        { signal, progress: () => this.progress(signal, ++done, total) },
      );
      layers.push({
        id: idOf(s),
        name: conditionName(this.app.state, monument, s),
        interpreted: s.state !== null,
        colour: this.colour(idOf(s)),
        lines: joined(measured),
        filled: joined(filled),
        error_m: error * factor,
      });
    }
    return {
      layers,
      extent: extentOf(layers),
      tiles: total,
      error_m: Math.max(0, ...layers.map((l) => l.error_m)),
      alignment_m: await this.alignment(monument, shown),
    };
  }

  /** The error of aligning the drawn epochs, the largest of those that were compared. */
  private async alignment(monument: MonumentEntry, shown: readonly ShownEntry[]): Promise<number | null> {
    const drawn = shown.map((s) => s.epoch);
    const pairs = monument.comparisons.filter(
      (c) => drawn.includes(c.reference) && drawn.includes(c.compared),
    );
    const documents = await Promise.all(pairs.map((c) => this.app.document<ComparisonDocument>(c.sidecar)));
    return documents.length > 0 ? Math.max(...documents.map((d) => d.registration_m)) : null;
  }

  private progress(signal: AbortSignal, done: number, total: number): void {
    if (signal.aborted || !this.state) return;
    this.state = { ...this.state, done, total };
    this.tell();
  }

  private tell(): void {
    const { monument, state, app } = this;
    if (app.state.route.view !== 'section' || !monument || !state) return;
    const plane = planeOf(state.cut);
    const box = corners([monument.bounds.min as Vec3, monument.bounds.max as Vec3]);
    app.view?.conditions.cut(monument, plane);
    app.set({ marks: plane ? [planeMark(plane, box)] : [] });
  }
}
