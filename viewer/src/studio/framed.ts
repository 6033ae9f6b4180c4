/** How a phone and a desktop frame the stop that is open, in two pictures beside each other. */
import { stopOf } from './core/tour.ts';
import type { Handle } from './scene/handle.ts';
import type { Studio } from './studio.ts';

const FRAMES_MS = 500;

export class Framed {
  private readonly studio: Studio;
  private readonly settled: () => Handle | null;
  private timer = 0;
  /** What the pictures are of. */
  private of = '';

  /** `settled`: the scene, while it shows what is written and has come to rest. */
  constructor(studio: Studio, settled: () => Handle | null) {
    this.studio = studio;
    this.settled = settled;
  }

  /** Once what is to be pictured has settled, and only then: for whoever looks about, pictures would hold the scene up. */
  soon(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.take(), FRAMES_MS);
  }

  /** Of another stop than is open there shall be none. */
  forget(): void {
    this.of = '';
    this.studio.set({ frames: null });
  }

  private take(): void {
    const { editing } = this.studio.state;
    const scene = this.settled();
    if (!editing || !scene) return;
    const stop = stopOf(editing.now, editing.stop);
    const of = JSON.stringify([stop?.id, stop?.view, stop?.show, stop?.compare, stop?.section]);
    if (of === this.of) return;
    this.of = of;
    this.studio.set({ frames: stop?.view ? scene.frames(stop.view) : null });
  }
}
