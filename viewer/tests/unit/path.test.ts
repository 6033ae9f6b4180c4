import { describe, expect, it } from 'vitest';
import { eyeOf, limited, type Orbit, orbitOf } from '../../src/core/orbit.ts';
import { EASINGS, pathBetween, turn } from '../../src/core/path.ts';
import { length, sub } from '../../src/core/vec.ts';

const near: Orbit = { target: [0, 0, 2], distance: 12, heading: 3.0, pitch: 0.2, fovDeg: 45 };
const far: Orbit = { target: [80, -40, 5], distance: 30, heading: -3.0, pitch: 0.7, fovDeg: 60 };

describe('orbit', () => {
  it('comes back from eye and target', () => {
    const again = orbitOf(eyeOf(far), far.target, far.fovDeg);
    expect(again.distance).toBeCloseTo(far.distance, 9);
    expect(again.heading).toBeCloseTo(far.heading, 9);
    expect(again.pitch).toBeCloseTo(far.pitch, 9);
  });

  it('looks north at heading 0 and east at 90 degrees', () => {
    expect(eyeOf({ ...near, heading: 0, pitch: 0 })[1]).toBeCloseTo(-12, 9);
    expect(eyeOf({ ...near, heading: Math.PI / 2, pitch: 0 })[0]).toBeCloseTo(-12, 9);
  });

  it('never goes below the floor, whatever the hand does', () => {
    const limits = { nearest: 1, farthest: 100, floor: 0.4, centre: [0, 0, 0] as const, radius: 50 };
    for (let pitch = -1.6; pitch <= 1.6; pitch += 0.1) {
      for (const distance of [0.01, 1, 7, 50, 1e6]) {
        for (const z of [-30, 0, 0.4, 3, 40]) {
          const o = limited({ ...near, target: [200, 3, z], pitch, distance }, limits);
          expect(eyeOf(o)[2]).toBeGreaterThanOrEqual(0.4 - 1e-9);
          expect(Math.hypot(o.target[0], o.target[1])).toBeLessThanOrEqual(50 + 1e-9);
        }
      }
    }
  });
});

describe('path', () => {
  it('turns by the shorter way', () => {
    expect(turn(3, -3)).toBeCloseTo(2 * Math.PI - 6, 12);
    expect(turn(-3, 3)).toBeCloseTo(6 - 2 * Math.PI, 12);
    expect(Math.abs(turn(0, Math.PI))).toBeCloseTo(Math.PI, 12);
  });

  it.each([
    [near, far],
    [far, near],
    [near, { ...near, distance: 400 }],
    [near, near],
  ])('starts and ends where it should and has no jump', (a, b) => {
    const path = pathBetween(a, b);
    expect(length(sub(eyeOf(path(0)), eyeOf(a)))).toBeLessThan(1e-6);
    expect(length(sub(eyeOf(path(1)), eyeOf(b)))).toBeLessThan(1e-6);
    const steps = 2000;
    const gaps = Array.from({ length: steps }, (_, i) => {
      const [p, q] = [path(i / steps), path((i + 1) / steps)];
      return length(sub(eyeOf(q), eyeOf(p))) / Math.min(p.distance, q.distance);
    });
    // Evenly watched: no step moves the picture much more than the average one does.
    const mean = gaps.reduce((x, y) => x + y, 0) / steps;
    expect(Math.max(...gaps)).toBeLessThan(3 * mean + 1e-9);
  });

  it('easings run from 0 to 1 without turning back', () => {
    for (const ease of [EASINGS.linear, EASINGS.smooth]) {
      expect(ease(0)).toBe(0);
      expect(ease(1)).toBe(1);
      for (let i = 0; i < 100; i++) expect(ease((i + 1) / 100)).toBeGreaterThanOrEqual(ease(i / 100));
    }
    expect(EASINGS.cut()).toBe(1);
  });
});
