/** Tiles read for what they hold instead of for the screen: a region of a condition at a stated error. */
import { type BufferGeometry, type Mesh, type Object3D, Texture, Vector3 } from 'three';
import type { GLTFParser } from 'three/addons/loaders/GLTFLoader.js';
import { tilesetOf } from '../core/condition.ts';
import { multiply } from '../core/frames.ts';
import { LoadError, loadJson } from '../core/load.ts';
import type { MonumentEntry, Release, ShownEntry } from '../core/release.ts';
import { finest, monument_from_ecef, type TileNode, type Wanted } from '../core/tree.ts';
import type { Mat4, Vec3 } from '../core/vec.ts';
import { handheld } from './device.ts';
import { tileLoader } from './loader.ts';

const AT_ONCE = 4;
const MOST_TILES = { desk: 240, hand: 60 };
/** glTF is y up, the monument frame z up. */
const tile_from_gltf: Mat4 = [1, 0, 0, 0, 0, 0, 1, 0, 0, -1, 0, 0, 0, 0, 0, 1];

/** One tile's content. `object` is placed in the monument frame. */
export interface ReadTile {
  object: Object3D;
  error_m: number;
}

/** Pictures are most of a tile's memory, and a section needs none. */
function withoutPictures(parser: GLTFParser): { name: string } {
  parser.loadImageSource = () => Promise.resolve(new Texture());
  return { name: 'heritage: shapes only' };
}

export class Reader {
  private readonly whole = tileLoader();
  private readonly shapes = tileLoader(undefined, [withoutPictures]);
  private readonly trees = new Map<string, Promise<{ root: TileNode }>>();
  private readonly base: string;
  private readonly release: Release;

  constructor(base: string, release: Release) {
    this.base = base;
    this.release = release;
  }

  /** The tiles a region needs, as fine as `least_error_m` asks and the device bears. Raises LoadError. */
  async wanted(
    monument: MonumentEntry,
    shown: ShownEntry,
    touches: (corners: readonly Vec3[]) => boolean,
    least_error_m = 0,
    most: number = handheld() ? MOST_TILES.hand : MOST_TILES.desk,
  ): Promise<Wanted[]> {
    const frame = monument_from_ecef(this.release, monument);
    return this.region(tilesetOf(monument, shown), frame, touches, least_error_m, most);
  }

  /** The same of any of the release's tilesets in a frame of its own, `frame` leading there from ECEF. Raises LoadError. */
  async region(
    tileset: string,
    frame: Mat4,
    touches: (corners: readonly Vec3[]) => boolean,
    least_error_m: number,
    most: number,
  ): Promise<Wanted[]> {
    const url = this.base + tileset;
    const tree = this.trees.get(url) ?? loadJson<{ root: TileNode }>(url);
    this.trees.set(url, tree);
    tree.catch(() => this.trees.delete(url));
    const { root } = await tree;
    const folder = url.slice(0, url.lastIndexOf('/') + 1);
    return finest(root, frame, most, touches, least_error_m).map((w) => ({ ...w, uri: folder + w.uri }));
  }

  /** Read the shapes of tiles, without their colours, one after the other, a few on their way at once; each is let go after `use`. Raises LoadError. */
  async each(
    wanted: readonly Wanted[],
    use: (tile: ReadTile, wanted: Wanted) => void,
    options: { signal?: AbortSignal; progress?: (done: number) => void } = {},
  ): Promise<void> {
    let [next, done] = [0, 0];
    const work = async () => {
      while (next < wanted.length) {
        const tile = wanted[next++]!;
        const object = await this.load(tile, this.shapes);
        try {
          if (options.signal?.aborted) return;
          use({ object, error_m: tile.error_m }, tile);
        } finally {
          dispose(object);
        }
        options.progress?.(++done);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }

  /** A tile's content, placed in the monument frame. The caller disposes of it. Raises LoadError. */
  async load({ uri, monument_from_tile }: Wanted, loader = this.whole): Promise<Object3D> {
    let bytes: ArrayBuffer;
    try {
      const response = await fetch(uri);
      if (!response.ok) throw new LoadError(response.status >= 500 ? 'broken' : 'missing', uri);
      bytes = await response.arrayBuffer();
    } catch (error) {
      throw error instanceof LoadError ? error : new LoadError('offline', uri);
    }
    let scene: Object3D;
    try {
      ({ scene } = await loader.parseAsync(bytes, ''));
    } catch {
      throw new LoadError('broken', uri);
    }
    scene.matrixAutoUpdate = false;
    scene.matrix.fromArray(multiply(monument_from_tile, tile_from_gltf));
    scene.updateMatrixWorld(true);
    return scene;
  }
}

/** The surfaces of a tile: positions (x y z in the monument frame) and three indices to a triangle; points are none. */
export function surfacesOf(
  object: Object3D,
): { positions: Float64Array; index: ArrayLike<number>; filled: ((vertex: number) => boolean) | null }[] {
  const out: ReturnType<typeof surfacesOf> = [];
  const p = new Vector3();
  object.traverse((o) => {
    const mesh = o as Mesh;
    if (!mesh.isMesh) return;
    const geometry = mesh.geometry as BufferGeometry;
    const from = geometry.getAttribute('position');
    const positions = new Float64Array(from.count * 3);
    for (let i = 0; i < from.count; i++)
      p.fromBufferAttribute(from, i)
        .applyMatrix4(mesh.matrixWorld)
        .toArray(positions, 3 * i);
    const index = geometry.index?.array ?? Array.from({ length: from.count }, (_, i) => i);
    const closed = geometry.getAttribute('_filled');
    out.push({ positions, index, filled: closed ? (i) => closed.getX(i) > 0.5 : null });
  });
  return out;
}

/** Let go of what the graphics card and the decoder hold for an object. */
export function dispose(object: Object3D): void {
  object.traverse((o) => {
    const mesh = o as Mesh;
    mesh.geometry?.dispose();
    for (const material of [mesh.material].flat()) {
      if (!material) continue;
      const { map } = material as { map?: { dispose(): void; image?: { close?(): void } } };
      map?.image?.close?.();
      map?.dispose();
      material.dispose();
    }
  });
}
