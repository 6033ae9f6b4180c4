/** Two conditions compared on screen: what is asked for, its figures, and what the scene is told. */
import { tableOf } from '../core/colour.ts';
import { LoadError } from '../core/load.ts';
import type { Look } from '../core/look.ts';
import { boxMark } from '../core/marks.ts';
import type { Line } from '../core/panes.ts';
import type { ComparisonDocument, ShownEntry } from '../core/release.ts';
import type { Mode } from '../core/route.ts';
import type { App } from './app.ts';
import { CHANGE_TABLES, type ChangeTable, changeTable } from './colours.ts';
import { type ComparingState, measured, monumentOf } from './state.ts';

const RANGE_SHARE = 0.5; // of what the attribute can hold, until the figures are there
const RANGE_WITHOUT_M = 0.1;
const RANGE_LODS = 4; // colours reach over at least so many levels of detection

const TABLES = new Map<string, Uint8Array>();

/** A colour table's bytes for the scene; always the same array for the same table. */
export function bytesOf(table: ChangeTable): Uint8Array {
  const bytes = TABLES.get(table.id) ?? tableOf(table.anchors);
  TABLES.set(table.id, bytes);
  return bytes;
}

export class Comparing {
  private readonly app: App;
  /** How far the colours reach where the visitor or an address says so; null: as far as the figures say. */
  ownRange_m: number | null = null;
  private line: Line = 'upright';
  private colours = changeTable(null).id;

  constructor(app: App) {
    this.app = app;
  }

  /** How the conditions are compared now; null when they are not. */
  get mode(): Mode | null {
    const { route, touring } = this.app.state;
    if (route.view === 'compare') return route.mode;
    return touring?.document.stops[touring.player.stop]?.compare?.mode ?? null;
  }

  /** What the visitor has set, as an address says it. */
  get look(): Pick<Look, 'lying' | 'colours' | 'range_m' | 'threshold_m'> {
    const { line, colours, ownRange_m } = this;
    return {
      lying: line === 'lying',
      colours: colours === CHANGE_TABLES[0].id ? null : colours,
      range_m: ownRange_m,
      threshold_m: this.app.state.comparing?.threshold_m || null,
    };
  }

  /** `look`: what an address says of line and colours; without it the visitor's last choice stays. */
  start(
    left: ShownEntry,
    right: ShownEntry,
    mode: Mode,
    position: number,
    look?: Pick<Look, 'lying' | 'colours' | 'region' | 'range_m' | 'threshold_m'>,
  ): void {
    const monument = monumentOf(this.app.state);
    if (!monument) return;
    const entry = measured(monument, left, right);
    this.ownRange_m = look?.range_m ?? null;
    const range_m = this.ownRange_m ?? (entry ? entry.scale_m * RANGE_SHARE : RANGE_WITHOUT_M);
    if (look) this.line = look.lying ? 'lying' : 'upright';
    if (look) this.colours = changeTable(look.colours).id;
    const { line, colours } = this;
    this.app.set({
      comparing: {
        left,
        right,
        position,
        line,
        colours,
        range_m,
        threshold_m: look?.threshold_m ?? 0,
        document: null,
        region: look?.region ?? null,
        failed: false,
      },
    });
    this.show(mode);
    if (entry && mode === 'change') void this.figures(entry.sidecar);
  }

  /** Move the swipe or the blend; change line, colours, threshold or range. */
  adjust(
    change: Partial<Pick<ComparingState, 'position' | 'line' | 'colours' | 'range_m' | 'threshold_m'>>,
  ): void {
    const { comparing } = this.app.state;
    const { mode } = this;
    if (!comparing || !mode) return;
    const now = { ...comparing, ...change };
    this.ownRange_m = change.range_m ?? this.ownRange_m;
    this.line = now.line;
    this.colours = now.colours;
    this.app.set({ comparing: now });
    this.show(mode);
    this.app.address.remember();
  }

  /** Fly to a region of change and mark it; null: mark none. */
  visit(id: string | null): void {
    const { comparing } = this.app.state;
    if (!comparing) return;
    const region = comparing.document?.regions.find((r) => r.id === id) ?? null;
    this.app.set({
      comparing: { ...comparing, region: region?.id ?? null },
      marks: region ? [boxMark(region.bounds, region.id.replace(/^r/, ''))] : [],
    });
    if (region) this.app.framing.look(region.view);
    else this.app.address.remember();
  }

  private async figures(sidecar: string): Promise<void> {
    let found: Partial<ComparingState>;
    try {
      const document = await this.app.document<ComparisonDocument>(sidecar);
      const { p05_m, p95_m, lod95_m } = document;
      // Nine tenths of the surface lie within the colours.
      const range_m = this.ownRange_m ?? Math.max(Math.abs(p05_m), Math.abs(p95_m), RANGE_LODS * lod95_m);
      found = { document, range_m };
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      found = { failed: true };
    }
    const { comparing } = this.app.state;
    const monument = monumentOf(this.app.state);
    if (!comparing || !monument || this.mode !== 'change') return;
    // By now another pair may be compared, whose figures these are not.
    if (measured(monument, comparing.left, comparing.right)?.sidecar !== sidecar) return;
    this.app.set({ comparing: { ...comparing, ...found } });
    this.show('change');
    if (comparing.region) this.visit(comparing.region);
  }

  private show(mode: Mode): void {
    const { state, view } = this.app;
    const monument = monumentOf(state);
    const { comparing } = state;
    if (!monument || !comparing || !view) return;
    const entry = measured(monument, comparing.left, comparing.right);
    const { range_m, threshold_m } = comparing;
    const table = bytesOf(changeTable(comparing.colours));
    const change = entry && {
      attribute: entry.attribute,
      scale_m: entry.scale_m,
      range_m,
      threshold_m,
      table,
    };
    view.onScreen.compare({ ...comparing, monument, mode, change }, this.app.showing.others(monument));
    this.app.progress();
  }
}
