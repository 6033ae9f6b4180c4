/** What a headset's frames take, and how fine tiles may be for it. */
import { BUDGET, type Load, Scheduler, shareOf } from '../core/budget.ts';
import type { Condition } from '../scene/conditions.ts';
import type { View } from '../scene/view.ts';

const MEASURE_S = 0.5;
const COARSEST_PX = 200;
const SCREEN_PX = 12; // where nothing is shown yet that would say it

/** What a frame took. */
export interface Figures extends Load {
  error_px: number;
  frames_per_s: number;
}

export class Meter {
  figures: Figures = { triangles: 0, calls: 0, error_px: 0, frames_per_s: 0 };
  budget: Load = BUDGET;
  private readonly view: View;
  private readonly scheduler: Scheduler;
  /** What every condition's tiles may be wrong by on the screen, to be given back. */
  private readonly own = new Map<Condition, number>();
  private measured = 0;
  private frames = 0;

  constructor(view: View) {
    this.view = view;
    this.scheduler = new Scheduler(view.onScreen.standing[0]?.tiles.errorTarget ?? SCREEN_PX, COARSEST_PX);
  }

  /** After a frame. Returns whether there are new figures. */
  count(): boolean {
    const { stage, onScreen } = this.view;
    this.frames++;
    const now = performance.now() / 1000;
    const passed = now - this.measured;
    if (passed < MEASURE_S) return false;
    const eyes = Math.max(1, stage.renderer.xr.getCamera().cameras.length);
    const { triangles, points, lines, calls } = stage.renderer.info.render;
    const load = {
      triangles: Math.round((triangles + points + lines) / eyes),
      calls: Math.ceil(calls / eyes),
    };
    this.scheduler.update(shareOf(load, this.budget), now);
    const { error_px } = this.scheduler;
    for (const condition of onScreen.standing) {
      if (!this.own.has(condition)) this.own.set(condition, condition.tiles.errorTarget);
      condition.tiles.errorTarget = error_px;
    }
    this.figures = { ...load, error_px, frames_per_s: this.frames / passed };
    this.measured = now;
    this.frames = 0;
    return true;
  }

  /** The visitor is somewhere else: what was too much there may not be here. */
  forget(): void {
    this.scheduler.forget();
  }

  giveBack(): void {
    for (const [condition, error_px] of this.own) condition.tiles.errorTarget = error_px;
  }

  /** For those who set up a museum's tour (`?debug`). */
  get text(): string {
    const { triangles, calls, error_px, frames_per_s } = this.figures;
    return `${Math.round(triangles / 1000)}k triangles · ${calls} draw calls per eye · ${error_px.toFixed(0)} px · ${frames_per_s.toFixed(0)} Hz`;
  }
}
