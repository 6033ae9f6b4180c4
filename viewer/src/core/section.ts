/** A surface cut by a plane: the plane as an address says it, and the cut as lines in the plane. */
import type { Mark } from './marks.ts';
import type { SectionPlane } from './release.ts';
import { add, clamp, cross, dot, normalized, scale, sub, type Vec3 } from './vec.ts';

export type Axis = 'x' | 'y' | 'z';

/** Across an axis of the monument frame at a place on it, or upright through two points; metres. */
export type Cut =
  | { kind: 'axis'; axis: Axis; at_m: number }
  | { kind: 'line'; from: readonly [number, number]; to: readonly [number, number] };

/** `right` and `up` span the plane as it is drawn: seen against `normal`. */
export interface Plane {
  origin: Vec3;
  normal: Vec3;
  right: Vec3;
  up: Vec3;
}

const SHORTEST_M = 0.01;
const Z: Vec3 = [0, 0, 1];
// Seen as from the front of a monument: x and y to the right, and a plan with y upwards.
const ACROSS: Record<Axis, { right: Vec3; up: Vec3 }> = {
  x: { right: [0, 1, 0], up: Z },
  y: { right: [1, 0, 0], up: Z },
  z: { right: [1, 0, 0], up: [0, 1, 0] },
};

/** The plane of a cut; null where two points are too near to give a direction. */
export function planeOf(cut: Cut): Plane | null {
  if (cut.kind === 'axis') {
    const { right, up } = ACROSS[cut.axis];
    const at = (axis: Axis) => (axis === cut.axis ? cut.at_m : 0);
    return { origin: [at('x'), at('y'), at('z')], normal: cross(right, up), right, up };
  }
  const [a, b] = [cut.from, cut.to];
  const along: Vec3 = [b[0] - a[0], b[1] - a[1], 0];
  if (Math.hypot(along[0], along[1]) < SHORTEST_M) return null;
  const right = normalized(along);
  return { origin: [a[0], a[1], 0], normal: cross(right, Z), right, up: Z };
}

/** The cut that a tour's stop names. */
export function cutOf({ across, at_m, from_m, to_m }: SectionPlane): Cut {
  if (from_m && to_m) return { kind: 'line', from: from_m, to: to_m };
  return { kind: 'axis', axis: across ?? 'x', at_m: at_m ?? 0 };
}

/** `x@1.25`, or `from,to` as four numbers: `-3.1,0.2,4,0.2`. */
export function formatCut(cut: Cut): string {
  if (cut.kind === 'axis') return `${cut.axis}@${round(cut.at_m)}`;
  return [...cut.from, ...cut.to].map(round).join(',');
}

const round = (value: number) => Math.round(value * 1000) / 1000;

/** The cut of an address; null where it is none. */
export function parseCut(text: string | null): Cut | null {
  const axis = /^([xyz])@(-?\d{1,5}(?:\.\d{1,6})?)$/.exec(text ?? '');
  if (axis) return { kind: 'axis', axis: axis[1] as Axis, at_m: Number(axis[2]) };
  const numbers = (text ?? '').split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (numbers.length !== 4 || !numbers.every((n) => Number.isFinite(n) && Math.abs(n) < 1e5)) return null;
  const [x1, y1, x2, y2] = numbers as [number, number, number, number];
  const cut: Cut = { kind: 'line', from: [x1, y1], to: [x2, y2] };
  return planeOf(cut) ? cut : null;
}

/** Whether a box (corners in any order) reaches over the plane or touches it. */
export function meets(plane: Plane, corners: readonly Vec3[]): boolean {
  const heights = corners.map((p) => dot(sub(p, plane.origin), plane.normal));
  return Math.min(...heights) <= 0 && Math.max(...heights) >= 0;
}

/** A piece of the cut: right and up of two ends, metres from the plane's origin. */
export type Segment = readonly [number, number, number, number];

/**
 * The cut of triangles by a plane. `positions` are x y z in the plane's frame, three `index` to a triangle. A vertex on
 * the plane counts as in front of it, so that every triangle gives one piece or none and neighbours share their ends.
 */
export function cutTriangles(
  positions: ArrayLike<number>,
  index: ArrayLike<number>,
  plane: Plane,
): { segments: Segment[]; triangles: number[] } {
  const { origin, normal, right, up } = plane;
  const count = positions.length / 3;
  const height = new Float64Array(count);
  const shift = dot(origin, normal);
  for (let i = 0; i < count; i++) {
    height[i] =
      positions[3 * i]! * normal[0] +
      positions[3 * i + 1]! * normal[1] +
      positions[3 * i + 2]! * normal[2] -
      shift;
  }
  // From the vertex behind to the one in front: both neighbours of an edge compute the same place.
  const crossing = (behind: number, front: number): [number, number] => {
    const t = height[behind]! / (height[behind]! - height[front]!);
    const at = [0, 1, 2].map(
      (k) =>
        positions[3 * behind + k]! * (1 - t) + positions[3 * front + k]! * t - (origin[k as 0 | 1 | 2] ?? 0),
    ) as unknown as Vec3;
    return [dot(at, right), dot(at, up)];
  };
  const segments: Segment[] = [];
  const triangles: number[] = [];
  for (let t = 0; t + 2 < index.length; t += 3) {
    const corners = [index[t]!, index[t + 1]!, index[t + 2]!] as const;
    const front = corners.filter((c) => height[c]! >= 0);
    if (front.length === 0 || front.length === 3) continue;
    const behind = corners.filter((c) => height[c]! < 0);
    const [a, b] =
      front.length === 1
        ? [crossing(behind[0]!, front[0]!), crossing(behind[1]!, front[0]!)]
        : [crossing(behind[0]!, front[0]!), crossing(behind[0]!, front[1]!)];
    segments.push([a[0], a[1], b[0], b[1]]);
    triangles.push(t / 3);
  }
  return { segments, triangles };
}

export interface Polyline {
  points: (readonly [number, number])[];
  closed: boolean;
}

/** Join pieces whose ends lie within `tolerance_m` of each other into lines; pieces without length are dropped. */
export function joined(segments: readonly Segment[], tolerance_m = 1e-4): Polyline[] {
  const key = (x: number, y: number) => `${Math.round(x / tolerance_m)},${Math.round(y / tolerance_m)}`;
  const ends = new Map<string, number[]>();
  const keys = segments.map((s) => [key(s[0], s[1]), key(s[2], s[3])] as const);
  keys.forEach(([a, b], i) => {
    if (a === b) return;
    for (const k of [a, b]) {
      const list = ends.get(k);
      if (list) list.push(i);
      else ends.set(k, [i]);
    }
  });
  const used = new Uint8Array(segments.length);
  const walk = (start: number, from: string): { points: [number, number][]; last: string } => {
    const points: [number, number][] = [];
    let [i, at] = [start, from] as [number | undefined, string];
    while (i !== undefined) {
      used[i] = 1;
      const [a] = keys[i]!;
      const s = segments[i]!;
      const onward = a === at;
      points.push(onward ? [s[2], s[3]] : [s[0], s[1]]);
      at = onward ? keys[i]![1] : a;
      const next: number[] = (ends.get(at) ?? []).filter((j) => !used[j]);
      // Where three lines meet, each is a line of its own.
      i = (ends.get(at)?.length ?? 0) === 2 ? next[0] : undefined;
    }
    return { points, last: at };
  };
  const out: Polyline[] = [];
  segments.forEach((s, i) => {
    const [a, b] = keys[i]!;
    if (used[i] || a === b) return;
    const forward = walk(i, a);
    const points: [number, number][] = [[s[0], s[1]], ...forward.points];
    if (forward.last === a) {
      out.push({ points: points.slice(0, -1), closed: true });
      return;
    }
    const back = (ends.get(a)?.length ?? 0) === 2 ? ends.get(a)!.find((j) => !used[j]) : undefined;
    const before = back === undefined ? [] : walk(back, a).points.reverse();
    out.push({ points: [...before, ...points], closed: false });
  });
  return out;
}

/** The corners of the rectangle in which a plane may meet a box, for drawing it. */
export function outline(plane: Plane, corners: readonly Vec3[]): Vec3[] {
  const off = corners.map((p) => sub(p, plane.origin));
  const range = (axis: Vec3) => {
    const all = off.map((p) => dot(p, axis));
    return [Math.min(...all), Math.max(...all)] as const;
  };
  const [r, u] = [range(plane.right), range(plane.up)];
  const at = (x: number, y: number) => add(plane.origin, add(scale(plane.right, x), scale(plane.up, y)));
  return [at(r[0], u[0]), at(r[1], u[0]), at(r[1], u[1]), at(r[0], u[1])];
}

/** The plane's rectangle as it is drawn over the scene. */
export const planeMark = (plane: Plane, corners: readonly Vec3[]): Mark => ({
  kind: 'plane',
  points: outline(plane, corners),
  lines: [0, 1, 2, 3].map((i) => [i, (i + 1) % 4] as const),
  dots: false,
  text: null,
});

/** The range of an axis' slider: where the box is. */
export function rangeOf(axis: Axis, box: { min: Vec3; max: Vec3 }): { min: number; max: number } {
  const k = { x: 0, y: 1, z: 2 }[axis] as 0 | 1 | 2;
  return { min: box.min[k], max: box.max[k] };
}

/** The cut moved into the box, where it stood outside. */
export function within(cut: Cut, box: { min: Vec3; max: Vec3 }): Cut {
  if (cut.kind === 'line') return cut;
  const { min, max } = rangeOf(cut.axis, box);
  return { ...cut, at_m: clamp(cut.at_m, min, max) };
}
