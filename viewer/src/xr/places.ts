/** Where the visitor wants to be, and whether there is ground for them: nobody is put over nothing. */
import type { App } from '../app/app.ts';
import { monumentOf, shownNow } from '../app/state.ts';
import { point, poseOf } from '../core/frames.ts';
import { eyeOf, lookDirection, type Orbit } from '../core/orbit.ts';
import { add, mix, sub, type Vec3 } from '../core/vec.ts';
import { approach, EYE_M, settleNear } from '../core/walk.ts';
import type { Footing } from '../scene/footing.ts';
import type { Body } from './body.ts';

const NEARER = [1, 0.85, 0.7, 0.55, 0.4]; // shares of the way from what is looked at to the eye
const AGAIN_S = 5; // ground that could not be had is asked for again: there is no button to press for it

export class Places {
  /** What keeps the visitor from being where they want, as a message's name. */
  notice: string | null = null;
  /** Where the visitor wants to be next: above that place, facing a target. */
  private wanted: { eye: Vec3; target: Vec3 } | null = null;
  private stop: number | null = null;
  private asked = 0;
  private readonly app: App;
  private readonly footing: Footing;
  private readonly body: Body;

  constructor(app: App, footing: Footing, body: Body) {
    this.app = app;
    this.footing = footing;
    this.body = body;
  }

  /** Begin where the visitor walked, else before the monument or the site; `before` is the page's view. */
  begin(before: Orbit): void {
    const { app } = this;
    const { release } = app.state;
    const monument = monumentOf(app.state);
    const eye = eyeOf(before);
    if (app.walking?.feet) {
      this.wanted = { eye, target: add(eye, lookDirection(before)) };
      return;
    }
    const pose = monument
      ? poseOf(monument.view, monument.placement.site_from_monument)
      : poseOf(release!.opening);
    const { min, max } = monument?.bounds ?? { min: [0, 0, 0], max: [40, 40, 0] };
    const off = Math.hypot(max[0] - min[0], max[1] - min[1]) / 4;
    this.wanted = { eye: approach(eye, pose.target, off), target: pose.target };
  }

  /** Whether the tour is at another stop: its place is then where the visitor wants to be. */
  follow(): boolean {
    const { app } = this;
    const touring = app.tours.current;
    const monument = monumentOf(app.state);
    if (!touring || !monument || touring.state.stop === this.stop) return false;
    this.stop = touring.state.stop;
    const pose = poseOf(touring.stop.view, monument.placement.site_from_monument);
    // An eye in the air looks over houses; from the floor they may hide everything. Then nearer to it.
    const floor = point(monument.placement.site_from_monument, monument.bounds.min)[2];
    const seen = NEARER.map((share) => mix(pose.target, pose.eye, share)).find(([e, n]) =>
      this.footing.open([e, n, floor + EYE_M], pose.target),
    );
    this.wanted = { eye: seen ? [seen[0], seen[1], pose.eye[2]] : pose.eye, target: pose.target };
    return true;
  }

  /**
   * Fetch the ground; where to stand now, once there is ground where one wants to be. `placed`: the visitor stands already;
   * `seconds` into the session.
   */
  stand(placed: boolean, seconds: number): { feet: Vec3; heading: number } | null {
    const { footing, wanted, body } = this;
    this.fetch(seconds);
    if (!wanted) {
      const [e, n] = body.feet;
      footing.around(e, n);
      if (this.notice !== 'walk.nowhere' && !footing.failed && footing.knows(e, n)) this.notice = null;
      return null;
    }
    const [e, n, z] = wanted.eye;
    const way = sub(wanted.target, wanted.eye);
    const heading = Math.atan2(way[0], way[1]);
    footing.around(e, n);
    // In the dark yet, but the tiles of that view are on their way.
    if (!placed) body.stand([e, n, z - EYE_M], heading);
    if (footing.failed || !footing.knows(e, n)) {
      this.lack();
      return null;
    }
    const feet = settleNear(footing, e, n, z - 0.5);
    this.wanted = null;
    this.notice = feet ? null : 'walk.nowhere';
    return feet && { feet, heading };
  }

  /** There is no ground yet where the visitor goes. */
  lack(): void {
    this.notice = this.footing.failed ? 'walk.failed' : 'vr.waiting';
  }

  private fetch(seconds: number): void {
    const { app, footing } = this;
    const monument = monumentOf(app.state);
    footing.stand([
      ...app.showing.others(monument),
      ...(monument ? [{ monument, shown: app.state.comparing?.right ?? shownNow(app.state, monument) }] : []),
    ]);
    if (footing.failed && seconds - this.asked > AGAIN_S) {
      this.asked = seconds;
      footing.retry();
    }
  }

  /** The stops of the tour but the present one, each on its floor; where that is not known, at the visitor's own height. */
  get stops(): (Vec3 | null)[] {
    const { app, footing, body } = this;
    const touring = app.tours.current;
    const monument = monumentOf(app.state);
    if (!touring || !monument) return [];
    return touring.document.stops.map((stop, k): Vec3 | null => {
      if (k === touring.state.stop) return null;
      const [e, n, z] = poseOf(stop.view, monument.placement.site_from_monument).eye;
      const floor = footing.knows(e, n) ? footing.floor(e, n, z) : null;
      return [e, n, floor ?? body.feet[2]];
    });
  }
}
