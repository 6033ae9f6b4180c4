/**
 * A camera's way between two orbits, straight or around what stands between them.
 * Straight: it rises, travels and comes down so that the picture moves evenly, after van Wijk and Nuij, "Smooth and
 * efficient zooming and panning" (InfoVis 2003), with the distance as the width of the view.
 * Around: a clamped uniform cubic B-spline (de Boor), travelled at constant speed; the horizon stays level.
 * The same as heritage/ops/viewing/path.py, which has looked whether it is free; tests hold the two together to 1e-6.
 */
import { eyeOf, lookDirection, type Orbit } from './orbit.ts';
import { add, clamp, length, mix, scale, sub, type Vec3 } from './vec.ts';

const RHO = 1.1; // how readily the camera rises; lower is flatter
const RHO2 = RHO * RHO;
const PIECES = 512; // a spline's length is measured in so many chords

/** Ways of spending the time of a move. */
export const EASINGS = {
  linear: (t: number) => t,
  smooth: (t: number) => t * t * t * (t * (t * 6 - 15) + 10),
  cut: () => 1,
} as const;
export type Easing = keyof typeof EASINGS;

/** The signed angle from `a` to `b` by the shorter way, in (-π, π]. */
export function turn(a: number, b: number): number {
  const full = 2 * Math.PI;
  const d = (((b - a) % full) + full) % full;
  return d > Math.PI ? d - full : d;
}

/** Distance travelled (0..1) and camera distance at each share `t` of the way. */
function flight(u1: number, w0: number, w1: number): (t: number) => { share: number; distance: number } {
  if (u1 < 1e-6 * Math.min(w0, w1)) return (t) => ({ share: t, distance: w0 * (w1 / w0) ** t });
  const b0 = (w1 * w1 - w0 * w0 + RHO2 * RHO2 * u1 * u1) / (2 * w0 * RHO2 * u1);
  const b1 = (w1 * w1 - w0 * w0 - RHO2 * RHO2 * u1 * u1) / (2 * w1 * RHO2 * u1);
  // asinh is -ln(sqrt(b²+1) + b) without its cancellation for large b
  const r0 = -Math.asinh(b0);
  const r1 = -Math.asinh(b1);
  const s1 = (r1 - r0) / RHO;
  return (t) => {
    const s = t * s1;
    const u = (w0 / RHO2) * (Math.cosh(r0) * Math.tanh(RHO * s + r0) - Math.sinh(r0));
    return { share: u / u1, distance: (w0 * Math.cosh(r0)) / Math.cosh(RHO * s + r0) };
  };
}

/** The orbit at each share `t` (0..1) of the way from `from` to `to`; `via` are a spline's control points on it. */
export function pathBetween(from: Orbit, to: Orbit, via: readonly Orbit[] = []): (t: number) => Orbit {
  if (via.length > 0) return around([from, ...via, to]);
  const fly = flight(length(sub(to.target, from.target)), from.distance, to.distance);
  const heading = turn(from.heading, to.heading);
  return (t) => {
    if (t >= 1) return to;
    const { share, distance } = fly(t);
    return {
      target: mix(from.target, to.target, share),
      distance,
      heading: from.heading + heading * t,
      pitch: from.pitch + (to.pitch - from.pitch) * t,
      fovDeg: from.fovDeg + (to.fovDeg - from.fovDeg) * t,
    };
  };
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
