import { describe, expect, it } from 'vitest';
import { nearestOf, Solid } from '../../src/core/solid.ts';
import type { Vec3 } from '../../src/core/vec.ts';
import { dot, length, scale, sub } from '../../src/core/vec.ts';
import { approach, EYE_M, eased, type Ground, settle, thrown, walk } from '../../src/core/walk.ts';

/** Triangles of boxes, five faces each. */
function boxes(...all: [Vec3, Vec3][]) {
  const positions: number[] = [];
  const index: number[] = [];
  const quad = (...q: Vec3[]) => {
    const at = positions.length / 3;
    for (const p of q) positions.push(...p);
    index.push(at, at + 1, at + 2, at, at + 2, at + 3);
  };
  for (const [[x, y, z], [X, Y, Z]] of all) {
    quad([x, y, Z], [X, y, Z], [X, Y, Z], [x, Y, Z]);
    quad([x, y, z], [X, y, z], [X, y, Z], [x, y, Z]);
    quad([x, Y, z], [X, Y, z], [X, Y, Z], [x, Y, Z]);
    quad([x, y, z], [x, Y, z], [x, Y, Z], [x, y, Z]);
    quad([X, y, z], [X, Y, z], [X, Y, Z], [X, y, Z]);
  }
  return { positions, index };
}

function groundOf(solid: Solid, known: (e: number, n: number) => boolean = () => true): Ground {
  return {
    knows: known,
    floor: (e, n, top) => solid.floor(e, n, top),
    push: (c, r) => solid.push(c, r),
    touches: (c, r) => solid.touches(c, r),
    hit: (a, b) => solid.hit(a, b),
  };
}

/** The sample's hall: nine steps of 16.7 cm and 27.5 cm between ramps, a terrace at 1.5 m with doors, walls and a rail. */
const RISE = 1.5 / 9;
const RUN = 2.2 / 8;
const hall = () => {
  const solid = new Solid();
  solid.put(
    'lawn',
    boxes([
      [-30, -30, -1],
      [30, 30, 0],
    ]),
  );
  const stairs = Array.from({ length: 8 }, (_, k): [Vec3, Vec3] => [
    [-1.75, -8.6 + k * RUN, -0.6],
    [1.75, -6.2, (k + 1) * RISE],
  ]);
  solid.put(
    'hall',
    boxes(
      [
        [-8.6, -6.4, -0.6],
        [8.6, 6.4, 1.5],
      ],
      ...stairs,
      [
        [-6.4, -1.96, 1.4],
        [6.4, -1.84, 5.6],
      ],
    ),
  );
  solid.put(
    'rail',
    boxes([
      [-8.6, -6.46, 1.5],
      [-2.3, -6.34, 2.18],
    ]),
  );
  return solid;
};

/** A seed that gives the same numbers every time. */
function random(seed: number): () => number {
  let s = seed;
  return () => {
    s = (s * 1664525 + 1013904223) % 4294967296;
    return s / 4294967296;
  };
}

describe('solid', () => {
  const next = random(7);
  const soup = { positions: [] as number[], index: [] as number[] };
  for (let t = 0; t < 400; t++) {
    const c = [next() * 20 - 10, next() * 20 - 10, next() * 6];
    for (let k = 0; k < 3; k++) {
      soup.index.push(soup.positions.length / 3);
      soup.positions.push(...c.map((v) => v + (next() - 0.5) * (t % 20 === 0 ? 9 : 1.5)));
    }
  }
  const solid = new Solid();
  solid.put('soup', soup);
  const triangles = Array.from({ length: 400 }, (_, t) =>
    [0, 1, 2].map((k) => soup.positions.slice(9 * t + 3 * k, 9 * t + 3 * k + 3) as unknown as Vec3),
  ) as [Vec3, Vec3, Vec3][];

  it('finds the floor that the rays of every triangle find', () => {
    let found = 0;
    for (let i = 0; i < 300; i++) {
      const [e, n, top] = [next() * 22 - 11, next() * 22 - 11, next() * 7];
      let best: number | null = null;
      for (const [a, b, c] of triangles) {
        // Solve a + v ab + w ac = (e, n, z) by Cramer's rule on the two flat rows.
        const d = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]);
        const v = ((e - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (n - a[1])) / d;
        const w = ((b[0] - a[0]) * (n - a[1]) - (e - a[0]) * (b[1] - a[1])) / d;
        if (v < 0 || w < 0 || v + w > 1) continue;
        const z = a[2] + v * (b[2] - a[2]) + w * (c[2] - a[2]);
        if (z <= top && (best === null || z > best)) best = z;
      }
      const got = solid.floor(e, n, top);
      if (best === null) expect(got).toBeNull();
      else {
        found++;
        expect(got).toBeCloseTo(best, 9);
      }
    }
    expect(found).toBeGreaterThan(40);
  });

  it('meets first what a search over all triangles meets first', () => {
    let met = 0;
    for (let i = 0; i < 300; i++) {
      const from: Vec3 = [next() * 24 - 12, next() * 24 - 12, next() * 8 - 1];
      const to: Vec3 = [next() * 24 - 12, next() * 24 - 12, next() * 8 - 1];
      // The plane's side changes along the way, and the crossing lies within all three edges.
      let best = 2;
      for (const [a, b, c] of triangles) {
        const ab = sub(b, a);
        const ac = sub(c, a);
        const normal: Vec3 = [
          ab[1] * ac[2] - ab[2] * ac[1],
          ab[2] * ac[0] - ab[0] * ac[2],
          ab[0] * ac[1] - ab[1] * ac[0],
        ];
        const [p, q] = [dot(normal, sub(from, a)), dot(normal, sub(to, a))];
        if (p * q > 0) continue;
        const t = p / (p - q);
        const x: Vec3 = [0, 1, 2].map((k) => from[k]! + (to[k]! - from[k]!) * t) as unknown as Vec3;
        if (length(sub(x, nearestOf(x, a, b, c))) < 1e-9 && t < best) best = t;
      }
      const hit = solid.hit(from, to);
      if (best === 2) expect(hit).toBeNull();
      else {
        met++;
        expect(hit!.share).toBeCloseTo(best, 8);
        expect(dot(hit!.normal, sub(to, from))).toBeLessThanOrEqual(0);
      }
    }
    expect(met).toBeGreaterThan(60);
  });

  it('names the nearest point of a triangle: nearer than any of a fine net of it', () => {
    for (let i = 0; i < 60; i++) {
      const [a, b, c] = triangles[i]!;
      const p: Vec3 = [a[0] + next() * 4 - 2, a[1] + next() * 4 - 2, a[2] + next() * 4 - 2];
      const got = length(sub(p, nearestOf(p, a, b, c)));
      let least = Number.POSITIVE_INFINITY;
      for (let u = 0; u <= 40; u++)
        for (let v = 0; v + u <= 40; v++) {
          const x = [0, 1, 2].map((k) => a[k]! + (u / 40) * (b[k]! - a[k]!) + (v / 40) * (c[k]! - a[k]!));
          least = Math.min(least, length(sub(p, x as unknown as Vec3)));
        }
      expect(got).toBeLessThanOrEqual(least + 1e-9);
      expect(got).toBeGreaterThan(least - 0.4);
    }
  });

  it('meets only the piece that is asked for', () => {
    const s = hall();
    expect(s.hit([0, -20, 1], [0, 0, 1])!.point[1]).toBeCloseTo(-8.6 + 5 * RUN, 9); // the sixth step is the first over 1 m
    expect(s.hit([0, -20, 1], [0, 0, 1], 'lawn')).toBeNull();
    expect(s.hit([-5, -20, 2], [-5, 0, 2], 'rail')!.point[1]).toBeCloseTo(-6.46, 9);
  });

  it('forgets pieces that are let go', () => {
    const s = hall();
    expect(s.floor(0, 0, 3)).toBeCloseTo(1.5, 9);
    s.keep((name) => name === 'lawn');
    expect(s.floor(0, 0, 3)).toBeCloseTo(0, 9);
  });
});

describe('walking', () => {
  it('goes up the stairs, step by step, and is stopped by the doors', () => {
    const ground = groundOf(hall());
    let feet: Vec3 = [0.4, -11, 0];
    const heights: number[] = [];
    let stop = null as string | null;
    for (let k = 0; k < 200; k++) {
      const step = walk(ground, feet, 0, 0.1);
      expect(step.feet[2]).toBeLessThanOrEqual(feet[2] + 0.2); // one step at a time
      feet = step.feet;
      heights.push(feet[2]);
      stop = step.stop;
    }
    for (let k = 1; k <= 9; k++) expect(heights.some((z) => Math.abs(z - k * RISE) < 1e-9)).toBe(true);
    expect(feet[2]).toBeCloseTo(1.5, 9);
    expect(feet[1]).toBeCloseTo(-1.96 - 0.25, 3); // the door, less the body
    expect(stop).toBe('wall');
  });

  it('slides along a wall that it meets aslant', () => {
    const ground = groundOf(hall());
    const { feet } = walk(ground, [0, -3, 1.5], 3, 3);
    expect(feet[0]).toBeCloseTo(3, 1);
    expect(feet[1]).toBeCloseTo(-2.21, 2);
  });

  it('does not climb a balustrade, and does not walk off a terrace', () => {
    const ground = groundOf(hall());
    const rail = walk(ground, [-5, -5, 1.5], 0, -4);
    expect(rail.feet[1]).toBeCloseTo(-6.34 + 0.25, 2);
    const edge = walk(ground, [5, -5, 1.5], 0, -4);
    expect(edge.stop).toBe('edge');
    expect(edge.feet[1]).toBeGreaterThan(-6.4 - 0.11);
    expect(edge.feet[2]).toBeCloseTo(1.5, 9);
    // From the lawn the terrace is a wall.
    const wall = walk(ground, [5, -9, 0], 0, 4);
    expect(wall.feet[1]).toBeCloseTo(-6.46 + 0.06 - 0.25, 2);
    expect(wall.feet[2]).toBeCloseTo(0, 9);
  });

  it('is not led through a thin wall, however fast', () => {
    const solid = new Solid();
    solid.put(
      'lawn',
      boxes([
        [-9, -9, -1],
        [9, 9, 0],
      ]),
    );
    solid.put(
      'screen',
      boxes([
        [-9, 1, 0],
        [9, 1.004, 2],
      ]),
    );
    const { feet } = walk(groundOf(solid), [0, 0, 0], 0.3, 5);
    expect(feet[1]).toBeCloseTo(0.75, 3);
  });

  it('waits where the ground has not come, and goes on when it has', () => {
    const solid = hall();
    let west = false;
    const ground = groundOf(solid, (e) => west || e > -2);
    const waiting = walk(ground, [0, -12, 0], -5, 0);
    expect(waiting.stop).toBe('unknown');
    expect(waiting.feet[0]).toBeGreaterThan(-2);
    expect(waiting.feet[2]).toBeCloseTo(0, 9);
    west = true;
    expect(walk(ground, waiting.feet, -3, 0).feet[0]).toBeLessThan(-4.8);
  });

  it('does not fall where there is nothing', () => {
    const { feet, stop } = walk(groundOf(new Solid()), [0, 0, 3], 1, 0);
    expect([feet, stop]).toEqual([[0, 0, 3], 'edge']);
  });

  it('puts nobody into a wall or where there is no room', () => {
    const ground = groundOf(hall());
    expect(settle(ground, 0, -4, 3)).toEqual([0, -4, 1.5]);
    const pushed = settle(ground, 0, -2.05, 3)!;
    expect(pushed[1]).toBeCloseTo(-2.21, 3);
    const narrow = new Solid();
    narrow.put(
      'lawn',
      boxes([
        [-9, -9, -1],
        [9, 9, 0],
      ]),
    );
    narrow.put(
      'walls',
      boxes(
        [
          [-9, 0.15, 0],
          [9, 0.2, 3],
        ],
        [
          [-9, -0.2, 0],
          [9, -0.15, 3],
        ],
      ),
    );
    expect(settle(groundOf(narrow), 0, 0, 1)).toBeNull();
    expect(settle(groundOf(new Solid()), 0, 0, 1)).toBeNull();
  });

  it('throws an arc onto the floor, and to a wall it tells the wall', () => {
    const ground = groundOf(hall());
    const d = 1 / Math.SQRT2;
    const lawn = thrown(ground, [0, -20, 1.4], [0, d, d]);
    expect(lawn.hit!.normal[2]).toBeCloseTo(1, 9);
    // Thrown at 45 degrees with 9 m/s from 1.4 m: 9.5 m, by v cos (v sin + sqrt(v sin ^2 + 2 g h)) / g.
    const v = 9 * d;
    const truth = (v * (v + Math.sqrt(v * v + 2 * 9.81 * 1.4))) / 9.81;
    expect(Math.abs(lawn.hit!.point[1] + 20 - truth)).toBeLessThan(0.4);
    const wall = thrown(ground, [0, -4, 3], [0, 1, 0]);
    expect(wall.hit!.normal[1]).toBeCloseTo(-1, 9);
    expect(wall.hit!.point[1]).toBeCloseTo(-1.96, 9);
  });

  it('begins before the monument, and the eye follows the feet softly', () => {
    expect(approach([0, -40, 12], [0, 0, 5], 9)).toEqual([0, -15, 12]);
    expect(approach([0, -3, 2], [0, 0, 1], 9)).toEqual([0, -3, 2]); // whoever was nearer, begins nearer
    const first = eased(1.6, [0, 0, 0.17], 1 / 60);
    expect(first).toBeGreaterThan(1.6);
    expect(first).toBeLessThan(1.66);
    let eye = 1.6;
    for (let k = 0; k < 120; k++) eye = eased(eye, [0, 0, 0.17], 1 / 60);
    expect(eye).toBeCloseTo(0.17 + EYE_M, 9);
    expect(length(scale([0, 0, 1], eye))).toBeGreaterThan(1.7);
  });
});
