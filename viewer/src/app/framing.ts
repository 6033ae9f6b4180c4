/** Where the camera is wanted: framed on a pose until the visitor takes it, framed anew when the window changes. */
import type { Viewport } from '../core/fit.ts';
import { type Pose, poseOf } from '../core/frames.ts';
import type { Orbit } from '../core/orbit.ts';
import type { View as ViewEntry } from '../core/release.ts';
import type { App } from './app.ts';
import { monumentOf } from './state.ts';

export const FLY_S = 1.8;
const REFIT_S = 0.35;

export class Framing {
  private readonly app: App;
  /** The pose the screen is framed on; null while the visitor, an address or a tour has the camera. */
  private pose: Pose | null = null;
  private viewport: Viewport | null = null;

  constructor(app: App) {
    this.app = app;
  }

  /** Whether the camera is where no pose of the release leads. */
  get free(): boolean {
    return this.pose === null;
  }

  /** The free part of the window has changed, or the scene has come. */
  resize(viewport: Viewport | null = this.viewport): void {
    this.viewport = viewport;
    const { view } = this.app;
    if (!viewport || !view) return;
    view.resize(viewport);
    this.refit();
  }

  /** Frame what is on screen anew, unless the visitor has the camera. */
  refit(): void {
    const { view, tours } = this.app;
    if (!view) return;
    if (tours.current) tours.current.refit();
    else if (this.pose) view.fly(view.framed(this.pose), view.rig.flying ? FLY_S : REFIT_S);
  }

  frame(pose: Pose, seconds: number): void {
    this.pose = pose;
    const { view } = this.app;
    view?.fly(view.framed(pose), seconds);
  }

  /** Fly to a view of the open monument. */
  look(view: ViewEntry): void {
    const monument = monumentOf(this.app.state);
    if (monument) this.frame(poseOf(view, monument.placement.site_from_monument), FLY_S);
    this.app.address.remember();
  }

  /** Put the camera where the visitor, or an address, wants it. */
  roam(orbit: Orbit, seconds: number): void {
    this.pose = null;
    this.app.view?.fly(orbit, seconds);
    this.app.address.remember();
  }

  /** Back to the view as it was meant. */
  reset(): void {
    const { state, tours } = this.app;
    const monument = monumentOf(state);
    if (tours.current) tours.play({ type: 'return' });
    else if (state.route.view === 'walk') this.app.walking?.enter(null, true);
    else if (monument) this.frame(poseOf(monument.view, monument.placement.site_from_monument), FLY_S);
    else if (state.release) {
      this.app.set({ place: null });
      this.frame(poseOf(state.release.opening), FLY_S);
    }
  }

  /** The pose no longer holds the camera. */
  release(): void {
    this.pose = null;
  }
}
