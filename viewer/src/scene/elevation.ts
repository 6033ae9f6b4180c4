/** A condition drawn by parallel rays into a picture of any size, part by part, each from tiles as fine as its pixels. */
import {
  AmbientLight,
  Color,
  DirectionalLight,
  type Object3D,
  OrthographicCamera,
  Points,
  Scene,
  SRGBColorSpace,
  Vector3,
  Vector4,
  WebGLRenderer,
} from 'three';
import { type Frame, type Side, tilesOf, VIEWS } from '../core/elevation.ts';
import type { MonumentEntry, ShownEntry } from '../core/release.ts';
import { dot, type Vec3 } from '../core/vec.ts';
import type { Condition } from './conditions.ts';
import { dispose, type Reader } from './read.ts';

const EDGE_PX = 1144; // of a part; the hatch's and the dots' patterns go on over its rim
const MOST_TILES = 160; // for one part
const FAR = 1e4;

export interface Elevation {
  canvas: HTMLCanvasElement;
  /** Largest geometric error of the tiles used, metres of the monument frame. */
  error_m: number;
  tiles: number;
}

/**
 * Draw `shown` from a side. Its style (hatch of an interpretation, dots of closed holes) is that of `condition`.
 * Raises LoadError; an aborted drawing gives null.
 */
export async function drawElevation(
  reader: Reader,
  monument: MonumentEntry,
  shown: ShownEntry,
  condition: Condition,
  side: Side,
  frame: Frame,
  options: { signal: AbortSignal; progress: (share: number) => void },
): Promise<Elevation | null> {
  const { right, up, look } = VIEWS[side];
  const parts = tilesOf(frame.width, frame.height, EDGE_PX);
  const canvas = document.createElement('canvas');
  canvas.width = frame.width;
  canvas.height = frame.height;
  const paper = canvas.getContext('2d')!;
  paper.fillStyle = '#fff';
  paper.fillRect(0, 0, frame.width, frame.height);
  const renderer = new WebGLRenderer({ antialias: true, preserveDrawingBuffer: true });
  renderer.outputColorSpace = SRGBColorSpace;
  const scene = new Scene();
  scene.background = new Color('#fff');
  const sun = new DirectionalLight('#fff', 1.6);
  sun.position.copy(new Vector3(...right).multiplyScalar(-1).addScaledVector(new Vector3(...up), 1.4));
  sun.position.addScaledVector(new Vector3(...look), -1.6);
  scene.add(new AmbientLight('#fff', 1.5), sun);
  const loaded = new Map<string, Object3D>();
  const used = new Set<string>();
  let error_m = 0;
  // The pictures stand still: no change map, nothing dithered away.
  const uniforms = { ...condition.uniforms, keep: { value: [0, 1] as [number, number] }, change: { value: 0 }, cut: { value: new Vector4(0, 0, 0, 0) }, pixelRatio: { value: 1 } }; // biome-ignore format: one value
  try {
    for (const [i, part] of parts.entries()) {
      if (options.signal.aborted) return null;
      const l = frame.left_m + part.x * frame.pixel_m;
      const t = frame.bottom_m + (frame.height - part.y) * frame.pixel_m;
      const [r, b] = [l + part.w * frame.pixel_m, t - part.h * frame.pixel_m];
      const inside = (corners: readonly Vec3[]) => {
        const [xs, ys] = [corners.map((p) => dot(p, right)), corners.map((p) => dot(p, up))];
        return Math.min(...xs) <= r && Math.max(...xs) >= l && Math.min(...ys) <= t && Math.max(...ys) >= b;
      };
      const wanted = await reader.wanted(monument, shown, inside, frame.pixel_m, MOST_TILES);
      const names = new Set(wanted.map((w) => w.uri));
      for (const [uri, object] of loaded) {
        if (names.has(uri)) continue;
        scene.remove(object);
        dispose(object);
        loaded.delete(uri);
      }
      for (const [k, tile] of wanted.entries()) {
        if (options.signal.aborted) return null;
        error_m = Math.max(error_m, tile.error_m);
        used.add(tile.uri);
        if (loaded.has(tile.uri)) continue;
        const object = await reader.load(tile);
        // No outline: it would widen what is measured.
        condition.dress(object, uniforms, null);
        object.traverse((o) => {
          if (o instanceof Points) o.visible = false; // leaves are no part of an elevation
        });
        scene.add(object);
        loaded.set(tile.uri, object);
        options.progress((i + (k + 1) / wanted.length) / parts.length);
      }
      const camera = new OrthographicCamera(l, r, t, b, 0, 2 * FAR);
      // The camera's own axes are right, up and against its look: in the monument frame they are the picture's.
      camera.matrixAutoUpdate = false;
      camera.matrix.makeBasis(new Vector3(...right), new Vector3(...up), new Vector3(...look).negate());
      camera.matrix.setPosition(new Vector3(...look).multiplyScalar(-FAR));
      camera.updateMatrixWorld(true);
      renderer.setSize(part.w, part.h, false);
      renderer.render(scene, camera);
      paper.drawImage(renderer.domElement, 0, 0, part.w, part.h, part.x, part.y, part.w, part.h);
      options.progress((i + 1) / parts.length);
    }
    return { canvas, error_m, tiles: used.size };
  } finally {
    for (const object of loaded.values()) dispose(object);
    renderer.dispose();
    renderer.forceContextLoss();
  }
}
