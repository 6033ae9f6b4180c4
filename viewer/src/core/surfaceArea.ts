/**
 * The area of a surface inside an outline drawn on it. The outline is laid into its mean plane; what of the surface lies
 * over or under it, faces its side and is no farther from the plane than the outline's own relief allows is counted.
 */
import { newell } from './measure.ts';
import { add, cross, dot, length, normalized, scale, sub, type Vec3 } from './vec.ts';

type Flat = readonly [number, number];

/** An outline in its mean plane: `ears` are triangles that fill it, and `depth_m` how far from the plane is still meant. */
export interface Outline {
  centre: Vec3;
  right: Vec3;
  up: Vec3;
  normal: Vec3;
  flat: readonly Flat[];
  ears: readonly (readonly [Flat, Flat, Flat])[];
  depth_m: number;
}

const RELIEF = 2; // times the outline's own height over its mean plane
const RELIEF_OF_SIZE = 0.15; // and at least this share of its diameter: a flat outline may enclose a moulding

const turn = (a: Flat, b: Flat, c: Flat) => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);

/** The outline through `points`, in the sense that faces `side`; null where it crosses itself or encloses nothing. */
export function outlineOf(points: readonly Vec3[], side: Vec3): Outline | null {
  const across = newell(points);
  if (points.length < 3 || length(across) < 1e-12) return null;
  const outward = dot(across, side) >= 0;
  const ordered = outward ? points : [...points].reverse();
  const normal = normalized(outward ? across : scale(across, -1));
  const centre = scale(ordered.reduce(add), 1 / ordered.length);
  const away = sub(ordered[0]!, centre);
  const right = normalized(sub(away, scale(normal, dot(away, normal))));
  const up = cross(normal, right);
  const off = ordered.map((p) => sub(p, centre));
  const flat = off.map((p): Flat => [dot(p, right), dot(p, up)]);
  const ears = earsOf(flat);
  if (!ears) return null;
  const relief = Math.max(...off.map((p) => Math.abs(dot(p, normal))));
  const size = 2 * Math.max(...off.map(length));
  return {
    centre,
    right,
    up,
    normal,
    flat,
    ears,
    depth_m: Math.max(RELIEF * relief, RELIEF_OF_SIZE * size),
  };
}

/** Whether two sides of an outline cross, apart from neighbours' common corner. */
function crosses(flat: readonly Flat[]): boolean {
  const n = flat.length;
  for (let i = 0; i < n; i++) {
    for (let j = i + 2; j < n; j++) {
      if (i === 0 && j === n - 1) continue;
      const [a, b, c, d] = [flat[i]!, flat[i + 1]!, flat[j]!, flat[(j + 1) % n]!];
      if (turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0) return true;
    }
  }
  return false;
}

/** Triangles that fill a simple outline (ear clipping); null where it crosses itself. */
export function earsOf(flat: readonly Flat[]): [Flat, Flat, Flat][] | null {
  if (crosses(flat)) return null;
  const rest = [...flat];
  const ears: [Flat, Flat, Flat][] = [];
  while (rest.length > 3) {
    const n = rest.length;
    const ear = rest.findIndex((b, i) => {
      const [a, c] = [rest[(i + n - 1) % n]!, rest[(i + 1) % n]!];
      if (turn(a, b, c) <= 0) return false;
      return !rest.some(
        (p) =>
          p !== a && p !== b && p !== c && turn(a, b, p) >= 0 && turn(b, c, p) >= 0 && turn(c, a, p) >= 0,
      );
    });
    if (ear < 0) {
      // Only corners on a straight line are left: any of them may go.
      const straight = rest.findIndex((b, i) => turn(rest[(i + n - 1) % n]!, b, rest[(i + 1) % n]!) <= 1e-12);
      if (straight < 0) return null;
      rest.splice(straight, 1);
      continue;
    }
    ears.push([rest[(ear + n - 1) % n]!, rest[ear]!, rest[(ear + 1) % n]!]);
    rest.splice(ear, 1);
  }
  if (rest.length === 3) ears.push(rest as [Flat, Flat, Flat]);
  return ears;
}

/**
 * Area of a triangle mesh inside `outline`, and of its shadow on the outline's plane, square metres. A shadow smaller than
 * the outline says that there is no surface in parts of it. `positions` are x y z in its frame, three `index` a triangle.
 */
export function areaInside(
  positions: ArrayLike<number>,
  index: ArrayLike<number>,
  outline: Outline,
): { area: number; shadow: number } {
  const { centre, right, up, normal, flat, ears, depth_m } = outline;
  const low = [0, 1].map((k) => Math.min(...flat.map((p) => p[k]!)));
  const high = [0, 1].map((k) => Math.max(...flat.map((p) => p[k]!)));
  let [area, shadow] = [0, 0];
  for (let t = 0; t + 2 < index.length; t += 3) {
    const corners = [0, 1, 2].map((k): Vec3 => {
      const i = index[t + k]! * 3;
      const p = sub([positions[i]!, positions[i + 1]!, positions[i + 2]!], centre);
      return [dot(p, right), dot(p, up), dot(p, normal)];
    });
    const beside = [0, 1].some(
      (k) => corners.every((p) => p[k]! < low[k]!) || corners.every((p) => p[k]! > high[k]!),
    );
    if (beside || corners.every((p) => Math.abs(p[2]) > depth_m)) continue;
    const [a, b, c] = corners as [Vec3, Vec3, Vec3];
    const facing = cross(sub(b, a), sub(c, a));
    if (facing[2] <= 0) continue;
    // Seen across, area shrinks by the cosine of the slope everywhere alike.
    const stretch = length(facing) / facing[2];
    for (const ear of ears) {
      const flat_m2 = overlap([a, b, c], ear);
      shadow += flat_m2;
      area += flat_m2 * stretch;
    }
  }
  return { area, shadow };
}

/** Area that two triangles given counter-clockwise share, seen across (Sutherland and Hodgman). */
function overlap(triangle: readonly Vec3[], ear: readonly [Flat, Flat, Flat]): number {
  let polygon: Flat[] = triangle.map((p): Flat => [p[0], p[1]]);
  for (let k = 0; k < 3 && polygon.length > 0; k++) {
    const [a, b] = [ear[k]!, ear[(k + 1) % 3]!];
    const clipped: Flat[] = [];
    polygon.forEach((p, i) => {
      const q = polygon[(i + 1) % polygon.length]!;
      const [dp, dq] = [turn(a, b, p), turn(a, b, q)];
      if (dp >= 0) clipped.push(p);
      if (dp >= 0 !== dq >= 0) {
        const s = dp / (dp - dq);
        clipped.push([p[0] + (q[0] - p[0]) * s, p[1] + (q[1] - p[1]) * s]);
      }
    });
    polygon = clipped;
  }
  let twice = 0;
  polygon.forEach((p, i) => {
    const q = polygon[(i + 1) % polygon.length]!;
    twice += p[0] * q[1] - p[1] * q[0];
  });
  return Math.abs(twice) / 2;
}
