/**
 * Surfaces that a visitor can stand on and walk into: triangles of the site frame in pieces (a tile each), every piece with
 * a grid of its own over east and north. Questions are answered from the few triangles of the cells they touch; answers
 * are compared with brute force in the tests. A tree of boxes (three-mesh-bvh) was not taken: see decision 26.
 */
import { add, clamp, cross, dot, length, mix, normalized, scale, sub, type Vec3 } from './vec.ts';

const CELL_M = 0.4;
const MOST_CELLS = 65_536; // of one piece: a ground model of a kilometre gets larger cells
const ROUNDS = 4;
const FLAT = 1e-9; // square metres seen from above: an upright triangle is no floor

/** `positions` are x y z in the site frame, three indices make a triangle. */
export interface Surface {
  positions: ArrayLike<number>;
  index: ArrayLike<number>;
}

export interface Hit {
  point: Vec3;
  /** Of the way asked for, 0..1. */
  share: number;
  /** Unit, against the way. */
  normal: Vec3;
}

interface Box {
  west: number;
  south: number;
  east: number;
  north: number;
}

/** One surface and its grid: the triangles of cell c are `members[starts[c]..starts[c + 1]]`. */
class Piece {
  readonly box: Box = { west: Infinity, south: Infinity, east: -Infinity, north: -Infinity };
  private readonly cell: number;
  private readonly columns: number;
  private readonly rows: number;
  private readonly starts: Uint32Array;
  private readonly members: Uint32Array;
  private readonly surface: Surface;

  constructor(surface: Surface) {
    this.surface = surface;
    const { positions, index } = surface;
    for (let i = 0; i < index.length; i++) {
      const at = 3 * index[i]!;
      this.box.west = Math.min(this.box.west, positions[at]!);
      this.box.east = Math.max(this.box.east, positions[at]!);
      this.box.south = Math.min(this.box.south, positions[at + 1]!);
      this.box.north = Math.max(this.box.north, positions[at + 1]!);
    }
    const [wide, high] = [this.box.east - this.box.west, this.box.north - this.box.south];
    this.cell = Math.max(CELL_M, Math.sqrt((wide * high) / MOST_CELLS), Math.max(wide, high) / MOST_CELLS);
    this.columns = Math.floor(wide / this.cell) + 1;
    this.rows = Math.floor(high / this.cell) + 1;
    const counts = new Uint32Array(this.columns * this.rows + 1);
    this.spread((cell) => counts[cell + 1]!++);
    for (let c = 1; c < counts.length; c++) counts[c]! += counts[c - 1]!;
    this.starts = counts.slice();
    this.members = new Uint32Array(counts.at(-1)!);
    this.spread((cell, triangle) => {
      this.members[counts[cell]!++] = triangle;
    });
  }

  /** Every cell that a triangle's box touches. */
  private spread(put: (cell: number, triangle: number) => void): void {
    const { positions, index } = this.surface;
    for (let t = 0; t + 2 < index.length; t += 3) {
      const [a, b, c] = [3 * index[t]!, 3 * index[t + 1]!, 3 * index[t + 2]!];
      const es = [positions[a]!, positions[b]!, positions[c]!];
      const ns = [positions[a + 1]!, positions[b + 1]!, positions[c + 1]!];
      const box = {
        west: Math.min(...es),
        east: Math.max(...es),
        south: Math.min(...ns),
        north: Math.max(...ns),
      };
      this.cells(box, (cell) => put(cell, t));
    }
  }

  private cells({ west, south, east, north }: Box, use: (cell: number) => void): void {
    const column = (e: number) => clamp(Math.floor((e - this.box.west) / this.cell), 0, this.columns - 1);
    const row = (n: number) => clamp(Math.floor((n - this.box.south) / this.cell), 0, this.rows - 1);
    for (let y = row(south); y <= row(north); y++)
      for (let x = column(west); x <= column(east); x++) use(y * this.columns + x);
  }

  /** The triangles near a box; one that lies in several cells may come several times. */
  near(box: Box, use: (a: Vec3, b: Vec3, c: Vec3) => void): void {
    const own = this.box;
    if (box.east < own.west || box.west > own.east || box.north < own.south || box.south > own.north) return;
    const { positions: p, index } = this.surface;
    const corner = (i: number): Vec3 => [p[3 * index[i]!]!, p[3 * index[i]! + 1]!, p[3 * index[i]! + 2]!];
    this.cells(box, (cell) => {
      for (let m = this.starts[cell]!; m < this.starts[cell + 1]!; m++) {
        const t = this.members[m]!;
        use(corner(t), corner(t + 1), corner(t + 2));
      }
    });
  }
}

/** The point of a triangle nearest to `p` (Ericson, Real-Time Collision Detection, 5.1.5). */
export function nearestOf(p: Vec3, a: Vec3, b: Vec3, c: Vec3): Vec3 {
  const [ab, ac, ap] = [sub(b, a), sub(c, a), sub(p, a)];
  const [d1, d2] = [dot(ab, ap), dot(ac, ap)];
  if (d1 <= 0 && d2 <= 0) return a;
  const bp = sub(p, b);
  const [d3, d4] = [dot(ab, bp), dot(ac, bp)];
  if (d3 >= 0 && d4 <= d3) return b;
  const vc = d1 * d4 - d3 * d2;
  if (vc <= 0 && d1 >= 0 && d3 <= 0) return add(a, scale(ab, d1 / (d1 - d3 || 1)));
  const cp = sub(p, c);
  const [d5, d6] = [dot(ab, cp), dot(ac, cp)];
  if (d6 >= 0 && d5 <= d6) return c;
  const vb = d5 * d2 - d1 * d6;
  if (vb <= 0 && d2 >= 0 && d6 <= 0) return add(a, scale(ac, d2 / (d2 - d6 || 1)));
  const va = d3 * d6 - d5 * d4;
  const along = d4 - d3 + (d5 - d6) || 1;
  if (va <= 0 && d4 - d3 >= 0 && d5 - d6 >= 0) return mix(b, c, (d4 - d3) / along);
  const whole = va + vb + vc || 1;
  return add(a, add(scale(ab, vb / whole), scale(ac, vc / whole)));
}

/** Height of a triangle over a place; null beside it, or where it stands upright. */
function heightOf(e: number, n: number, a: Vec3, b: Vec3, c: Vec3): number | null {
  const area = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]);
  if (Math.abs(area) < FLAT) return null;
  const v = ((e - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (n - a[1])) / area;
  const w = ((b[0] - a[0]) * (n - a[1]) - (e - a[0]) * (b[1] - a[1])) / area;
  if (v < -1e-7 || w < -1e-7 || v + w > 1 + 1e-7) return null;
  return a[2] + v * (b[2] - a[2]) + w * (c[2] - a[2]);
}

/** Where the way from `p` along `d` meets a triangle, 0..1 of it (Möller and Trumbore 1997, both sides). */
function shareOf(p: Vec3, d: Vec3, a: Vec3, b: Vec3, c: Vec3): number | null {
  const [ab, ac] = [sub(b, a), sub(c, a)];
  const h = cross(d, ac);
  const det = dot(ab, h);
  if (Math.abs(det) < 1e-14) return null;
  const s = sub(p, a);
  const u = dot(s, h) / det;
  const q = cross(s, ab);
  const v = dot(d, q) / det;
  if (u < 0 || v < 0 || u + v > 1) return null;
  const t = dot(ac, q) / det;
  return t >= 0 && t <= 1 ? t : null;
}

export class Solid {
  private readonly pieces = new Map<string, Piece>();

  /** Add a piece under a name, or replace the one that bears it; without triangles there is nothing to meet. */
  put(name: string, surface: Surface): void {
    if (surface.index.length >= 3) this.pieces.set(name, new Piece(surface));
    else this.pieces.delete(name);
  }

  /** Keep only the pieces whose names pass. */
  keep(wanted: (name: string) => boolean): void {
    for (const name of this.pieces.keys()) if (!wanted(name)) this.pieces.delete(name);
  }

  private near(box: Box, use: (a: Vec3, b: Vec3, c: Vec3) => void, only?: string): void {
    for (const [name, piece] of this.pieces) if (!only || only === name) piece.near(box, use);
  }

  /** Height of the highest surface at or below `top`; null where there is none. */
  floor(e: number, n: number, top: number): number | null {
    let found: number | null = null;
    this.near({ west: e, east: e, south: n, north: n }, (a, b, c) => {
      const z = heightOf(e, n, a, b, c);
      if (z !== null && z <= top && (found === null || z > found)) found = z;
    });
    return found;
  }

  /** The first surface met on the way from `from` to `to`, of the piece `only` where it is named; null where the way is free. */
  hit(from: Vec3, to: Vec3, only?: string): Hit | null {
    const way = sub(to, from);
    const box = {
      west: Math.min(from[0], to[0]),
      east: Math.max(from[0], to[0]),
      south: Math.min(from[1], to[1]),
      north: Math.max(from[1], to[1]),
    };
    let found: Hit | null = null;
    this.near(
      box,
      (a, b, c) => {
        const share = shareOf(from, way, a, b, c);
        if (share === null || (found && share >= found.share)) return;
        const normal = normalized(cross(sub(b, a), sub(c, a)));
        found = {
          share,
          point: add(from, scale(way, share)),
          normal: dot(normal, way) > 0 ? scale(normal, -1) : normal,
        };
      },
      only,
    );
    return found;
  }

  /** How far a ball at `centre` must go to the side, so that no surface is nearer than `radius`; a few rounds of it, as one push may lead into the next wall. */
  push(centre: Vec3, radius: number): Vec3 {
    let at = centre;
    let pushed = true;
    for (let round = 0; round < ROUNDS && pushed; round++) {
      pushed = false;
      this.near(around(at, radius), (a, b, c) => {
        const off = sub(at, nearestOf(at, a, b, c));
        if (length(off) >= radius - 1e-6) return;
        const beside = Math.hypot(off[0], off[1]);
        // Straight above or below: no way to the side leads out of it.
        if (beside < 1e-6) return;
        const clear = Math.sqrt(radius * radius - off[2] * off[2]);
        at = add(at, scale([off[0] / beside, off[1] / beside, 0], clear - beside));
        pushed = true;
      });
    }
    return sub(at, centre);
  }

  /** Whether a surface is nearer to `centre` than `radius`. */
  touches(centre: Vec3, radius: number): boolean {
    let found = false;
    this.near(around(centre, radius), (a, b, c) => {
      found ||= length(sub(centre, nearestOf(centre, a, b, c))) < radius;
    });
    return found;
  }
}

const around = (p: Vec3, radius: number): Box => ({
  west: p[0] - radius,
  east: p[0] + radius,
  south: p[1] - radius,
  north: p[1] + radius,
});
