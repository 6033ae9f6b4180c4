/** How a small square map shows the site, north up: which place is in its middle, and how much of it fits. */
import { point } from './frames.ts';
import type { MonumentEntry, Release } from './release.ts';
import type { Vec3 } from './vec.ts';

/** The place of the site frame in the middle of a map, and pixels a metre. */
export interface Fit {
  x: number;
  y: number;
  scale: number;
}

export const SIDE = 168;
const MARGIN = 26;
const EDGE_PX = 8;
const BACK_PX = 14; // further inside before the map shows less again, so that it does not flicker
const LEAST_M = 30; // of the smaller side, so that a single statue does not fill the map
const MOST_DOUBLED = 7; // from the monuments' surroundings to a whole city

/** A monument's box on the ground, as corners in the site frame. */
export function box(monument: MonumentEntry): Vec3[] {
  const { min, max } = monument.bounds;
  const corners: [number, number][] = [
    [min[0], min[1]],
    [max[0], min[1]],
    [max[0], max[1]],
    [min[0], max[1]],
  ];
  return corners.map(([x, y]) => point(monument.placement.site_from_monument, [x, y, min[2]]));
}

/** All monuments and the eye of the first view, with a margin. */
export function fitOf(release: Pick<Release, 'monuments' | 'opening'>): Fit {
  const all = release.monuments.flatMap(box);
  if (all.length === 0) return { x: 0, y: 0, scale: (SIDE - 2 * MARGIN) / LEAST_M };
  all.push(release.opening.eye_m);
  const axis = (i: 0 | 1) => [Math.min(...all.map((p) => p[i])), Math.max(...all.map((p) => p[i]))] as const;
  const [[west, east], [south, north]] = [axis(0), axis(1)];
  const side = Math.max(east - west, north - south, LEAST_M);
  return { x: (west + east) / 2, y: (south + north) / 2, scale: (SIDE - 2 * MARGIN) / side };
}

/** Where a place of the site frame lies on the map, pixels from its north-west corner. */
export function place({ x, y, scale }: Fit, at: readonly [number, number, ...number[]]): [number, number] {
  return [SIDE / 2 + (at[0] - x) * scale, SIDE / 2 - (at[1] - y) * scale];
}

/** The place of the site frame under a pixel of the map. */
export function under({ x, y, scale }: Fit, [px, py]: readonly [number, number]): [number, number] {
  return [x + (px - SIDE / 2) / scale, y - (py - SIDE / 2) / scale];
}

export const widened = (fit: Fit, doubled: number): Fit => ({ ...fit, scale: fit.scale / 2 ** doubled });

/** How often `fit` must show twice as much for a place to be on the map; `now` is how often it does. */
export function doublings(fit: Fit, at: readonly [number, number, ...number[]], now: number): number {
  for (let doubled = 0; doubled < MOST_DOUBLED; doubled++) {
    const edge = doubled < now ? EDGE_PX + BACK_PX : EDGE_PX;
    const on = place(widened(fit, doubled), at);
    if (on.every((v) => v >= edge && v <= SIDE - edge)) return doubled;
  }
  return MOST_DOUBLED;
}

/** A pixel of the map, at its edge where it lies beyond. */
export const kept = (v: number): number => Math.min(SIDE - EDGE_PX, Math.max(EDGE_PX, v));
