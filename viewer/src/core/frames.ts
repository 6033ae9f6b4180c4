/** Ways between frames, in double precision. Matrices are named `target_from_source`, as in the release. */
import type { View } from './release.ts';
import { add, corners, type Mat4, type Vec3 } from './vec.ts';

const at = (m: Mat4, row: number, column: number): number => m[column * 4 + row]!;

/** three.js is y up: x = east, y = up, z = south. */
export const three_from_site: Mat4 = [1, 0, 0, 0, 0, 0, -1, 0, 0, 1, 0, 0, 0, 0, 0, 1];

/** Matrix product a·b. */
export function multiply(a: Mat4, b: Mat4): number[] {
  const out: number[] = [];
  for (let column = 0; column < 4; column++) {
    for (let row = 0; row < 4; row++) {
      let sum = 0;
      for (let k = 0; k < 4; k++) sum += at(a, row, k) * at(b, k, column);
      out.push(sum);
    }
  }
  return out;
}

/** A point through a matrix. */
export function point(m: Mat4, p: Vec3): Vec3 {
  const row = (r: number) => at(m, r, 0) * p[0] + at(m, r, 1) * p[1] + at(m, r, 2) * p[2] + at(m, r, 3);
  return [row(0), row(1), row(2)];
}

/** A direction through a matrix: turned and scaled, not moved. */
export function direction(m: Mat4, p: Vec3): Vec3 {
  const row = (r: number) => at(m, r, 0) * p[0] + at(m, r, 1) * p[1] + at(m, r, 2) * p[2];
  return [row(0), row(1), row(2)];
}

/** The scale of a similarity. */
export const scaleOf = (m: Mat4): number => Math.hypot(at(m, 0, 0), at(m, 1, 0), at(m, 2, 0));

/** The inverse of a similarity: transposed rotation over the squared scale, which keeps full precision. */
export function inverse(m: Mat4): number[] {
  const s2 = scaleOf(m) ** 2;
  const r = (row: number, column: number) => at(m, column, row) / s2;
  const t: Vec3 = [at(m, 0, 3), at(m, 1, 3), at(m, 2, 3)];
  const move = (row: number) => -(r(row, 0) * t[0] + r(row, 1) * t[1] + r(row, 2) * t[2]);
  const column = (c: number) => [r(0, c), r(1, c), r(2, c), 0];
  return [...column(0), ...column(1), ...column(2), move(0), move(1), move(2), 1];
}

/** A camera pose in the site frame. `fit` are the points that must stay in view. */
export interface Pose {
  eye: Vec3;
  target: Vec3;
  fovDeg: number;
  fit: Vec3[];
}

/** A view of a monument's frame as a pose in the site frame; without a matrix the view is the site's own. */
export function poseOf(view: View, site_from_monument?: Mat4): Pose {
  const place = (p: Vec3) => (site_from_monument ? point(site_from_monument, p) : p);
  return {
    eye: place(view.eye_m),
    target: place(view.target_m),
    fovDeg: view.fov_deg,
    fit: view.fit_m ? corners(view.fit_m).map(place) : [],
  };
}

/** The centre of a box in the site frame. */
export function centre(min: Vec3, max: Vec3, site_from_monument: Mat4): Vec3 {
  const sum = add(min, max);
  return point(site_from_monument, [sum[0] / 2, sum[1] / 2, sum[2] / 2]);
}
