/**
 * What a visitor stands on and is stopped by: the finest surfaces around them, read for it and kept as triangles, whatever
 * the screen shows at the time. Where they have not come yet, nobody can go.
 */
import { tilesetOf } from '../core/condition.ts';
import { reach, SUNK_M } from '../core/extent.ts';
import { inverse } from '../core/frames.ts';
import { LoadError } from '../core/load.ts';
import type { FootprintFeature, MonumentEntry, Release, ShownEntry } from '../core/release.ts';
import { Solid, type Surface } from '../core/solid.ts';
import type { Vec3 } from '../core/vec.ts';
import type { Ground } from '../core/walk.ts';
import { handheld } from './device.ts';
import { Reader, surfacesOf } from './read.ts';

const AROUND_M = 11; // surfaces are there for so far to every side,
const FRESH_M = 4; // and are fetched anew when the visitor is so far from the middle
const MARGIN_M = 0.6; // a body, and the next stride
const MOST = { desk: 80, hand: 30 }; // tiles of one monument
const OTHERS_M = 4; // height of a building that no one has told
const PLANE_M = 3000;

/** What is solid: conditions of monuments. */
export type Standing = readonly { monument: MonumentEntry; shown: ShownEntry }[];

export class Footing implements Ground {
  /** Ground has come, or could not be had. */
  onChange: () => void = () => {};
  failed = false;
  private readonly solid = new Solid();
  private readonly release: Release;
  private readonly reader: Reader;
  private standing: Standing = [];
  private middle: readonly [number, number] = [0, 0];
  /** The middle of what is there. */
  private known: readonly [number, number] | null = null;
  private wanted = 0;
  private busy = false;
  /** Tiles whose triangles are there. */
  private readonly loaded = new Set<string>();

  constructor(release: Release, base: string, features: readonly FootprintFeature[]) {
    this.release = release;
    this.reader = new Reader(base, release);
    const { ground } = reach(release, features);
    // Beside a ground model nothing is drawn to stand on.
    if (!release.map?.ground) this.solid.put('plane', plane(ground - SUNK_M));
    const owners = new Set(release.monuments.map((m) => m.footprint));
    this.solid.put('plans', walls(features.filter((f) => !f.monument && !owners.has(f.id))));
  }

  /** Say what is solid from now on. */
  stand(standing: Standing): void {
    const key = (all: Standing) => all.map(({ monument, shown }) => tilesetOf(monument, shown)).join();
    if (key(standing) === key(this.standing)) return;
    this.standing = standing;
    this.known = null;
    this.wanted++;
    void this.fetch();
  }

  /** Say where the visitor is: what is around is fetched. */
  around(e: number, n: number): void {
    const off = Math.max(Math.abs(e - this.middle[0]), Math.abs(n - this.middle[1]));
    if (off < FRESH_M && this.wanted > 0) return;
    this.middle = [e, n];
    this.wanted++;
    void this.fetch();
  }

  /** Ask again for what could not be had. */
  retry(): void {
    if (!this.failed) return;
    this.failed = false;
    void this.fetch();
  }

  knows(e: number, n: number): boolean {
    if (!this.known) return false;
    return Math.max(Math.abs(e - this.known[0]), Math.abs(n - this.known[1])) <= AROUND_M - MARGIN_M;
  }

  floor(e: number, n: number, top: number): number | null {
    return this.solid.floor(e, n, top);
  }

  push(centre: Vec3, radius: number): Vec3 {
    return this.solid.push(centre, radius);
  }

  touches(centre: Vec3, radius: number): boolean {
    return this.solid.touches(centre, radius);
  }

  hit(from: Vec3, to: Vec3) {
    return this.solid.hit(from, to);
  }

  /** Whether no building that is only known by its plan stands in a way; they are all known from the beginning. */
  open(from: Vec3, to: Vec3): boolean {
    return this.solid.hit(from, to, 'plans') === null;
  }

  /** One after the other; what was asked for meanwhile is fetched next. */
  private async fetch(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    let done = -1;
    while (done !== this.wanted && !this.failed) {
      done = this.wanted;
      try {
        await this.read(this.middle, this.standing);
      } catch (error) {
        if (!(error instanceof LoadError)) throw error;
        this.failed = true;
      }
      this.onChange();
    }
    this.busy = false;
  }

  private async read(middle: readonly [number, number], standing: Standing): Promise<void> {
    const [e, n] = middle;
    const touches = (corners: readonly Vec3[]) => {
      const beside = (axis: 0 | 1, at: number) => {
        const all = corners.map((c) => c[axis]);
        return Math.min(...all) > at + AROUND_M || Math.max(...all) < at - AROUND_M;
      };
      return !beside(0, e) && !beside(1, n);
    };
    const site_from_ecef = inverse(this.release.frame.ecef_from_site);
    const most = handheld() ? MOST.hand : MOST.desk;
    const tilesets = standing.map(({ monument, shown }) => tilesetOf(monument, shown));
    const { ground } = this.release.map ?? {};
    const regions = await Promise.all([
      ...tilesets.map((t) => this.reader.region(t, site_from_ecef, touches, 0, most)),
      ground ? this.reader.region(ground.tileset, site_from_ecef, touches, 0, most) : [],
    ]);
    const tiles = regions.flat();
    const names = new Set(tiles.map((t) => t.uri));
    const missing = tiles.filter((t) => !this.loaded.has(t.uri));
    const terrain = new Set(regions.at(-1));
    await this.reader.each(missing, ({ object }, tile) => {
      surfacesOf(object).forEach((surface, k) => {
        this.solid.put(`${tile.uri}#${k}`, lowered(surface, terrain.has(tile) ? SUNK_M : 0));
      });
      this.loaded.add(tile.uri);
    });
    if (standing !== this.standing) return; // another condition is solid by now
    this.solid.keep((name) => !name.includes('#') || names.has(name.slice(0, name.lastIndexOf('#'))));
    for (const uri of this.loaded) if (!names.has(uri)) this.loaded.delete(uri);
    this.known = middle;
  }
}

/** The ground model is drawn a little below its heights. */
function lowered(
  { positions, index }: { positions: Float64Array; index: ArrayLike<number> },
  by: number,
): Surface {
  if (by > 0) for (let i = 2; i < positions.length; i += 3) positions[i]! -= by;
  return { positions, index };
}

function plane(z: number): Surface {
  const p = PLANE_M;
  return { positions: [-p, -p, z, p, -p, z, p, p, z, -p, p, z], index: [0, 1, 2, 0, 2, 3] };
}

/** The walls of buildings that nobody has measured. */
function walls(features: readonly FootprintFeature[]): Surface {
  const positions: number[] = [];
  const index: number[] = [];
  for (const { polygons, ground_m, height_m } of features) {
    const [low, high] = [ground_m - 1, ground_m + (height_m ?? OTHERS_M)];
    for (const ring of polygons.flat()) {
      ring.forEach(([e, n], i) => {
        const [E, N] = ring[(i + 1) % ring.length]!;
        const at = positions.length / 3;
        positions.push(e, n, low, E, N, low, E, N, high, e, n, high);
        index.push(at, at + 1, at + 2, at, at + 2, at + 3);
      });
    }
  }
  return { positions, index };
}
