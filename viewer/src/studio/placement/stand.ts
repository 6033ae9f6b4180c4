/** Where a monument stands, as a matrix to move and turn, and as monument.yaml says it. Angles are clockwise from north. */
import { point, scaleOf } from '../../core/frames.ts';
import type { Pose } from '../../core/release.ts';
import type { Mat4, Vec3 } from '../../core/vec.ts';

const DEG = Math.PI / 180;

const rounded = (value: number, decimals: number): number => Number(value.toFixed(decimals));
const at = (m: Mat4, row: number, column: number): number => m[column * 4 + row]!;

/** Moved by metres; `matrix` is site_from_monument here and below. */
export function moved(matrix: Mat4, [east, north, up]: Vec3): number[] {
  const out = [...matrix];
  out[12]! += east;
  out[13]! += north;
  out[14]! += up;
  return out;
}

/** Turned about a place of the map. */
export function turned(matrix: Mat4, [east, north]: readonly [number, number], deg: number): number[] {
  const [s, c] = [Math.sin(-deg * DEG), Math.cos(-deg * DEG)];
  const out = [...matrix];
  for (const column of [0, 4, 8]) {
    const [x, y] = [matrix[column]!, matrix[column + 1]!];
    [out[column], out[column + 1]] = [c * x - s * y, s * x + c * y];
  }
  const [x, y] = [matrix[12]! - east, matrix[13]! - north];
  [out[12], out[13]] = [east + c * x - s * y, north + s * x + c * y];
  return out;
}

/** The heading of the monument's +y axis, degrees in [0, 360). */
export function headingOf(matrix: Mat4): number {
  const deg = Math.atan2(at(matrix, 0, 1), at(matrix, 1, 1)) / DEG;
  return ((deg % 360) + 360) % 360;
}

/** The smallest turn from one heading to another, degrees in [-180, 180). */
export const turnTo = (from: number, to: number): number => ((((to - from + 180) % 360) + 360) % 360) - 180;

/** The pose that says the same, in the working CRS; `crs_from_site` is affine. */
export function poseOf(matrix: Mat4, crs_from_site: Mat4): Pose {
  const scale = scaleOf(matrix);
  const up = [0, 1, 2].map((k) => at(matrix, 2, k) / scale) as [number, number, number];
  const upright = Math.hypot(up[0], up[1]) < 1e-9;
  const [x, y, z] = point(crs_from_site, [matrix[12]!, matrix[13]!, matrix[14]!]);
  return {
    crs_m: [rounded(x, 4), rounded(y, 4), rounded(z, 4)],
    heading_deg: rounded(headingOf(matrix), 6) % 360,
    scale: rounded(scale, 9),
    up: upright ? [0, 0, 1] : [rounded(up[0], 9), rounded(up[1], 9), rounded(up[2], 9)],
  };
}

/** The matrix that a pose says. */
export function matrixOf(pose: Pose, crs_from_site: Mat4): number[] {
  const length = Math.hypot(...pose.up);
  const [x, y, z] = pose.up.map((v) => v / length) as [number, number, number];
  // The smallest turn that takes `up` onto the vertical, as the machine does it (ops/placement/gravity.py).
  const k = 1 / (1 + z);
  const upright = [
    1 - x * x * k,
    -x * y * k,
    x,
    -x * y * k,
    1 - y * y * k,
    y,
    -x,
    -y,
    1 - (x * x + y * y) * k,
  ];
  const matrix: number[] = [];
  for (let column = 0; column < 3; column++) {
    for (let row = 0; row < 3; row++) matrix.push(pose.scale * upright[column * 3 + row]!);
    matrix.push(0);
  }
  matrix.push(0, 0, 0, 1);
  const facing = turned(matrix, [0, 0], pose.heading_deg - headingOf(matrix));
  return moved(facing, point(affineInverse(crs_from_site), pose.crs_m));
}

/** The inverse of an affine matrix: that of a similarity would not do, for a projection scales no heights. */
export function affineInverse(m: Mat4): number[] {
  const [a, b, c] = [0, 1, 2].map((k) => [at(m, 0, k), at(m, 1, k), at(m, 2, k)] as Vec3) as [
    Vec3,
    Vec3,
    Vec3,
  ];
  const cross = (p: Vec3, q: Vec3): Vec3 => [
    p[1] * q[2] - p[2] * q[1],
    p[2] * q[0] - p[0] * q[2],
    p[0] * q[1] - p[1] * q[0],
  ];
  const dot = (p: Vec3, q: Vec3) => p[0] * q[0] + p[1] * q[1] + p[2] * q[2];
  const volume = dot(a, cross(b, c));
  const rows = [cross(b, c), cross(c, a), cross(a, b)].map(
    (row) => row.map((v) => v / volume) as unknown as Vec3,
  );
  const t: Vec3 = [at(m, 0, 3), at(m, 1, 3), at(m, 2, 3)];
  const columns = [0, 1, 2].flatMap((k) => [...rows.map((row) => row[k as 0 | 1 | 2]), 0]);
  return [...columns, ...rows.map((row) => -dot(row, t)), 1];
}

/** The middle of the plan in the monument frame: what is turned about. */
export function middleOf(cells: readonly Vec3[]): Vec3 {
  const n = Math.max(cells.length, 1);
  const sum = cells.reduce<[number, number, number]>(
    (s, p) => [s[0] + p[0], s[1] + p[1], s[2] + p[2]],
    [0, 0, 0],
  );
  return [sum[0] / n, sum[1] / n, sum[2] / n];
}

/** The corner of a plan that is within `reach` of a place, else the place: a click near a corner means the corner. */
export function snapped(
  [east, north]: readonly [number, number],
  polygons: readonly (readonly (readonly (readonly [number, number])[])[])[],
  reach: number,
): [number, number] {
  let best: [number, number] = [east, north];
  let least = reach;
  for (const ring of polygons.flat())
    for (const [x, y] of ring) {
      const away = Math.hypot(x - east, y - north);
      if (away < least) [best, least] = [[x, y], away];
    }
  return best;
}
