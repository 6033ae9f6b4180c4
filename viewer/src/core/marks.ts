/** What is drawn over the scene: lines and points of a monument's frame. */
import { corners, type Vec3 } from './vec.ts';

export interface Mark {
  kind: 'region' | 'measure' | 'plane' | 'mapped';
  /** Monument frame. */
  points: readonly Vec3[];
  /** Pairs of places in `points` that a line joins. */
  lines: readonly (readonly [number, number])[];
  /** Whether the points themselves are drawn. */
  dots: boolean;
  /** Written at the middle of the points. */
  text: string | null;
  /** A term's colour and pattern; without: the marks' own. `filled`: the path is an area; `dashed`: not certain. */
  look?: { colour: string; pattern: string; filled: boolean; dashed: boolean };
  /** The way its surface faces, at the middle of it: from behind the mark is not drawn. */
  facing?: { at: Vec3; normal: Vec3 } | null;
}

// `corners` counts x slowest and z fastest: neighbours differ in one bit.
const BOX_EDGES = Array.from({ length: 8 }, (_, i) => i).flatMap((i) =>
  [1, 2, 4].filter((bit) => (i & bit) === 0).map((bit) => [i, i | bit] as const),
);

/** The twelve edges of a box. */
export function boxMark(box: { min: Vec3; max: Vec3 }, text: string | null): Mark {
  return { kind: 'region', points: corners([box.min, box.max]), lines: BOX_EDGES, dots: false, text };
}

/** A line through `points`, back to the first where it is closed. */
export function pathMark(points: readonly Vec3[], closed: boolean, text: string | null): Mark {
  const lines = points.slice(1).map((_, i) => [i, i + 1] as const);
  const last = closed && points.length > 2 ? [[points.length - 1, 0] as const] : [];
  return { kind: 'measure', points, lines: [...lines, ...last], dots: true, text };
}
