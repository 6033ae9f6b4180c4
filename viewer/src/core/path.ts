/**
 * A camera's way between two orbits: it rises, travels and comes down so that the picture moves evenly.
 * After van Wijk and Nuij, "Smooth and efficient zooming and panning" (InfoVis 2003), with the distance as
 * the width of the view. Ways around what stands between: around.ts.
 */
import type { Orbit } from './orbit.ts';
import { length, mix, sub } from './vec.ts';

const RHO = 1.1; // how readily the camera rises; lower is flatter
const RHO2 = RHO * RHO;

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

/** The orbit at each share `t` (0..1) of the way from `from` to `to`. */
export function pathBetween(from: Orbit, to: Orbit): (t: number) => Orbit {
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
