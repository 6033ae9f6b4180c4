import { describe, expect, it } from 'vitest';
import { type Area, crowded, ROOM_PX, ROOM_TO_APPEAR_PX, standing } from '../../src/core/names.ts';

/** Repeatable numbers of 0 up to 1 (mulberry32). */
function numbers(seed: number): () => number {
  let s = seed;
  return () => {
    s = (s + 0x6d2b79f5) | 0;
    let t = Math.imul(s ^ (s >>> 15), 1 | s);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** How far apart two rectangles are along the axis that separates them most, by their edges; negative: they overlap. */
const apart = (a: Area, b: Area) =>
  Math.max(b.x - (a.x + a.w), a.x - (b.x + b.w), b.y - (a.y + a.h), a.y - (b.y + b.h));

describe('names over the picture', () => {
  it('never lie on each other or on the open monument, and none is missing without a reason', () => {
    const random = numbers(7);
    let [shownAtAll, hiddenAtAll] = [0, 0];
    for (let scene = 0; scene < 200; scene++) {
      const names = Array.from({ length: 60 }, () => ({
        area: { x: random() * 1200, y: random() * 700, w: 40 + random() * 160, h: 34 },
        shown: random() < 0.5,
      }));
      const taken = [{ x: 500, y: 250, w: 300, h: 260 }];
      const stand = standing(names, taken);
      const up = names.filter((_, k) => stand[k]).map((n) => n.area);
      for (const [k, a] of up.entries())
        for (const b of [...up.slice(k + 1), ...taken]) expect(apart(a, b)).toBeGreaterThanOrEqual(ROOM_PX);
      for (const [k, { area, shown }] of names.entries()) {
        if (stand[k]) continue;
        const before = [...taken, ...names.slice(0, k).flatMap((n, j) => (stand[j] ? [n.area] : []))];
        const room = shown ? ROOM_PX : ROOM_TO_APPEAR_PX;
        expect(before.some((other) => apart(area, other) < room)).toBe(true);
      }
      shownAtAll += up.length;
      hiddenAtAll += names.length - up.length;
    }
    expect(Math.min(shownAtAll, hiddenAtAll)).toBeGreaterThan(1000);
  });

  it('the first of the order always stands, and one that is shown stays where a new one would not come', () => {
    const [large, small] = [
      { x: 0, y: 0, w: 100, h: 30 },
      { x: 110, y: 0, w: 80, h: 30 },
    ];
    const stands = (shown: boolean) =>
      standing(
        [
          { area: large, shown: false },
          { area: small, shown },
        ],
        [],
      );
    expect(stands(true)).toEqual([true, true]);
    expect(stands(false)).toEqual([true, false]);
    expect(crowded(large, small, 10)).toBe(false);
    expect(crowded(large, small, 10.5)).toBe(true);
  });
});
