/**
 * Which points a region takes in, as `heritage/ops/cleaning/region.py` says it: for a preview of what is loaded here.
 * The build decides on every point. Positions are those of the epoch's frame, metres, three numbers a point.
 */
import { cross, dot, normalized, sub, type Vec3 } from '../../core/vec.ts';

export type Vec2 = readonly [number, number];
export type Label = 'kept' | 'outlier' | 'fragment' | 'vegetation' | 'ground' | 'halo' | 'low_confidence';

export interface Brush {
  radius_m: number;
  at_m: readonly Vec3[];
}

export interface Lasso {
  eye_m: Vec3;
  axis: Vec3;
  /** To the right and up, over the distance along the axis. */
  outline: readonly Vec2[];
  far_m?: number;
  seen?: { cell: number; behind_m: number };
}

export interface Correction {
  id: string;
  was: readonly Label[];
  becomes: Label;
  brush?: Brush;
  lasso?: Lasso;
  who?: string;
  when?: string;
  note?: string;
}

/** Labels of what stands in the way of an eye, beside those that a correction is about: strays do not. */
export const OPAQUE: readonly Label[] = ['kept', 'vegetation', 'ground'];

/** Right, up and ahead of an eye that looks along `axis`. */
export function basis(axis: Vec3): readonly [Vec3, Vec3, Vec3] {
  const ahead = normalized(axis);
  const right = normalized(cross(ahead, Math.abs(ahead[2]) > 0.9 ? [0, 1, 0] : [0, 0, 1]));
  return [right, cross(right, ahead), ahead];
}

/** Where a direction passes through the picture of an eye; null where it does not look that way. */
export function tangents([right, up, ahead]: readonly [Vec3, Vec3, Vec3], d: Vec3): Vec2 | null {
  const depth = dot(d, ahead);
  return depth > 0 ? [dot(d, right) / depth, dot(d, up) / depth] : null;
}

/** By the even-odd rule. */
export function within([x, y]: Vec2, outline: readonly Vec2[]): boolean {
  let inside = false;
  for (let i = 0, j = outline.length - 1; i < outline.length; j = i++) {
    const [x0, y0] = outline[j]!;
    const [x1, y1] = outline[i]!;
    if (y0 > y !== y1 > y && x < x0 + ((y - y0) / (y1 - y0)) * (x1 - x0)) inside = !inside;
  }
  return inside;
}

/** What tells a correction's points: whether it takes in the point at `k` of `xyz`. */
export type Inside = (xyz: ArrayLike<number>, k: number) => boolean;

export function inBrush({ radius_m, at_m }: Brush): Inside {
  const low = [0, 1, 2].map((c) => Math.min(...at_m.map((p) => p[c]!)) - radius_m);
  const high = [0, 1, 2].map((c) => Math.max(...at_m.map((p) => p[c]!)) + radius_m);
  return (xyz, k) => {
    const [x, y, z] = [xyz[3 * k]!, xyz[3 * k + 1]!, xyz[3 * k + 2]!];
    if (x < low[0]! || y < low[1]! || z < low[2]! || x > high[0]! || y > high[1]! || z > high[2]!)
      return false;
    return at_m.some((p) => (x - p[0]) ** 2 + (y - p[1]) ** 2 + (z - p[2]) ** 2 <= radius_m ** 2);
  };
}

/** What an eye sees through an outline, of the points it is shown first. */
export class Looking {
  private readonly lasso: Lasso;
  private readonly axes: readonly [Vec3, Vec3, Vec3];
  private readonly low: Vec2;
  private readonly high: Vec2;
  private readonly front = new Map<number, number>();

  constructor(lasso: Lasso) {
    this.lasso = lasso;
    this.axes = basis(lasso.axis);
    const [us, vs] = [0, 1].map((c) => lasso.outline.map((p) => p[c]!)) as [number[], number[]];
    this.low = [Math.min(...us), Math.min(...vs)];
    this.high = [Math.max(...us), Math.max(...vs)];
  }

  /** A point that stands in the way of what lies behind it. */
  block(xyz: ArrayLike<number>, k: number): void {
    const at = this.at(xyz, k);
    if (!at) return;
    const cell = this.cell(at.place);
    const before = this.front.get(cell);
    if (before === undefined || at.depth < before) this.front.set(cell, at.depth);
  }

  readonly inside: Inside = (xyz, k) => {
    const at = this.at(xyz, k);
    if (!at || !within(at.place, this.lasso.outline)) return false;
    if (!this.lasso.seen) return true;
    const front = this.front.get(this.cell(at.place));
    return front === undefined || at.depth <= front + this.lasso.seen.behind_m;
  };

  private at(xyz: ArrayLike<number>, k: number): { place: Vec2; depth: number } | null {
    const d = sub([xyz[3 * k]!, xyz[3 * k + 1]!, xyz[3 * k + 2]!], this.lasso.eye_m);
    const place = tangents(this.axes, d);
    if (!place) return null;
    const [u, v] = place;
    if (u < this.low[0] || v < this.low[1] || u > this.high[0] || v > this.high[1]) return null;
    const depth = dot(d, this.axes[2]);
    return depth <= (this.lasso.far_m ?? Number.POSITIVE_INFINITY) ? { place, depth } : null;
  }

  private cell([u, v]: Vec2): number {
    const { cell } = this.lasso.seen ?? { cell: 1 };
    const wide = Math.trunc((this.high[0] - this.low[0]) / cell) + 1;
    return Math.floor((v - this.low[1]) / cell) * wide + Math.floor((u - this.low[0]) / cell);
  }
}

/** The corners of a line drawn by hand: no closer than `apart`, and not more than `most`. */
export function corners(line: readonly Vec2[], apart: number, most: number): Vec2[] {
  const kept: Vec2[] = [];
  for (const p of line) {
    const last = kept.at(-1);
    if (!last || Math.hypot(p[0] - last[0], p[1] - last[1]) >= apart) kept.push(p);
  }
  const every = Math.ceil(kept.length / most);
  return kept.filter((_, k) => k % every === 0);
}
