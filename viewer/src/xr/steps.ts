/** Moved by sticks: walking, turning by steps, and the floor that lifts whoever walks on it. */
import { EDGE_M, SPEED_M_S, STEP_M, type Stop, standing, walk } from '../core/walk.ts';
import type { Footing } from '../scene/footing.ts';
import type { Body } from './body.ts';

const SNAP_RAD = Math.PI / 6;
const RISE_PER_S = 9;

export class Steps {
  private snapped = false;
  private readonly body: Body;
  private readonly footing: Footing;

  constructor(body: Body, footing: Footing) {
    this.body = body;
    this.footing = footing;
  }

  /** A stick to the side turns once, until it is let go. */
  turn(stick: number): void {
    if (Math.abs(stick) < 0.4) this.snapped = false;
    else if (!this.snapped && Math.abs(stick) > 0.7) {
      this.snapped = true;
      this.body.snap(Math.sign(stick) * SNAP_RAD);
    }
  }

  /** Walk as a stick says, and stand on the floor, as those do who walk in their room. Returns what stopped the stick. */
  walk([right, back]: readonly [number, number], seconds: number): Stop | null {
    const { body, footing } = this;
    const feet = body.feet;
    let stop: Stop | null = null;
    if (right !== 0 || back !== 0) {
      const [s, c] = [Math.sin(body.heading), Math.cos(body.heading)];
      const far = SPEED_M_S * seconds;
      const gone = walk(footing, feet, (-s * back + c * right) * far, (-c * back - s * right) * far);
      stop = gone.stop;
      body.go([gone.feet[0], gone.feet[1], feet[2]]);
    }
    const [e, n, z] = body.feet;
    const floor = footing.knows(e, n) ? standing(footing, e, n, z + STEP_M) : null;
    if (floor !== null && floor > z - EDGE_M)
      body.go([e, n, z + (floor - z) * (1 - Math.exp(-RISE_PER_S * seconds))]);
    return stop;
  }
}
