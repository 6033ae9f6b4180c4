/** What a headset's frame may hold, and how coarse tiles must be for it. */

export interface Load {
  /** Triangles, points and lines of one eye's picture. */
  triangles: number;
  /** Draw calls of one eye's picture. */
  calls: number;
}

/** Standalone headsets draw so much at 72 Hz with time to spare for everything else. */
export const BUDGET: Load = { triangles: 500_000, calls: 100 };

const ROOM = 0.6; // of the budget: below that there is room for finer tiles
const FINER = 1.15; // finer by little, coarser at once: a frame that comes late makes people ill
const COARSER_LEAST = 1.1;
const BEGIN = 2; // so much coarser than where there is room: the first frames are within the budget, too
const BAR_S = 20;

/** The part of a budget that a frame takes: 1 is all of it. */
export const shareOf = (load: Load, budget: Load = BUDGET): number =>
  Math.max(load.triangles / budget.triangles, load.calls / budget.calls);

/**
 * The screen-space error that tiles may have, pixels, so that a frame stays within its budget. A surface's triangles go with
 * the inverse square of it, but tiles come in levels: an error that has once been too fine is not tried again for a while,
 * or the picture would change its mind for ever.
 */
export class Scheduler {
  error_px: number;
  private readonly least: number;
  private readonly most: number;
  /** Finer than this was too much, until a moment. */
  private bar = { px: 0, until_s: 0 };

  /** `least` and `most`: what the picture needs where there is room, and the coarsest that is bearable. It begins in between. */
  constructor(least: number, most: number) {
    this.least = least;
    this.most = most;
    this.error_px = Math.min(most, least * BEGIN);
  }

  /** Take a frame's share of the budget into account, at a moment in seconds. */
  update(share: number, now_s: number): void {
    if (share > 1) {
      this.bar = { px: this.error_px * COARSER_LEAST, until_s: now_s + BAR_S };
      this.error_px = Math.min(this.most, this.error_px * Math.max(COARSER_LEAST, Math.sqrt(share)));
    } else if (share < ROOM) {
      const finest = now_s < this.bar.until_s ? Math.max(this.least, this.bar.px) : this.least;
      this.error_px = Math.min(this.error_px, Math.max(finest, this.error_px / FINER));
    }
  }

  /** The view is another one: what was too much before may not be now. */
  forget(): void {
    this.bar = { px: 0, until_s: 0 };
  }
}
