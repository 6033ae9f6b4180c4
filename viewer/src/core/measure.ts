/** Measures between points of a surface, each with how far it may be off because tiles are simplified. */
import { cross, dot, length, normalized, scale, sub, type Vec3 } from './vec.ts';

export type MeasureKind = 'distance' | 'height' | 'angle' | 'area';
export const MEASURE_KINDS: readonly MeasureKind[] = ['distance', 'height', 'angle', 'area'];

/** How many points a kind takes; an area is closed by hand. */
export const POINTS: Record<MeasureKind, number> = { distance: 2, height: 2, angle: 3, area: Infinity };
export const FEWEST_OF_AREA = 3;

/** A point, metres, and how far the surface it was picked on may be from the full one there. */
export interface MeasuredPoint {
  position_m: Vec3;
  error_m: number;
}

/** `value` and the limit `within` of its error: metres, degrees or square metres. */
export interface Measured {
  value: number;
  within: number;
}

/** The straight distance. Each end may be off by its error in the worst direction. */
export function distance(a: MeasuredPoint, b: MeasuredPoint): Measured {
  return { value: length(sub(b.position_m, a.position_m)), within: a.error_m + b.error_m };
}

/** How much higher `b` is than `a`, along `up`. */
export function height(a: MeasuredPoint, b: MeasuredPoint, up: Vec3): Measured {
  return { value: dot(sub(b.position_m, a.position_m), normalized(up)), within: a.error_m + b.error_m };
}

/** The angle at `b`, degrees 0..180. Both arms turn by at most the asin of their ends' errors over their length. */
export function angle(a: MeasuredPoint, b: MeasuredPoint, c: MeasuredPoint): Measured {
  const [p, q] = [sub(a.position_m, b.position_m), sub(c.position_m, b.position_m)];
  const degrees = 180 / Math.PI;
  const value = Math.atan2(length(cross(p, q)), dot(p, q)) * degrees;
  const turn = (end: MeasuredPoint, arm: Vec3) =>
    Math.asin(Math.min(1, (end.error_m + b.error_m) / Math.max(length(arm), 1e-9))) * degrees;
  return { value, within: Math.min(180, turn(a, p) + turn(c, q)) };
}

/** Twice the area as a vector across a closed outline (Newell). */
export function newell(points: readonly Vec3[]): Vec3 {
  let sum: Vec3 = [0, 0, 0];
  points.forEach((p, i) => {
    const n = cross(sub(p, points[0]!), sub(points[(i + 1) % points.length]!, points[0]!));
    sum = [sum[0] + n[0], sum[1] + n[1], sum[2] + n[2]];
  });
  return sum;
}

/** The flat area that an outline encloses, seen across; the outline's sides may each be off by its ends' errors. */
export function flatArea(points: readonly MeasuredPoint[]): Measured {
  const positions = points.map((p) => p.position_m);
  return { value: length(newell(positions)) / 2, within: outlineError(points) };
}

/** How much area lies along an outline within its points' errors. */
export function outlineError(points: readonly MeasuredPoint[]): number {
  return points.reduce((sum, p, i) => {
    const q = points[(i + 1) % points.length]!;
    return sum + length(sub(q.position_m, p.position_m)) * Math.max(p.error_m, q.error_m);
  }, 0);
}

/** A measured point in true metres: a monument frame of another scale is stretched. */
export const stretched = (p: MeasuredPoint, factor: number): MeasuredPoint => ({
  position_m: scale(p.position_m, factor),
  error_m: p.error_m * factor,
});
