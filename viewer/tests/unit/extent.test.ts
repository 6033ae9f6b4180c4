import { describe, expect, it } from 'vitest';
import { reach, sizeOf } from '../../src/core/extent.ts';
import type { FootprintFeature, MonumentEntry, Release } from '../../src/core/release.ts';

const monument = {
  bounds: { min: [-2, -1, 0], max: [2, 1, 6] },
  placement: { site_from_monument: [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 100, 50, 3, 1] },
} as unknown as MonumentEntry;
const plan = (e: number, n: number, ground_m: number) =>
  ({
    ground_m,
    polygons: [
      [
        [
          [e, n],
          [e + 10, n],
          [e + 10, n + 10],
          [e, n + 10],
        ],
      ],
    ],
  }) as unknown as FootprintFeature;
const release = (monuments: MonumentEntry[]) =>
  ({ monuments, opening: { target_m: [7, 8, 9] } }) as unknown as Release;

describe('extent', () => {
  it('a monument is as large as its largest side, scaled', () => {
    expect(sizeOf(monument)).toBe(12);
  });

  it('reaches over plans and monuments, from the lowest ground', () => {
    const { centre, radius, ground } = reach(release([monument]), [plan(0, 0, 1.5), plan(40, 0, 4)]);
    expect(ground).toBe(1.5);
    expect(centre).toEqual([52, 26, 1.5]);
    expect(radius).toBeCloseTo(Math.hypot(52, 26), 9);
  });

  it('bears a city of very many corners', () => {
    const round = Array.from({ length: 130_000 }, (_, i) => [Math.cos(i), Math.sin(i)]);
    const { radius } = reach(release([monument]), [{ ...plan(0, 0, 0), polygons: [[round]] } as never]);
    expect(radius).toBeGreaterThan(10);
  });

  it('without plans the lowest corner is the ground; without anything the opening is the middle', () => {
    expect(reach(release([monument]), []).ground).toBe(3);
    expect(reach(release([]), []).centre).toEqual([7, 8, 9]);
  });
});
