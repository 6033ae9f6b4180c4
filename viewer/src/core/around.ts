/**
 * A camera's way around what stands between two orbits: a clamped uniform cubic B-spline (de Boor), travelled at constant
 * speed; the horizon stays level. The same as heritage/ops/viewing/path.py, where the way is found and looked at; tests
 * hold the two together to 1e-6.
 */
import { eyeOf, lookDirection, type Orbit } from './orbit.ts';
import { pathBetween, turn } from './path.ts';
import { add, clamp, length, scale, sub, type Vec3 } from './vec.ts';

const PIECES = 512; // a spline's length is measured in so many chords

/** The orbit at each share `t` (0..1) of the way from `from` to `to`; `via` are a spline's control points, or none. */
export function pathAround(from: Orbit, to: Orbit, via: readonly Orbit[]): (t: number) => Orbit {
  return via.length > 0 ? around([from, ...via, to]) : pathBetween(from, to);
}

function around(orbits: readonly Orbit[]): (t: number) => Orbit {
  const points = controlPoints(orbits);
  const eyes = Array.from({ length: PIECES + 1 }, (_, i): Vec3 => {
    const [x, y, z] = spline(points, i / PIECES) as ControlPoint;
    return [x, y, z];
  });
  const travelled = [0];
  for (let i = 0; i < PIECES; i++) travelled.push(travelled[i]! + length(sub(eyes[i + 1]!, eyes[i]!)));
  const whole = travelled[PIECES]!;
  return (t) => {
    if (t <= 0 || t >= 1) return t <= 0 ? orbits[0]! : orbits.at(-1)!;
    // A spline's parameter does not run evenly along it; its length does.
    const along = whole > 0 ? inverted(travelled, t * whole) / PIECES : t;
    const [x, y, z, heading, pitch, distance, fovDeg] = spline(points, along) as ControlPoint;
    const target = add([x, y, z], scale(lookDirection({ heading, pitch }), distance));
    return { target, distance, heading, pitch, fovDeg };
  };
}

/** Eye, heading (without jumps), pitch, distance, field of view. */
type ControlPoint = [number, number, number, number, number, number, number];

function controlPoints(orbits: readonly Orbit[]): ControlPoint[] {
  const [first, last] = [orbits[0]!, orbits.at(-1)!];
  let { heading } = first;
  return orbits.map((orbit, k) => {
    heading += turn(heading, orbit.heading);
    const fovDeg = first.fovDeg + ((last.fovDeg - first.fovDeg) * k) / (orbits.length - 1);
    return [...(eyeOf(orbit) as [number, number, number]), heading, orbit.pitch, orbit.distance, fovDeg];
  });
}

/** The clamped uniform B-spline of `points` at `u` (0..1), cubic where there are four points or more. */
function spline(points: readonly ControlPoint[], u: number): number[] {
  const degree = Math.min(3, points.length - 1);
  const spans = points.length - degree;
  const span = Math.min(Math.floor(u * spans), spans - 1);
  const knot = (i: number) => clamp(i - degree, 0, spans);
  const d: number[][] = points.slice(span, span + degree + 1);
  for (let r = 1; r <= degree; r++) {
    for (let j = degree; j >= r; j--) {
      const low = knot(span + j);
      const a = (u * spans - low) / (knot(span + j + 1 + degree - r) - low);
      d[j] = d[j]!.map((x, k) => d[j - 1]![k]! * (1 - a) + x * a);
    }
  }
  return d[degree]!;
}

/** Where a rising list reaches `value`, in places of the list, linear between them. */
function inverted(rising: readonly number[], value: number): number {
  let [low, high] = [0, rising.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (rising[middle]! <= value) low = middle;
    else high = middle;
  }
  const step = rising[high]! - rising[low]!;
  return low + (step > 0 ? (value - rising[low]!) / step : 0);
}
