/** How large things are: a monument, and everything that was built. */
import { point, scaleOf } from './frames.ts';
import type { FootprintFeature, MapEntry, MonumentEntry, Release } from './release.ts';
import { sub, type Vec3 } from './vec.ts';

const GROUND_LEAST_M = 160;

/** What the camera may roam: everything that was built, generously. */
export function reach(
  release: Release,
  features: readonly FootprintFeature[],
): { centre: Vec3; radius: number; ground: number } {
  const plans: Vec3[] = features.flatMap((f) => f.polygons.flat(2).map(([e, n]): Vec3 => [e, n, f.ground_m]));
  const boxes = release.monuments.flatMap((m) =>
    [m.bounds.min, m.bounds.max].map((p) => point(m.placement.site_from_monument, p)),
  );
  const all = [...plans, ...boxes];
  if (all.length === 0) return { centre: release.opening.target_m, radius: 200, ground: 0 };
  const axis = (i: 0 | 1) => all.map((p) => p[i]).sort((a, b) => a - b);
  const [xs, ys] = [axis(0), axis(1)];
  const ground = features.length
    ? Math.min(...features.map((f) => f.ground_m))
    : Math.min(...boxes.map((p) => p[2]));
  const centre: Vec3 = [(xs[0]! + xs.at(-1)!) / 2, (ys[0]! + ys.at(-1)!) / 2, ground];
  // One after the other: browsers bear no more than some ten thousand arguments.
  const away = (most: number, p: Vec3) => Math.max(most, Math.hypot(p[0] - centre[0], p[1] - centre[1]));
  const radius = all.reduce(away, 10);
  return { centre, radius, ground };
}

/** How far the map reaches from a place, metres: of its larger side. */
export function mapRadius({ min, max }: MapEntry, centre: Vec3): number {
  const side = (i: 0 | 1) => Math.max(Math.abs(min[i] - centre[i]), Math.abs(max[i] - centre[i]));
  return Math.max(side(0), side(1));
}

/** How far everything there is to see reaches, metres: what was built, and the map. */
export const wideness = ({ map }: Release, centre: Vec3, radius: number): number =>
  map ? Math.max(radius, mapRadius(map, centre)) : radius;

/** How far the ground is drawn, metres, before it is lost in the horizon. */
export const groundRadius = (wide: number, radius: number): number =>
  Math.max(radius * 4, wide * 1.8, GROUND_LEAST_M);

/** How far the ground lies below its stated height: a captured lawn is never as level as a plane or a model. */
export const SUNK_M = 0.15;

/** The largest side of a monument's box, metres. */
export function sizeOf(monument: MonumentEntry): number {
  const { min, max } = monument.bounds;
  return scaleOf(monument.placement.site_from_monument) * Math.max(...sub(max, min));
}
