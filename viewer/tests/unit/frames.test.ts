import { describe, expect, it } from 'vitest';
import { inverse, multiply, point, poseOf, scaleOf, three_from_site } from '../../src/core/frames.ts';

// East-north-up at 107.5776 E, 16.4678 N, and a monument turned by -28 degrees and scaled by 1.02 there.
const [lon, lat] = [(107.5776 * Math.PI) / 180, (16.4678 * Math.PI) / 180];
const [so, co, sa, ca] = [Math.sin(lon), Math.cos(lon), Math.sin(lat), Math.cos(lat)];
const ecef_from_site = [
  ...[-so, co, 0, 0],
  ...[-sa * co, -sa * so, ca, 0],
  ...[ca * co, ca * so, sa, 0],
  ...[-1847993.2, 5833420.7, 1796417.9, 1],
];
const h = (-28 * Math.PI) / 180;
const site_from_monument = [
  ...[1.02 * Math.cos(h), -1.02 * Math.sin(h), 0, 0],
  ...[1.02 * Math.sin(h), 1.02 * Math.cos(h), 0, 0],
  ...[0, 0, 1.02, 0],
  ...[12, -30, 1, 1],
];

describe('frames', () => {
  it('the large moves to ECEF and back cancel to a nanometre', () => {
    const ecef_from_monument = multiply(ecef_from_site, site_from_monument);
    const back = multiply(inverse(ecef_from_site), ecef_from_monument);
    const p = point(back, [7, -3, 11]);
    const direct = point(site_from_monument, [7, -3, 11]);
    for (let i = 0; i < 3; i++) expect(Math.abs(p[i]! - direct[i]!)).toBeLessThan(5e-9);
  });

  it('inverts a similarity with scale', () => {
    const p = point(inverse(site_from_monument), point(site_from_monument, [1, 2, 3]));
    for (let i = 0; i < 3; i++) expect(p[i]).toBeCloseTo(i + 1, 12);
    expect(scaleOf(site_from_monument)).toBeCloseTo(1.02, 12);
  });

  it('up in the site is y in three, north is away from the viewer', () => {
    expect(point(three_from_site, [1, 0, 0])).toEqual([1, 0, 0]);
    expect(point(three_from_site, [0, 0, 1])).toEqual([0, 1, 0]);
    expect(point(three_from_site, [0, 1, 0])).toEqual([0, 0, -1]);
  });

  it('carries a view with its box into the site frame', () => {
    const view = { eye_m: [0, -10, 2], target_m: [0, 0, 2], fov_deg: 50, fit_m: null } as const;
    const pose = poseOf({ ...view, eye_m: [0, -10, 2], target_m: [0, 0, 2] }, site_from_monument);
    expect(Math.hypot(pose.eye[0] - pose.target[0], pose.eye[1] - pose.target[1])).toBeCloseTo(10.2, 9);
    expect(pose.fit).toEqual([]);
  });
});
