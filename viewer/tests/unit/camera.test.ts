/** The camera as the Python side knows it (heritage/ops/viewing): the linter must fly as the player does. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { pathAround } from '../../src/core/around.ts';
import { fitted, type Viewport } from '../../src/core/fit.ts';
import type { Pose } from '../../src/core/frames.ts';
import { type Orbit, orbitOf } from '../../src/core/orbit.ts';
import type { Vec3 } from '../../src/core/vec.ts';

interface Case {
  window: Viewport;
  poses: [Pose, Pose];
  fitted: [Orbit, Orbit];
  /** Control points of a way around, in the poses' frame. */
  via?: { eye: Vec3; target: Vec3 }[];
  path: ({ t: number } & Orbit)[];
}
const cases: Case[] = JSON.parse(readFileSync(new URL('camera-cases.json', import.meta.url), 'utf8'));

const flat = (o: Orbit) => [...o.target, o.distance, o.heading, o.pitch, o.fovDeg];

function expectSame(found: Orbit, wanted: Orbit): void {
  const expected = flat(wanted);
  for (const [i, value] of flat(found).entries()) expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-6);
}

describe('the camera in Python and in TypeScript', () => {
  test.each(cases.map((c, i) => [i, c] as const))(
    'case %i',
    (_, { window, poses, fitted: framed, via, path }) => {
      const [from, to] = [fitted(poses[0], window), fitted(poses[1], window)];
      expectSame(from, framed[0]);
      expectSame(to, framed[1]);
      const around = (via ?? []).map(({ eye, target }) => orbitOf(eye, target, 45));
      const fly = pathAround(from, to, around);
      for (const { t, ...orbit } of path) expectSame(fly(t), orbit);
    },
  );
});
