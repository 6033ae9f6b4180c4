import { describe, expect, it } from 'vitest';
import { along, hiddenOf, PIECES } from '../../src/core/hidden.ts';
import { boxMark, pathMark } from '../../src/core/marks.ts';
import type { Vec3 } from '../../src/core/vec.ts';

/** Seen from far along -y: behind a wall in y = 0 that reaches from x = 0 to the right. */
const behind = ([x, y]: Vec3) => y > 0 && x > 0;

describe('what is hidden of a mark', () => {
  it('is each piece of a line that something stands before', () => {
    const { points, lines, seen } = hiddenOf(pathMark([[-3, 1, 0], [1, 1, 0]], false, null), behind); // biome-ignore format: two ends
    expect(points).toEqual([false, true]);
    expect(lines[0]!.filter((hid) => hid).length).toBe(PIECES / 4);
    expect(lines[0]!.lastIndexOf(false)).toBeLessThan(lines[0]!.indexOf(true));
    expect(seen).toBe(0.75);
  });

  it('is the far half of a box around the wall', () => {
    const { points, lines } = hiddenOf(boxMark({ min: [1, -1, 0], max: [2, 1, 1] }, null), behind);
    expect(points.filter((hid) => hid).length).toBe(4);
    const whole = lines.filter((pieces) => pieces.every((hid) => hid)).length;
    const half = lines.filter((pieces) => pieces.filter((hid) => hid).length === PIECES / 2).length;
    expect([whole, half]).toEqual([4, 4]);
  });

  it('is nothing of a single point in the open', () => {
    const point = { ...pathMark([[0, -1, 0]], false, null) };
    expect(hiddenOf(point, behind)).toEqual({ points: [false], lines: [], seen: 1 });
    expect(hiddenOf({ ...point, points: [[1, 1, 0]] }, behind).seen).toBe(0);
  });

  it('is told at places between the ends', () => {
    expect(along([0, 0, 0], [4, 2, 0], 0.25)).toEqual([1, 0.5, 0]);
  });
});
