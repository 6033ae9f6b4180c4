/** A tileset of the release in the scene: opened where the site frame is the scene's own. */
import { LRUCache } from '3d-tiles-renderer/core';
import { TilesRenderer } from '3d-tiles-renderer/three';
import { seenByAll } from '../core/panes.ts';
import { type Plugin, tileLoader } from './loader.ts';
import type { Stage } from './stage.ts';

/** Public, but missing from the package's types. */
interface WithStats {
  stats: { queued: number; downloading: number; parsing: number };
}

/**
 * Open a tileset; `matrix` leads from ECEF into the scene. `bytes` are what it may keep; `plugins` read what a tile says beside its shapes.
 */
export function openTileset(
  url: string,
  matrix: readonly number[],
  stage: Stage,
  errorTarget: number,
  bytes: number,
  plugins: readonly Plugin[] = [],
): TilesRenderer {
  const tiles = new TilesRenderer(url);
  // Not by the library's plugin for extensions: it reads all there is, and is 7 kB of the first screen.
  tiles.manager.addHandler(/\.glb$/, tileLoader(tiles.manager, plugins));
  tiles.errorTarget = errorTarget;
  // Of its own: the library's is one for all tilesets, where the last one opened would set the size for every other.
  const kept = new LRUCache();
  kept.unloadPriorityCallback = tiles.lruCache.unloadPriorityCallback;
  tiles.lruCache = kept;
  allow(tiles, bytes);
  tiles.setCamera(stage.camera);
  tiles.group.matrixAutoUpdate = false;
  tiles.group.matrix.fromArray(matrix as number[]);
  tiles.group.matrixWorldNeedsUpdate = true;
  stage.scene.add(tiles.group);
  return tiles;
}

/** Let a tileset keep `bytes`, of them `idle` of what is neither drawn nor fetched ahead. */
export function allow({ lruCache }: TilesRenderer, bytes: number, idle = bytes * 0.7): void {
  lruCache.maxBytesSize = bytes;
  lruCache.minBytesSize = idle;
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
