/** A picked point found again on the full-detail surface, which need not be loaded for the screen. */
import { Matrix4, Raycaster, Vector3 } from 'three';
import type { Picked } from '../core/picked.ts';
import type { MonumentEntry } from '../core/release.ts';
import { add, length, normalized, scale, sub, type Vec3 } from '../core/vec.ts';
import { facetOf } from './pick.ts';
import type { Reader } from './read.ts';

const REACH = 1.5; // times the coarse tile's error, along the line of sight
const REACH_LEAST_M = 0.02;
const MOST_TILES = 6;

/** Whether a segment meets the box of `corners`. */
function segmentMeets(a: Vec3, b: Vec3, corners: readonly Vec3[]): boolean {
  let [from, to] = [0, 1];
  for (const k of [0, 1, 2] as const) {
    const low = Math.min(...corners.map((p) => p[k]));
    const high = Math.max(...corners.map((p) => p[k]));
    const way = b[k] - a[k];
    if (Math.abs(way) < 1e-12) {
      if (a[k] < low || a[k] > high) return false;
      continue;
    }
    const [enter, leave] = [(low - a[k]) / way, (high - a[k]) / way].sort((x, y) => x - y) as [
      number,
      number,
    ];
    from = Math.max(from, enter);
    to = Math.min(to, leave);
  }
  return from <= to;
}

/**
 * The point where the same line of sight meets the finest tiles, within the coarse tile's error of the first; the first
 * itself where they are not met there. Raises LoadError.
 */
export async function refined(reader: Reader, monument: MonumentEntry, picked: Picked): Promise<Picked> {
  if (picked.error_m === 0) return picked;
  const sight = sub(picked.position_m, picked.eye_m);
  const away = length(sight);
  const direction = normalized(sight);
  const reach = REACH * picked.error_m + REACH_LEAST_M;
  const [near, far] = [Math.max(0, away - reach), away + reach];
  const at = (d: number) => add(picked.eye_m, scale(direction, d));
  const wanted = await reader.wanted(
    monument,
    picked.shown,
    (corners) => segmentMeets(at(near), at(far), corners),
    0,
    MOST_TILES,
  );
  const ray = new Raycaster(new Vector3(...picked.eye_m), new Vector3(...direction), near, far);
  ray.params.Points.threshold = 0;
  let best = picked;
  let nearest = Number.POSITIVE_INFINITY;
  await reader.each(wanted, ({ object, error_m }) => {
    const hit = ray.intersectObject(object, true).find((h) => h.face);
    if (!hit || hit.distance >= nearest || error_m >= picked.error_m) return;
    nearest = hit.distance;
    const facet = facetOf(hit, new Matrix4().copy(hit.object.matrixWorld), ray.ray.direction);
    best = { ...picked, ...facet, position_m: at(hit.distance), error_m };
  });
  return best;
}
