/** The condition map of the open monument: what is listed and drawn over it, and new annotations, kept until they are saved. */
import { type Hold, holds } from '../core/holding.ts';
import { LoadError } from '../core/load.ts';
import type { Look } from '../core/look.ts';
import { type Draft, draftsFile, draftsFrom, FEWEST, type Shape } from '../core/mapping.ts';
import { type Mark, pathMark } from '../core/marks.ts';
import type { Picked } from '../core/picked.ts';
import type { AnnotationEntry, MonumentEntry } from '../core/release.ts';
import type { Vec3 } from '../core/vec.ts';
import { refined } from '../scene/refine.ts';
import type { App } from './app.ts';
import { saveFile } from './saveFile.ts';
import { monumentOf, shownNow } from './state.ts';
import { termLook } from './termLooks.ts';
import type { Workbench } from './workbench.ts';

const KEPT = 'heritage-drawn-';

export interface Listed {
  annotation: AnnotationEntry;
  hold: Hold;
}

export class Mapping {
  private readonly app: App;
  private readonly bench: Workbench;
  /** Whose it is; another one than the open monument until it is entered there. */
  monument: MonumentEntry | null = null;
  /** The shape that is being drawn; null: nothing is. */
  drawing: Shape | null = null;
  points: readonly Picked[] = [];
  drafts: readonly Draft[] = [];
  /** Only this term is listed and drawn. */
  term: string | null = null;
  /** Whether drafts outlive this page. */
  kept = true;
  private drawn = '';
  /** What the browser would not keep, by monument: it lasts as long as the page. */
  private readonly unkept = new Map<string, readonly Draft[]>();

  constructor(app: App, bench: Workbench) {
    this.app = app;
    this.bench = bench;
    // Drawn in another window: what is drawn here next must not replace it.
    window.addEventListener('storage', ({ key }) => {
      if (key !== this.key) return;
      this.read();
      this.tell();
    });
  }

  /** Where the browser keeps the drafts of the open monument. */
  private get key(): string {
    return `${KEPT}${this.monument?.id}`;
  }

  private read(): void {
    const unkept = this.unkept.get(this.key);
    try {
      this.drafts = unkept ?? draftsFrom(localStorage.getItem(this.key));
      this.kept = !unkept;
    } catch {
      this.drafts = [];
      this.kept = false; // the browser keeps nothing for this site
    }
  }

  /** Begin in the open monument with the term that an address names; else with all. */
  enter(look: Pick<Look, 'term'>): void {
    this.monument = monumentOf(this.app.state);
    this.leave();
    this.term = this.listed(look.term).length > 0 ? look.term : null;
    this.read();
    this.tell();
  }

  /** What was begun is given up. */
  leave(): void {
    this.drawing = null;
    this.points = [];
  }

  /** What holds in the condition that is shown, of the chosen term; null: of all. */
  listed(term = this.term): Listed[] {
    const { app, monument } = this;
    if (!monument) return [];
    const { epoch } = shownNow(app.state, monument);
    return monument.annotations.flatMap((annotation) => {
      const hold = holds(annotation, epoch);
      return hold && (term === null || annotation.term === term) ? [{ annotation, hold }] : [];
    });
  }

  choose(term: string | null): void {
    this.term = term;
    this.tell();
    this.app.address.remember();
  }

  /** Begin to draw a shape, or stop. */
  draw(shape: Shape | null): void {
    this.drawing = shape;
    this.points = [];
    if (shape) this.app.picking.begin((picked) => this.take(picked));
    else this.app.picking.end();
    this.tell();
  }

  undo(): void {
    this.points = this.points.slice(0, -1);
    this.tell();
  }

  /** Keep what has been drawn as a draft. */
  finish(): void {
    const { drawing, points, app } = this;
    const epoch = points[0]?.shown.epoch;
    if (!drawing || !epoch || points.length < FEWEST[drawing]) return;
    const title = {
      [app.state.language]: app.state.t('mapping.untitled', { number: this.drafts.length + 1 }),
    };
    this.drafts = [
      ...this.drafts,
      {
        id: `drawn-${Date.now().toString(36)}`,
        title,
        shape: drawing,
        points: points.map((p) => p.position_m),
        epoch,
        term: this.term,
      },
    ];
    this.points = [];
    this.keep();
  }

  /** Change a draft's words. */
  describe(id: string, change: Partial<Pick<Draft, 'title' | 'term'>>): void {
    this.drafts = this.drafts.map((d) => (d.id === id ? { ...d, ...change } : d));
    this.keep();
  }

  delete(id: string | null): void {
    this.drafts = id === null ? [] : this.drafts.filter((d) => d.id !== id);
    this.keep();
  }

  /** Hand the drafts over as a file. They stay here until they are deleted. */
  save(): void {
    if (!this.monument) return;
    const { id } = this.monument;
    saveFile(`${id}-annotations.json`, 'application/json', draftsFile(id, this.drafts));
  }

  private keep(): void {
    const { key, drafts } = this;
    try {
      if (drafts.length > 0) localStorage.setItem(key, JSON.stringify(drafts));
      else localStorage.removeItem(key);
      this.unkept.delete(key);
      this.kept = true;
    } catch {
      this.unkept.set(key, drafts);
      this.kept = false;
    }
    this.tell();
  }

  private take(picked: Picked): void {
    const { app, monument, points, drawing } = this;
    if (!drawing) return;
    const { t } = app.state;
    if (picked.monument !== monument?.id) app.set({ announcement: t('measure.other') });
    else if (picked.shown.epoch === null) app.set({ announcement: t('mapping.state') });
    else if (points[0] && points[0].shown.epoch !== picked.shown.epoch)
      app.set({ announcement: t('mapping.mixed') });
    else {
      this.points = [...points, picked];
      app.set({ announcement: t('measure.point', { number: this.points.length }) });
      void this.refine(picked);
      if (drawing === 'point') this.finish();
      else this.tell();
    }
  }

  /** Find a point again in full detail, wherever it is by then. */
  private async refine(picked: Picked): Promise<void> {
    const { monument } = this;
    if (!monument) return;
    try {
      const found = await refined(this.bench.reader, monument, picked);
      this.points = this.points.map((p) => (p === picked ? found : p));
      this.drafts = this.drafts.map((d) => ({
        ...d,
        points: d.points.map((p) => (p === picked.position_m ? found.position_m : p)),
      }));
      this.keep();
    } catch (error) {
      if (!(error instanceof LoadError)) throw error; // the coarse point stands
    }
  }

  /** The condition that is shown may have changed: draw anew what holds in it. */
  follow(): void {
    const { monument, app } = this;
    if (monument && app.state.route.view === 'mapping' && this.epoch !== this.drawn) this.tell();
  }

  private get epoch(): string {
    return this.monument ? String(shownNow(this.app.state, this.monument).epoch) : '';
  }

  private tell(): void {
    const { app, monument, points, drawing } = this;
    if (!monument || app.state.route.view !== 'mapping') return;
    this.drawn = this.epoch;
    const vocabulary = app.state.release!.vocabulary;
    const mark = (
      shape: Shape,
      places: readonly Vec3[],
      term: string | null,
      text: string,
      open: boolean,
      facing: Mark['facing'] = null,
    ): Mark => ({
      ...pathMark(places, shape === 'area', text),
      kind: 'mapped',
      dots: shape === 'point',
      facing,
      look: { ...termLook(term, vocabulary), filled: shape === 'area', dashed: open },
    });
    const listed = this.listed().map(({ annotation: a, hold }, i) =>
      mark(
        a.shape,
        a.shape === 'point' ? [a.position_m] : a.vertices_m,
        a.term,
        String(i + 1),
        hold === 'review',
        a.normal && { at: a.position_m, normal: a.normal },
      ),
    );
    const drafts = this.drafts.map((d) => mark(d.shape, d.points, d.term, '✎', true));
    const begun =
      points.length > 0
        ? [
            pathMark(
              points.map((p) => p.position_m),
              drawing === 'area',
              null,
            ),
          ]
        : [];
    app.set({ marks: [...listed, ...drafts, ...begun] });
  }
}
