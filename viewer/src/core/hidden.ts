/** What of a mark is seen and what is behind the monument: its points, and its lines piece by piece. */
import type { Mark } from './marks.ts';
import { add, scale, sub, type Vec3 } from './vec.ts';

/** Pieces of a line that are told apart. */
export const PIECES = 16;

export interface Hidden {
  points: readonly boolean[];
  /** Of every line, of each of its pieces. */
  lines: readonly (readonly boolean[])[];
  /** Share of it that is seen, 0 to 1. */
  seen: number;
}

/** A place on a line, 0 to 1 of the way. */
export const along = (a: Vec3, b: Vec3, share: number): Vec3 => add(a, scale(sub(b, a), share));

/** `behind` tells of a place of the mark's frame whether something stands before it. */
export function hiddenOf(mark: Mark, behind: (p: Vec3) => boolean): Hidden {
  const points = mark.points.map(behind);
  const lines = mark.lines.map(([i, j]) =>
    Array.from({ length: PIECES }, (_, k) =>
      behind(along(mark.points[i]!, mark.points[j]!, (k + 0.5) / PIECES)),
    ),
  );
  const all = lines.length > 0 ? lines.flat() : points;
  return { points, lines, seen: all.filter((hid) => !hid).length / Math.max(1, all.length) };
}
