/** The ground model: one tile, and the height of the ground for a camera that must not go below it. */
import type { TilesRenderer } from '3d-tiles-renderer/three';
import { type Material, type Mesh, type Object3D, Vector3 } from 'three';
import { SHARES } from '../core/means.ts';
import { means } from './device.ts';
import type { Stage } from './stage.ts';
import { isLoading, openTileset, updateTileset } from './tileset.ts';

const CELL_M = 8; // heights are remembered as the highest of a square of this size

export class Terrain {
  readonly tiles: TilesRenderer;
  failed = false;
  private readonly highest = new Map<string, number>();

  /** It is drawn `sunk` metres below its heights. */
  constructor(url: string, matrix: readonly number[], stage: Stage, material: Material, sunk: number) {
    this.tiles = openTileset(url, matrix, stage, 12, SHARES.ground * means().memory_bytes);
    this.tiles.group.matrix.elements[13]! -= sunk;
    this.tiles.group.renderOrder = -1;
    this.tiles.addEventListener('load-model', ({ scene }: { scene: Object3D }) => {
      this.tiles.group.updateWorldMatrix(false, false);
      scene.updateWorldMatrix(true, true);
      scene.traverse((object) => {
        const mesh = object as Mesh;
        if (!mesh.geometry) return;
        mesh.geometry.computeVertexNormals();
        mesh.material = material;
        mesh.receiveShadow = true;
        mesh.renderOrder = -1;
        this.remember(mesh);
      });
      stage.invalidateSoon();
    });
    this.tiles.addEventListener('needs-update', () => stage.invalidateSoon());
    this.tiles.addEventListener('tile-visibility-change', () => stage.invalidateSoon());
    this.tiles.addEventListener('load-error', () => {
      this.failed = true;
    });
  }

  get loading(): boolean {
    return !this.failed && isLoading(this.tiles);
  }

  update(stage: Stage): void {
    updateTileset(this.tiles, stage);
  }

  retry(): void {
    this.failed = false;
    this.tiles.resetFailedTiles();
  }

  /** Height of the ground near a place of the site frame; null where the model has none. */
  heightAt(east: number, north: number): number | null {
    return this.highest.get(key(east, north)) ?? null;
  }

  private remember(mesh: Mesh): void {
    const position = mesh.geometry.getAttribute('position');
    const place = new Vector3();
    for (let i = 0; i < position.count; i++) {
      mesh.localToWorld(place.fromBufferAttribute(position, i));
      const at = key(place.x, -place.z);
      this.highest.set(at, Math.max(this.highest.get(at) ?? Number.NEGATIVE_INFINITY, place.y));
    }
  }
}

const key = (east: number, north: number) => `${Math.floor(east / CELL_M)},${Math.floor(north / CELL_M)}`;
