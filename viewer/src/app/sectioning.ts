/** A section of the open monument: the plane, the conditions it cuts, and the drawing made of their tiles. */
import { LoadError } from '../core/load.ts';
import type { Picked } from '../core/picked.ts';
import type { MonumentEntry } from '../core/release.ts';
import {
  type Axis,
  type Cut,
  formatCut,
  parseCut,
  planeMark,
  planeOf,
  rangeOf,
  within,
} from '../core/section.ts';
import { corners, type Vec3 } from '../core/vec.ts';
import type { App } from './app.ts';
import { type Drawing, drawSection } from './cutting.ts';
import { idOf, monumentOf, shownById, shownNow } from './state.ts';
import type { Workbench } from './workbench.ts';

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
  /** Whose it is; another one than the open monument until it is entered there. */
  monument: MonumentEntry | null = null;
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
      const { reader } = this.bench;
      const shown = state.shown.map((id) => shownById(monument, id)).filter((c) => c !== null);
      const drawing = await drawSection(this.app, reader, monument, planeOf(state.cut)!, shown, {
        signal,
        colour: (id) => this.colour(id),
        progress: (done, total) => this.progress(signal, done, total),
      });
      if (!signal.aborted) this.state = { ...this.state!, drawing, status: 'ready' };
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      if (!signal.aborted) this.state = { ...this.state!, drawing: null, status: 'failed' };
    }
    if (!signal.aborted) this.tell();
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
