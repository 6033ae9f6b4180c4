import { describe, expect, it } from 'vitest';
import {
  angle,
  distance,
  flatArea,
  height,
  type MeasuredPoint,
  off,
  surveyError,
  surveyed,
} from '../../src/core/measure.ts';
import type { Picked } from '../../src/core/picked.ts';
import type { MonumentEntry } from '../../src/core/release.ts';
import { areaInside, earsOf, outlineOf } from '../../src/core/surfaceArea.ts';
import type { Vec3 } from '../../src/core/vec.ts';

const at = (position_m: Vec3, error_m = 0, survey_m: number | null = null): MeasuredPoint => ({
  position_m,
  error_m,
  survey_m,
});

describe('measures', () => {
  it('a distance and a height, with the errors of both ends', () => {
    expect(distance(at([0, 0, 0], 0.01), at([3, 4, 12], 0.02))).toEqual({
      value: 13,
      within: 0.03,
      survey: null,
    });
    expect(height(at([0, 0, 5]), at([9, 9, 2]), [0, 0, 2]).value).toBe(-3);
  });

  it('an angle anywhere between 0 and 180 degrees, and how far its arms may turn', () => {
    for (const degrees of [0.5, 30, 90, 150, 179.5]) {
      const r = (degrees * Math.PI) / 180;
      const found = angle(at([2, 0, 1]), at([0, 0, 1]), at([3 * Math.cos(r), 3 * Math.sin(r), 1]));
      expect(found.value).toBeCloseTo(degrees, 9);
      expect(found.within).toBe(0);
    }
    // 1 mm at each end of two arms of a metre: 2 · asin(0.002).
    const turned = angle(at([1, 0, 0], 0.001), at([0, 0, 0], 0.001), at([0, 1, 0], 0.001));
    expect(turned.within).toBeCloseTo((2 * Math.asin(0.002) * 180) / Math.PI, 9);
  });

  it('no error within the stated limits goes beyond what is stated', () => {
    const [a, b, c] = [at([1, 0, 0], 0.05), at([0, 0, 0], 0.02), at([0.3, 1.2, 0.4], 0.05)];
    const told = { d: distance(a, c), w: angle(a, b, c) };
    for (let i = 0; i < 400; i++) {
      const moved = [a, b, c].map((p, k): MeasuredPoint => {
        const [u, v] = [Math.sin(i * 12.9 + k * 78.2), Math.cos(i * 4.1 + k * 3.7)];
        const w = Math.sqrt(Math.max(0, 1 - u * u));
        const off: Vec3 = [u, w * v, w * Math.sqrt(1 - v * v)];
        return at(p.position_m.map((x, m) => x + off[m]! * p.error_m) as unknown as Vec3);
      });
      expect(Math.abs(distance(moved[0]!, moved[2]!).value - told.d.value)).toBeLessThanOrEqual(
        told.d.within,
      );
      expect(Math.abs(angle(moved[0]!, moved[1]!, moved[2]!).value - told.w.value)).toBeLessThanOrEqual(
        told.w.within,
      );
    }
  });

  it('a flat area, seen across', () => {
    expect(flatArea([at([0, 0, 0]), at([2, 0, 2]), at([2, 3, 2]), at([0, 3, 0])]).value).toBeCloseTo(
      3 * Math.sqrt(8),
      12,
    );
  });
});

/** Normal numbers from a small generator of its own, the same in every run (Box and Muller; mulberry32). */
function normals(seed: number): () => number {
  let a = seed;
  const uniform = () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

describe('what the survey adds', () => {
  const accuracy = { spacing_m: 0.06, noise_m: 0.04, alignment_m: 0.03, stated_m: null };

  it('is made of scatter, half the spacing, what is stated, and the alignment between surveys', () => {
    expect(surveyError(accuracy, false)).toBeCloseTo(0.05, 12);
    expect(surveyError({ ...accuracy, stated_m: 0.1 }, false)).toBeCloseTo(Math.hypot(0.05, 0.196), 12);
    expect(surveyError(accuracy, true)).toBeCloseTo(Math.hypot(0.05, 1.96 * 0.03), 12);
  });

  it('is in true metres as the release has it, where the monument frame counts in others', () => {
    const monument = { placement: { scale: 0.5 }, epochs: [{ id: '2024', accuracy }] };
    const picked = { position_m: [10, 20, 0], error_m: 0.2, shown: { epoch: '2024', state: null } };
    const [found] = surveyed([picked as unknown as Picked], monument as unknown as MonumentEntry);
    expect(found).toEqual({ position_m: [5, 10, 0], error_m: 0.1, survey_m: 0.05 });
  });

  it('is not known of a model or of an older release, and then of the whole measure', () => {
    const nothing = { spacing_m: null, noise_m: null, alignment_m: 0.01, stated_m: null };
    expect(surveyError(nothing, true)).toBeNull();
    expect(surveyError(undefined, false)).toBeNull();
    const half = distance(at([0, 0, 0], 0.1, 0.05), at([1, 0, 0], 0.2));
    expect(half.survey).toBeNull();
    expect(off(half)).toBeCloseTo(0.3, 12);
    expect(angle(at([1, 0, 0], 0, 1), at([0, 0, 0]), at([0, 1, 0], 0, 1)).survey).toBeNull();
    expect(flatArea([at([0, 0, 0], 0, 1), at([1, 0, 0], 0, 1), at([0, 1, 0])]).survey).toBeNull();
  });

  it('holds 95 of 100 measures whose points scatter so', () => {
    const places: Vec3[] = [[2, 0.3, 0], [0, 0, 0], [0.4, 1.7, 0.2], [-0.9, 1, 0.1]]; // biome-ignore format: points
    const errors = [0.02, 0.01, 0.03, 0.02];
    const next = normals(7);
    const make = (moved: boolean) => {
      const p = places.map((place, k) =>
        at(place.map((x) => x + (moved ? (next() * errors[k]!) / 1.96 : 0)) as unknown as Vec3, 0, errors[k]),
      ) as [MeasuredPoint, MeasuredPoint, MeasuredPoint, MeasuredPoint];
      return [distance(p[0], p[2]), height(p[0], p[2], [0, 0, 1]), angle(p[0], p[1], p[2]), flatArea(p)];
    };
    const told = make(false);
    const held = [0, 0, 0, 0];
    const draws = 4000;
    for (let i = 0; i < draws; i++) {
      make(true).forEach((m, k) => {
        held[k]! += Math.abs(m.value - told[k]!.value) <= told[k]!.survey! ? 1 : 0;
      });
    }
    for (const share of held.map((n) => n / draws)) {
      expect(share).toBeGreaterThan(0.94);
      expect(share).toBeLessThan(0.99); // no wider than it has to be
    }
  });
});

/** A grid over a square of side 4 round the origin, at the height `z` gives, as triangles facing up. */
function sheet(n: number, z: (x: number, y: number) => number) {
  const positions: number[] = [];
  const index: number[] = [];
  for (let i = 0; i <= n; i++) {
    for (let j = 0; j <= n; j++) {
      const [x, y] = [(4 * i) / n - 2, (4 * j) / n - 2];
      positions.push(x, y, z(x, y));
    }
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const a = i * (n + 1) + j;
      index.push(a, a + n + 1, a + n + 2, a, a + n + 2, a + 1);
    }
  }
  return { positions, index };
}
const lifted = (flat: [number, number][], z: (x: number, y: number) => number) =>
  flat.map(([x, y]): Vec3 => [x, y, z(x, y)]);
const STAR: [number, number][] = [[-1, -1], [0, -0.3], [1.1, -1], [0.4, 0.1], [0.9, 1.2], [-0.1, 0.5], [-1.2, 1]]; // biome-ignore format: points

describe('area on a surface', () => {
  it('is the flat area on a slope, whatever the outline and whichever way it was drawn', () => {
    const slope = (x: number, y: number) => 0.7 * x - 0.2 * y + 1;
    const { positions, index } = sheet(13, slope);
    const points = lifted(STAR, slope);
    const exact = flatArea(points.map((p) => at(p))).value;
    for (const outline of [points, [...points].reverse()]) {
      expect(areaInside(positions, index, outlineOf(outline, [0, 0, 1])!).area).toBeCloseTo(exact, 9);
    }
    expect(areaInside(positions, index, outlineOf(points, [0, 0, -1])!).area).toBe(0); // its back is not there
  });

  it('on waves is what summing over a fine raster gives', () => {
    const wave = (x: number, y: number) => 0.15 * Math.sin(3 * x) * Math.cos(2 * y);
    const { positions, index } = sheet(160, wave);
    const flat: [number, number][] = [[-1, -1], [1.2, -0.9], [0.9, 1.1], [-0.8, 0.8]]; // biome-ignore format: points
    const outline = outlineOf(
      lifted(flat, () => 0),
      [0, 0, 1],
    )!;
    let sum = 0;
    const n = 500;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const [x, y] = [(4 * (i + 0.5)) / n - 2, (4 * (j + 0.5)) / n - 2];
        const inside = flat.every(([ax, ay], k) => {
          const [bx, by] = flat[(k + 1) % 4]!;
          return (bx - ax) * (y - ay) - (by - ay) * (x - ax) >= 0;
        });
        const [zx, zy] = [0.45 * Math.cos(3 * x) * Math.cos(2 * y), -0.3 * Math.sin(3 * x) * Math.sin(2 * y)];
        if (inside) sum += Math.sqrt(1 + zx * zx + zy * zy) * (4 / n) ** 2;
      }
    }
    expect(areaInside(positions, index, outline).area / sum).toBeCloseTo(1, 2);
  });

  it('leaves out what lies deep behind the outline', () => {
    const front = sheet(4, () => 0);
    const back = sheet(4, () => -3);
    const outline = outlineOf(
      lifted(STAR, () => 0),
      [0, 0, 1],
    )!;
    expect(areaInside(back.positions, back.index, outline).area).toBe(0);
    expect(areaInside(front.positions, front.index, outline).area).toBeGreaterThan(1);
  });

  it('tells how much of the outline has a surface under it', () => {
    const { positions, index } = sheet(8, () => 0);
    const outline = outlineOf(lifted([[0, -1], [4, -1], [4, 1], [0, 1]], () => 0), [0, 0, 1])!; // biome-ignore format: points
    expect(areaInside(positions, index, outline).shadow).toBeCloseTo(4, 9); // of 8: the sheet ends at 2
  });

  it('is not told for an outline that crosses itself or has no width', () => {
    expect(earsOf([[0, 0], [1, 1], [1, 0], [0, 1]])).toBeNull(); // biome-ignore format: points
    expect(outlineOf([[0, 0, 0], [1, 0, 0], [2, 0, 0]], [0, 0, 1])).toBeNull(); // biome-ignore format: points
  });
});
