/** Points of the surface asked for one after the other: by press, or with the crosshair and Enter. */
import { middleOf } from '../core/panes.ts';
import type { Picked } from '../core/picked.ts';
import type { App } from './app.ts';

export class Picking {
  private readonly app: App;
  private take: ((picked: Picked) => void) | null = null;

  constructor(app: App) {
    this.app = app;
  }

  /** Give every point picked from now on to `take`, until `end`. A press beside the surface is told and gives none. */
  begin(take: (picked: Picked) => void): void {
    const { view } = this.app;
    if (!view) return;
    this.take = take;
    view.onPoint = (picked) => this.found(picked);
    if (!this.app.state.picking) this.app.set({ picking: true });
  }

  /** Take the point under the crosshair, in the middle of the free part of the window. */
  middle(): void {
    const { view } = this.app;
    if (!view || !this.take) return;
    const { x, y } = middleOf(view.stage.layout, 0);
    this.found(view.surfaceAt(x, y));
  }

  end(): void {
    this.take = null;
    if (this.app.view) this.app.view.onPoint = null;
    if (this.app.state.picking) this.app.set({ picking: false });
  }

  private found(picked: Picked | null): void {
    if (picked) this.take?.(picked);
    else this.app.set({ announcement: this.app.state.t('pick.missed') });
  }
}
