import { describe, expect, it } from 'vitest';
import { basis, fitted, type Viewport } from '../../src/core/fit.ts';
import type { Pose } from '../../src/core/frames.ts';
import { eyeOf, lookDirection } from '../../src/core/orbit.ts';
import { corners, dot, sub } from '../../src/core/vec.ts';

const pose: Pose = {
  eye: [-6, -20, 3],
  target: [0, 0, 6],
  fovDeg: 48,
  fit: corners([
    [-10, -4, 0],
    [10, 4, 14],
  ]),
};
const WINDOWS: Record<string, Viewport> = {
  desktop: { width: 1440, height: 900, left: 420, right: 0, top: 0, bottom: 0 },
  phone: { width: 390, height: 844, left: 0, right: 0, top: 116, bottom: 388 },
  landscape: { width: 844, height: 390, left: 0, right: 0, top: 0, bottom: 180 },
};

/** Where a point lands in CSS pixels, with the principal point in the middle of the free area. */
function project(v: Viewport, p: readonly [number, number, number]) {
  const o = fitted(pose, v);
  const look = lookDirection(o);
  const { right, up } = basis(look);
  const d = sub(p, eyeOf(o));
  const focal = v.height / 2 / Math.tan((o.fovDeg * Math.PI) / 360);
  return {
    x: (v.left + v.width - v.right) / 2 + (dot(d, right) / dot(d, look)) * focal,
    y: (v.top + v.height - v.bottom) / 2 - (dot(d, up) / dot(d, look)) * focal,
    depth: dot(d, look),
  };
}

describe('fit', () => {
  it.each(Object.entries(WINDOWS))('keeps the box in the free part of a %s window', (_name, v) => {
    for (const p of pose.fit) {
      const at = project(v, p);
      expect(at.depth).toBeGreaterThan(0);
      expect(at.x).toBeGreaterThanOrEqual(v.left);
      expect(at.x).toBeLessThanOrEqual(v.width - v.right);
      expect(at.y).toBeGreaterThanOrEqual(v.top);
      expect(at.y).toBeLessThanOrEqual(v.height - v.bottom);
    }
  });

  it('backs off no farther than it must', () => {
    const v = WINDOWS.phone!;
    const near = pose.fit.map((p) => project(v, p));
    const touch = near.some(
      (at) =>
        Math.abs(at.x - v.width / 2) > 0.46 * v.width ||
        Math.abs(at.y - (v.top + v.height - v.bottom) / 2) > 0.46 * (v.height - v.top - v.bottom),
    );
    expect(touch).toBe(true);
  });

  it('a narrow window sees wider before the camera backs off, a wide one does not', () => {
    const phone = fitted(pose, WINDOWS.phone!);
    expect(phone.fovDeg).toBeGreaterThan(60);
    expect(phone.fovDeg).toBeLessThanOrEqual(80);
    expect(fitted(pose, WINDOWS.desktop!).fovDeg).toBeCloseTo(pose.fovDeg, 9);
    const far = { ...pose, eye: [-12, -40, 3] as const };
    const seen = fitted(far, WINDOWS.phone!);
    expect(Math.hypot(...sub(eyeOf(seen), far.eye))).toBeLessThan(1e-6);
  });

  it('never comes nearer than the author stood, and keeps the line of sight', () => {
    const wide = { ...pose, eye: [-60, -200, 30] as const };
    const o = fitted(wide, WINDOWS.desktop!);
    expect(Math.hypot(...sub(eyeOf(o), wide.eye))).toBeLessThan(1e-6);
    const phone = fitted(pose, WINDOWS.phone!);
    expect(phone.heading).toBeCloseTo(fitted(pose, WINDOWS.desktop!).heading, 12);
  });
});
