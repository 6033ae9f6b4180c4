/** A tileset of the release in the scene: opened where the site frame is the scene's own. */
import { GLTFExtensionsPlugin } from '3d-tiles-renderer/plugins';
import { TilesRenderer } from '3d-tiles-renderer/three';
import { MeshoptDecoder } from 'three/addons/libs/meshopt_decoder.module.js';
import { seenByAll } from '../core/panes.ts';
import type { Stage } from './stage.ts';

const HANDHELD = '(max-width: 760px), (pointer: coarse)';
/** Whether this is a phone or a tablet, which bears less. */
export const handheld = (): boolean => window.matchMedia(HANDHELD).matches;

/** Public, but missing from the package's types. */
interface WithStats {
  stats: { queued: number; downloading: number; parsing: number };
}

/** Open a tileset; `matrix` leads from ECEF into the scene. `memory` are GiB it may keep on a desktop and on a phone. */
export function openTileset(
  url: string,
  matrix: readonly number[],
  stage: Stage,
  errorTarget: number,
  memory: readonly [number, number],
): TilesRenderer {
  const tiles = new TilesRenderer(url);
  tiles.registerPlugin(new GLTFExtensionsPlugin({ meshoptDecoder: MeshoptDecoder, autoDispose: false }));
  tiles.errorTarget = errorTarget;
  tiles.lruCache.maxBytesSize = memory[handheld() ? 1 : 0] * 2 ** 30;
  tiles.lruCache.minBytesSize = tiles.lruCache.maxBytesSize * 0.7;
  tiles.setCamera(stage.camera);
  tiles.group.matrixAutoUpdate = false;
  tiles.group.matrix.fromArray(matrix as number[]);
  tiles.group.matrixWorldNeedsUpdate = true;
  stage.scene.add(tiles.group);
  return tiles;
}

/** Choose tiles for the camera as it stands. */
export function updateTileset(tiles: TilesRenderer, stage: Stage): void {
  const { width, height } = stage.eye ?? seenByAll(stage.layout);
  tiles.setResolution(stage.camera, width, height);
  tiles.group.updateMatrixWorld();
  tiles.update();
}

/** Whether tiles of the present view are still on their way. */
export function isLoading(tiles: TilesRenderer): boolean {
  const { queued, downloading, parsing } = (tiles as unknown as WithStats).stats;
  return !tiles.root || queued + downloading + parsing > 0;
}
