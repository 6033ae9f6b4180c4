/** Two conditions compared on screen: what is asked for, its figures, and what the scene is told. */
import { LoadError } from '../core/load.ts';
import type { ComparisonDocument, ShownEntry } from '../core/release.ts';
import type { Mode } from '../core/route.ts';
import type { App } from './app.ts';
import { type ComparingState, measured, monumentOf } from './state.ts';

const RANGE_SHARE = 0.5; // of what the attribute can hold, until the figures are there
const RANGE_WITHOUT_M = 0.1;
const RANGE_LODS = 4; // colours reach over at least so many levels of detection

export class Comparing {
  private readonly app: App;

  constructor(app: App) {
    this.app = app;
  }

  /** How the conditions are compared now; null when they are not. */
  get mode(): Mode | null {
    const { route, touring } = this.app.state;
    if (route.view === 'compare') return route.mode;
    return touring?.document.stops[touring.player.stop]?.compare?.mode ?? null;
  }

  start(left: ShownEntry, right: ShownEntry, mode: Mode, position: number): void {
    const monument = monumentOf(this.app.state);
    if (!monument) return;
    const entry = measured(monument, left, right);
    const range_m = entry ? entry.scale_m * RANGE_SHARE : RANGE_WITHOUT_M;
    this.app.set({
      comparing: { left, right, position, range_m, threshold_m: 0, document: null, failed: false },
    });
    this.show(mode);
    if (entry && mode === 'change') void this.figures(entry.sidecar);
  }

  /** Move the swipe, the blend, the threshold or the range. */
  adjust(change: Partial<Pick<ComparingState, 'position' | 'range_m' | 'threshold_m'>>): void {
    const { comparing } = this.app.state;
    const { mode } = this;
    if (!comparing || !mode) return;
    this.app.set({ comparing: { ...comparing, ...change } });
    this.show(mode);
  }

  private async figures(sidecar: string): Promise<void> {
    let found: Partial<ComparingState>;
    try {
      const document = await this.app.document<ComparisonDocument>(sidecar);
      const { p05_m, p95_m, lod95_m } = document;
      // Nine tenths of the surface lie within the colours.
      found = { document, range_m: Math.max(Math.abs(p05_m), Math.abs(p95_m), RANGE_LODS * lod95_m) };
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      found = { failed: true };
    }
    const { comparing } = this.app.state;
    if (!comparing || this.mode !== 'change') return;
    this.app.set({ comparing: { ...comparing, ...found } });
    this.show('change');
  }

  private show(mode: Mode): void {
    const { state, view } = this.app;
    const monument = monumentOf(state);
    const { comparing } = state;
    if (!monument || !comparing || !view) return;
    const entry = measured(monument, comparing.left, comparing.right);
    const { range_m, threshold_m } = comparing;
    const change = entry && { attribute: entry.attribute, scale_m: entry.scale_m, range_m, threshold_m };
    view.compare({ ...comparing, monument, mode, change }, this.app.others(monument));
    this.app.progress();
  }
}
