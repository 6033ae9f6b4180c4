/** The camera as a visitor thinks of it: what is looked at, from how far, and from which side. */
import { add, clamp, length, scale, sub, type Vec3 } from './vec.ts';

/** Angles in radians. `heading` is clockwise from north, `pitch` is positive when looking down. */
export interface Orbit {
  target: Vec3;
  distance: number;
  heading: number;
  pitch: number;
  fovDeg: number;
}

const EYE_M = 1.6; // above a ground model
const STRAIGHT_DOWN = Math.PI / 2 - 0.02; // the heading has no meaning at the pole itself

/** Unit vector from the eye to the target. */
export function lookDirection(o: Pick<Orbit, 'heading' | 'pitch'>): Vec3 {
  const flat = Math.cos(o.pitch);
  return [Math.sin(o.heading) * flat, Math.cos(o.heading) * flat, -Math.sin(o.pitch)];
}

/** Where the camera stands. */
export const eyeOf = (o: Orbit): Vec3 => sub(o.target, scale(lookDirection(o), o.distance));

/** The orbit of a camera at `eye` that looks at `target`. */
export function orbitOf(eye: Vec3, target: Vec3, fovDeg: number): Orbit {
  const look = sub(target, eye);
  const distance = Math.max(length(look), 1e-3);
  const pitch = clamp(Math.asin(clamp(-look[2] / distance, -1, 1)), -STRAIGHT_DOWN, STRAIGHT_DOWN);
  return { target, distance, heading: Math.atan2(look[0], look[1]), pitch, fovDeg };
}

/** What the camera may do. `floor` is the lowest height of the eye, metres, where `floorAt` knows no higher ground. */
export interface Limits {
  nearest: number;
  farthest: number;
  floor: number;
  floorAt?: (east: number, north: number) => number | null;
  centre: Vec3;
  radius: number;
}

/** The nearest allowed orbit: not through the ground, not lost in the distance. */
export function limited(o: Orbit, limits: Limits): Orbit {
  const distance = clamp(o.distance, limits.nearest, limits.farthest);
  const off = sub(o.target, limits.centre);
  const far = Math.hypot(off[0], off[1]);
  const pull = far > limits.radius ? limits.radius / far : 1;
  const target: Vec3 = [
    limits.centre[0] + off[0] * pull,
    limits.centre[1] + off[1] * pull,
    Math.max(o.target[2], limits.floor),
  ];
  // The eye stands at target + distance·sin(pitch); solve for the pitch that puts it on the floor.
  const eye = eyeOf({ ...o, target, distance });
  const floor = Math.max(limits.floor, (limits.floorAt?.(eye[0], eye[1]) ?? limits.floor) + EYE_M);
  const lowest = Math.asin(clamp((floor - target[2]) / distance, -1, 1));
  return { ...o, target, distance, pitch: clamp(o.pitch, Math.max(lowest, -STRAIGHT_DOWN), STRAIGHT_DOWN) };
}

/** Move the target along the ground: `right` and `forward` in metres as seen from the camera. */
export function panned(o: Orbit, right: number, forward: number): Orbit {
  const [s, c] = [Math.sin(o.heading), Math.cos(o.heading)];
  return { ...o, target: add(o.target, [c * right + s * forward, -s * right + c * forward, 0]) };
}
