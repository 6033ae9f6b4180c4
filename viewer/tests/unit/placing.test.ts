import { describe, expect, it } from 'vitest';
import { isLevel, stood } from '../../src/core/placing.ts';
import type { Vec3 } from '../../src/core/vec.ts';

describe('stood', () => {
  // By the definition alone: the front edge, turned and moved, lies where the visitor aims, and its normal leads to them.
  it.each<[Vec3, Vec3]>([
    [
      [0, 0, -3],
      [0, 1.6, 0],
    ],
    [
      [4, -1.5, 2],
      [1, 0.1, -2],
    ],
    [
      [-2, 0.7, 5],
      [3, 1.6, 5],
    ],
  ])('puts the front edge at %j for an eye at %j, front towards it', (hit, eye) => {
    const { at, turn_rad } = stood(hit, eye, 7);
    const front = [Math.sin(turn_rad), 0, Math.cos(turn_rad)]; // +z, turned about y
    for (const k of [0, 1, 2]) expect(at[k]! + 7 * front[k]!).toBeCloseTo(hit[k]!, 9);
    const back = [eye[0] - hit[0], 0, eye[2] - hit[2]];
    expect((front[0]! * back[0]! + front[2]! * back[2]!) / Math.hypot(...back)).toBeCloseTo(1, 9);
  });

  it('has an answer for who aims at their own feet', () => {
    const { at, turn_rad } = stood([1, 0, 1], [1, 1.6, 1], 2);
    expect(at).toEqual([1, 0, -1]);
    expect(turn_rad).toBeCloseTo(0, 9);
  });
});

describe('isLevel', () => {
  const tilted = (deg: number): Vec3 => [Math.sin((deg * Math.PI) / 180), Math.cos((deg * Math.PI) / 180), 0];

  it('takes floors, tables and gentle slopes, and no walls or ceilings', () => {
    expect([0, 20, 30, 90, 180].map((deg) => isLevel(tilted(deg)))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(isLevel([0, 3, 0])).toBe(true); // a normal of any length
  });
});
