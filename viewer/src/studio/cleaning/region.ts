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

export interface Box {
  low: Vec3;
  high: Vec3;
}

/** The points that a correction is about. */
export interface Region {
  /** Whether it may take in points of a box; where not, it takes in none. */
  meets(box: Box): boolean;
  /** Whether it takes in the point at `k` of `xyz`. */
  inside(xyz: ArrayLike<number>, k: number): boolean;
}

/** All points in the balls of a stroke. */
export class Brushing implements Region {
  private readonly balls: readonly Vec3[];
  private readonly reach: number;
  private readonly box: Box;

  constructor({ radius_m, at_m }: Brush) {
    this.balls = at_m;
    this.reach = radius_m ** 2;
    const along = (c: number) => at_m.map((p) => p[c]!);
    this.box = {
      low: [0, 1, 2].map((c) => Math.min(...along(c)) - radius_m) as unknown as Vec3,
      high: [0, 1, 2].map((c) => Math.max(...along(c)) + radius_m) as unknown as Vec3,
    };
  }

  meets({ low, high }: Box): boolean {
    return [0, 1, 2].every((c) => low[c]! <= this.box.high[c]! && high[c]! >= this.box.low[c]!);
  }

  inside(xyz: ArrayLike<number>, k: number): boolean {
    const [x, y, z] = [xyz[3 * k]!, xyz[3 * k + 1]!, xyz[3 * k + 2]!];
    const { low, high } = this.box;
    if (x < low[0] || y < low[1] || z < low[2] || x > high[0] || y > high[1] || z > high[2]) return false;
    return this.balls.some((p) => (x - p[0]) ** 2 + (y - p[1]) ** 2 + (z - p[2]) ** 2 <= this.reach);
  }
}

/** What an eye sees through an outline, of the points it is shown first. */
export class Looking implements Region {
  private readonly lasso: Lasso;
  private readonly axes: readonly [Vec3, Vec3, Vec3];
  private readonly low: Vec2;
  private readonly high: Vec2;
  private readonly front = new Map<number, number>();
  /** Of the point that was looked at last: where in the picture, and how far along the axis. */
  private u = 0;
  private v = 0;
  private depth = 0;

  constructor(lasso: Lasso) {
    this.lasso = lasso;
    this.axes = basis(lasso.axis);
    const [us, vs] = [0, 1].map((c) => lasso.outline.map((p) => p[c]!)) as [number[], number[]];
    this.low = [Math.min(...us), Math.min(...vs)];
    this.high = [Math.max(...us), Math.max(...vs)];
  }

  /** By the picture of the box's corners, which is around that of all it holds; behind the eye there is none. */
  meets({ low, high }: Box): boolean {
    const eye = this.lasso.eye_m;
    const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((k) => {
      const corner = [k & 1 ? high[0] : low[0], k & 2 ? high[1] : low[1], k & 4 ? high[2] : low[2]] as const;
      return tangents(this.axes, sub(corner, eye));
    });
    if (corners.some((p) => p === null)) return true;
    const all = corners as Vec2[];
    return [0, 1].every(
      (c) => all.some((p) => p[c]! >= this.low[c]!) && all.some((p) => p[c]! <= this.high[c]!),
    );
  }

  /** A point that stands in the way of what lies behind it. */
  block(xyz: ArrayLike<number>, k: number): void {
    if (!this.look(xyz, k)) return;
    const cell = this.cell();
    const before = this.front.get(cell);
    if (before === undefined || this.depth < before) this.front.set(cell, this.depth);
  }

  inside(xyz: ArrayLike<number>, k: number): boolean {
    if (!this.look(xyz, k) || !within([this.u, this.v], this.lasso.outline)) return false;
    if (!this.lasso.seen) return true;
    const front = this.front.get(this.cell());
    return front === undefined || this.depth <= front + this.lasso.seen.behind_m;
  }

  /** Look at a point; whether it is in the picture, around the outline. No value is made: there are many points. */
  private look(xyz: ArrayLike<number>, k: number): boolean {
    const [right, up, ahead] = this.axes;
    const eye = this.lasso.eye_m;
    const x = xyz[3 * k]! - eye[0];
    const y = xyz[3 * k + 1]! - eye[1];
    const z = xyz[3 * k + 2]! - eye[2];
    const depth = x * ahead[0] + y * ahead[1] + z * ahead[2];
    if (!(depth > 0) || depth > (this.lasso.far_m ?? Number.POSITIVE_INFINITY)) return false;
    const u = (x * right[0] + y * right[1] + z * right[2]) / depth;
    const v = (x * up[0] + y * up[1] + z * up[2]) / depth;
    if (u < this.low[0] || v < this.low[1] || u > this.high[0] || v > this.high[1]) return false;
    this.u = u;
    this.v = v;
    this.depth = depth;
    return true;
  }

  private cell(): number {
    const { cell } = this.lasso.seen ?? { cell: 1 };
    const wide = Math.trunc((this.high[0] - this.low[0]) / cell) + 1;
    return Math.floor((this.v - this.low[1]) / cell) * wide + Math.floor((this.u - this.low[0]) / cell);
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
