/** What moves the camera: flights from pose to pose, and the visitor's hand, eased. */
import { type Limits, limited, type Orbit } from '../core/orbit.ts';
import { EASINGS, type Easing, pathBetween, turn } from '../core/path.ts';
import { length, mix, sub } from '../core/vec.ts';

const FOLLOW_PER_S = 13; // how closely the picture follows the hand
const CLOSE_ENOUGH = 2e-4; // of the distance: a quarter of a pixel

interface Flight {
  path: (t: number) => Orbit;
  seconds: number;
  elapsed: number;
  easing: Easing;
}

export class Rig {
  limits: Limits = { nearest: 0.5, farthest: 1000, floor: 0.3, centre: [0, 0, 0], radius: 1000 };
  /** Cuts instead of flights, and no after-run. */
  still = false;
  /** The visitor took the camera. */
  onTaken: () => void = () => {};
  private shown: Orbit;
  private goal: Orbit;
  private flight: Flight | null = null;

  constructor(orbit: Orbit) {
    this.shown = orbit;
    this.goal = orbit;
  }

  get orbit(): Orbit {
    return this.shown;
  }

  get flying(): boolean {
    return this.flight !== null;
  }

  /** Fly to `to`; in zero seconds, or where motion is unwelcome, be there. */
  fly(to: Orbit, seconds: number, easing: Easing = 'smooth'): void {
    if (this.still || seconds <= 0 || easing === 'cut') {
      this.place(to);
      return;
    }
    this.flight = { path: pathBetween(this.shown, to), seconds, elapsed: 0, easing };
  }

  /** Be at `orbit` at once. */
  place(orbit: Orbit): void {
    this.flight = null;
    this.shown = this.goal = orbit;
  }

  /** The visitor's hand: change the orbit that the camera follows. It ends a flight. */
  steer(change: (orbit: Orbit) => Orbit): void {
    if (this.flight) {
      this.flight = null;
      this.goal = this.shown;
    }
    this.goal = limited(change(this.goal), this.limits);
    if (this.still) this.shown = this.goal;
    this.onTaken();
  }

  /** Advance by `seconds`; true while moving. */
  update(seconds: number): boolean {
    if (this.flight) {
      const { flight } = this;
      flight.elapsed += seconds;
      const t = Math.min(1, flight.elapsed / flight.seconds);
      this.shown = this.goal = flight.path(EASINGS[flight.easing](t));
      if (t === 1) this.flight = null;
      return true;
    }
    const { shown, goal } = this;
    if (shown === goal) return false;
    const k = 1 - Math.exp(-FOLLOW_PER_S * seconds);
    const heading = turn(shown.heading, goal.heading);
    const gap =
      Math.abs(heading) +
      Math.abs(goal.pitch - shown.pitch) +
      Math.abs(Math.log(goal.distance / shown.distance)) +
      length(sub(goal.target, shown.target)) / shown.distance;
    if (gap < CLOSE_ENOUGH) {
      this.shown = goal;
      return true;
    }
    this.shown = {
      target: mix(shown.target, goal.target, k),
      distance: shown.distance * (goal.distance / shown.distance) ** k,
      heading: shown.heading + heading * k,
      pitch: shown.pitch + (goal.pitch - shown.pitch) * k,
      fovDeg: goal.fovDeg,
    };
    return true;
  }
}
