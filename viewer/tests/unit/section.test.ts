import { describe, expect, it } from 'vitest';
import { point } from '../../src/core/frames.ts';
import {
  cutTriangles,
  formatCut,
  joined,
  meets,
  type Plane,
  parseCut,
  planeOf,
  within,
} from '../../src/core/section.ts';
import { corners, cross, dot, sub, type Vec3 } from '../../src/core/vec.ts';
import { inScene } from '../../src/scene/conditions.ts';

/** Numbers 0..1 that are the same on every run (mulberry32). */
function random(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A sphere of triangles with shared corners. */
function sphere(radius: number, rings: number, around: number) {
  const positions: number[] = [0, 0, radius];
  for (let r = 1; r < rings; r++) {
    for (let k = 0; k < around; k++) {
      const [theta, phi] = [(Math.PI * r) / rings, (2 * Math.PI * k) / around];
      positions.push(
        radius * Math.sin(theta) * Math.cos(phi),
        radius * Math.sin(theta) * Math.sin(phi),
        radius * Math.cos(theta),
      );
    }
  }
  positions.push(0, 0, -radius);
  const last = positions.length / 3 - 1;
  const at = (r: number, k: number) => 1 + (r - 1) * around + (k % around);
  const index: number[] = [];
  for (let k = 0; k < around; k++) {
    index.push(0, at(1, k), at(1, k + 1), last, at(rings - 1, k + 1), at(rings - 1, k));
    for (let r = 1; r < rings - 1; r++) {
      index.push(at(r, k), at(r + 1, k), at(r + 1, k + 1), at(r, k), at(r + 1, k + 1), at(r, k + 1));
    }
  }
  return { positions, index };
}

const planes: Plane[] = [
  planeOf({ kind: 'axis', axis: 'x', at_m: 0.13 })!,
  planeOf({ kind: 'axis', axis: 'z', at_m: -0.4 })!,
  planeOf({ kind: 'line', from: [-1, -0.3], to: [1, 0.5] })!,
];

describe('a section', () => {
  it('of a soup of triangles is what bisection on their edges finds', () => {
    const next = random(7);
    const positions = Array.from({ length: 900 * 3 }, () => next() * 4 - 2);
    const index = Array.from({ length: 900 }, (_, i) => i);
    for (const plane of planes) {
      const over = (p: Vec3) => dot(sub(p, plane.origin), plane.normal);
      const found: number[][] = [];
      for (let t = 0; t < 300; t++) {
        const tri = [0, 1, 2].map(
          (k) => positions.slice(t * 9 + k * 3, t * 9 + k * 3 + 3) as unknown as Vec3,
        );
        const ends: number[][] = [];
        for (const [i, j] of [
          [0, 1],
          [1, 2],
          [2, 0],
        ] as const) {
          let [a, b] = [tri[i]!, tri[j]!];
          if (over(a) >= 0 === over(b) >= 0) continue;
          for (let s = 0; s < 60; s++) {
            const m: Vec3 = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2];
            if (over(m) >= 0 === over(a) >= 0) a = m;
            else b = m;
          }
          const p = sub(a, plane.origin);
          ends.push([dot(p, plane.right), dot(p, plane.up)]);
        }
        if (ends.length === 2) found.push([t, ...ends.sort((p, q) => p[0]! - q[0]!).flat()]);
      }
      const { segments, triangles } = cutTriangles(positions, index, plane);
      const mine = segments.map(([a, b, c, d], i) => [
        triangles[i]!,
        ...(a <= c ? [a, b, c, d] : [c, d, a, b]),
      ]);
      expect(mine.length).toBe(found.length);
      expect(mine.length).toBeGreaterThan(50);
      mine.forEach((row, i) => {
        row.forEach((value, k) => {
          expect(value).toBeCloseTo(found[i]![k]!, 9);
        });
      });
    }
  });

  it('of a closed sphere is one closed line as long as the circle', () => {
    const { positions, index } = sphere(2, 60, 120);
    for (const plane of planes) {
      const lines = joined(cutTriangles(positions, index, plane).segments);
      expect(lines.map((l) => l.closed)).toEqual([true]);
      const [{ points }] = lines as [(typeof lines)[0]];
      const long = points.reduce((sum, p, i) => {
        const q = points[(i + 1) % points.length]!;
        return sum + Math.hypot(q[0] - p[0], q[1] - p[1]);
      }, 0);
      const off = dot(plane.origin, plane.normal);
      expect(long / (2 * Math.PI * Math.sqrt(4 - off * off))).toBeCloseTo(1, 2);
    }
  });

  it('through vertices gives each triangle one piece at most, and still one line', () => {
    const { positions, index } = sphere(1, 8, 8); // a ring of vertices lies in the plane z = 0
    const lines = joined(
      cutTriangles(positions, index, planeOf({ kind: 'axis', axis: 'z', at_m: 0 })!).segments,
    );
    expect(lines.length).toBe(1);
    expect(lines[0]!.closed).toBe(true);
  });

  it('of an open strip is one open line from end to end, whichever piece comes first', () => {
    const segments = [[2, 0, 3, 0], [1, 0, 0, 0], [1, 0, 2, 0], [5, 5, 5, 5]] as [number, number, number, number][]; // biome-ignore format: pieces
    const [line, ...rest] = joined(segments);
    expect(rest).toEqual([]);
    expect(line!.closed).toBe(false);
    expect(line!.points.map((p) => p[0]).sort()).toEqual([0, 1, 2, 3]);
    expect(Math.abs(line!.points[0]![0] - line!.points[3]![0])).toBe(3);
  });
});

describe('a plane', () => {
  it('is drawn right-handed against its normal, upright planes with z up', () => {
    for (const plane of planes) {
      const n = cross(plane.right, plane.up);
      n.forEach((v, k) => {
        expect(v).toBeCloseTo(plane.normal[k]!, 12);
      });
    }
    expect(planes[2]!.up).toEqual([0, 0, 1]);
  });

  it('goes through the same points in the scene', () => {
    const turned = [0, 2, 0, 0, -2, 0, 0, 0, 0, 0, 2, 0, 30, -7, 4, 1]; // a quarter turn, twice the size, moved
    for (const plane of planes) {
      const [x, y, z, w] = inScene(plane, turned) as [number, number, number, number];
      expect(Math.hypot(x, y, z)).toBeCloseTo(1, 12);
      for (const [right, up, off] of [
        [3, -2, 0],
        [-1, 5, 0],
        [0.5, 1, 1.5],
      ] as const) {
        // biome-ignore format: places
        const on = [0, 1, 2].map((k) => plane.origin[k]! + right * plane.right[k]! + up * plane.up[k]! + off * plane.normal[k]!); // biome-ignore format: one place
        const [e, n, h] = point(turned, on as unknown as Vec3);
        expect(x * e + y * h - z * n + w).toBeCloseTo(2 * off, 9);
      }
    }
  });

  it('comes back from its address, and nonsense does not', () => {
    for (const text of ['x@1.25', 'z@-3', '-3.1,0.2,4,0.25']) expect(formatCut(parseCut(text)!)).toBe(text);
    for (const text of [
      '',
      'w@1',
      'x@',
      'x@1e9',
      '1,2,3',
      '1,2,1,2',
      '1,2,3,x',
      '1,2,3,',
      '1,2,3,Infinity',
      null,
    ])
      expect(parseCut(text), String(text)).toBeNull();
  });

  it('knows which boxes it meets, and stays in its own', () => {
    const box = corners([[0, 0, 0], [1, 1, 1]]); // biome-ignore format: two corners
    expect(meets(planeOf({ kind: 'axis', axis: 'x', at_m: 0.5 })!, box)).toBe(true);
    expect(meets(planeOf({ kind: 'axis', axis: 'x', at_m: 1.01 })!, box)).toBe(false);
    expect(meets(planeOf({ kind: 'line', from: [-1, 0.5], to: [0.4, -1] })!, box)).toBe(false);
    expect(within({ kind: 'axis', axis: 'x', at_m: 9 }, { min: [0, 0, 0], max: [1, 1, 1] })).toEqual({ kind: 'axis', axis: 'x', at_m: 1 }); // biome-ignore format: one value
  });
});
