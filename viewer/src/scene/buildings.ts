/** The footprints raised to their heights, streamed as tiles: walls and roofs in one quiet colour, and their edges. */
import type { TilesRenderer } from '3d-tiles-renderer/three';
import {
  type BufferAttribute,
  type BufferGeometry,
  LineBasicMaterial,
  type LineSegments,
  type Material,
  type Mesh,
  MeshLambertMaterial,
  type Object3D,
  type Raycaster,
} from 'three';
import { SHARES } from '../core/means.ts';
import type { Table } from '../core/table.ts';
import { type BuildingInfo, infoOf, tabled, tableOf } from './buildingTable.ts';
import { handheld, means } from './device.ts';
import type { Stage } from './stage.ts';
import type { Theme } from './theme.ts';
import { isLoading, openTileset, updateTileset } from './tileset.ts';

/** Finer by so much while a building is sought that another screen showed: this one may be smaller. */
const SOUGHT_FINER = 4;

/** Nothing larger than so many pixels is missing from the picture. */
const MISSING_PX: readonly [number, number] = [12, 16];

/** How far walls keep their own colour whatever the light: the map's own light is for telling shapes, not for drama. */
const SOFT = 0.55;
const SOFT_IN_SUN = 0.1;

/** A part of a tile with the monuments' buildings in it, and its index as it came. */
interface Part {
  geometry: BufferGeometry;
  whole: BufferAttribute;
  /** The monument's footprint by feature number. */
  owners: ReadonlyMap<number, string>;
}

/** Edges that vanish close to the camera, where they would cut the picture in two, and where they would crowd. */
function fadingLines(opacity: number): LineBasicMaterial {
  const material = new LineBasicMaterial({ transparent: true, opacity });
  material.onBeforeCompile = (shader) => {
    shader.fragmentShader = shader.fragmentShader.replace(
      '#include <color_fragment>',
      `#include <color_fragment>
      float away = 1.0 / gl_FragCoord.w;
      diffuseColor.a *= smoothstep(3.0, 12.0, away) * (1.0 - 0.75 * smoothstep(250.0, 900.0, away));`,
    );
  };
  return material;
}

/** Walls darken towards the ground: the light of the sky that a street does not get. */
function wallMaterial(known: boolean, soft: { value: number }): MeshLambertMaterial {
  const material = new MeshLambertMaterial({
    flatShading: true,
    polygonOffset: true,
    polygonOffsetFactor: 1,
    polygonOffsetUnits: 1,
    ...(known ? {} : { transparent: true, opacity: 0.5 }),
  });
  material.onBeforeCompile = (shader) => {
    shader.uniforms.soft = soft;
    shader.vertexShader = shader.vertexShader
      .replace('#include <common>', '#include <common>\nattribute float _top;\nvarying float vTop;')
      .replace('#include <begin_vertex>', '#include <begin_vertex>\nvTop = _top;');
    shader.fragmentShader = shader.fragmentShader
      .replace('#include <common>', '#include <common>\nvarying float vTop;\nuniform float soft;')
      .replace(
        '#include <opaque_fragment>',
        'outgoingLight = mix(outgoingLight, diffuseColor.rgb, soft);\n#include <opaque_fragment>',
      )
      .replace(
        '#include <color_fragment>',
        '#include <color_fragment>\ndiffuseColor.rgb *= mix(0.84, 1.0, vTop);',
      );
  };
  return material;
}

export class Buildings {
  readonly tiles: TilesRenderer;
  private readonly missing_px = MISSING_PX[handheld() ? 1 : 0];
  failed = false;
  private readonly soft = { value: SOFT };
  private readonly walls = {
    known: wallMaterial(true, this.soft),
    assumed: wallMaterial(false, this.soft),
  };
  private readonly lines = { known: fadingLines(0.7), assumed: fadingLines(0.3) };
  private readonly parts = new Map<Object3D, Part[]>();
  private readonly monuments: ReadonlyMap<string, string>;
  private hidden: ReadonlySet<string> = new Set();
  private sought: { id: string; found: (building: BuildingInfo) => void } | null = null;

  /** `monuments`: the monument that a footprint belongs to, by the footprint's id. */
  constructor(
    url: string,
    matrix: readonly number[],
    stage: Stage,
    monuments: ReadonlyMap<string, string>,
    onChange: () => void,
  ) {
    this.monuments = monuments;
    const bytes = SHARES.buildings * means().memory_bytes;
    this.tiles = openTileset(url, matrix, stage, this.missing_px, bytes, [tabled]);
    this.tiles.addEventListener('load-model', ({ scene }: { scene: Object3D }) => this.dress(scene));
    this.tiles.addEventListener('dispose-model', ({ scene }: { scene: Object3D }) =>
      this.parts.delete(scene),
    );
    this.tiles.addEventListener('tile-visibility-change', () => {
      stage.shadowsChanged();
      stage.invalidateSoon();
    });
    this.tiles.addEventListener('needs-update', () => stage.invalidateSoon());
    this.tiles.addEventListener('load-error', () => {
      this.failed = true;
      onChange();
    });
  }

  get loading(): boolean {
    return !this.failed && isLoading(this.tiles);
  }

  update(stage: Stage): void {
    updateTileset(this.tiles, stage);
  }

  paint(theme: Theme): void {
    for (const kind of ['known', 'assumed'] as const) {
      this.walls[kind].color.set(theme.block);
      this.lines[kind].color.set(theme.edge);
    }
  }

  /** Under the sun of a date and time shade is shade. */
  shine(sun: boolean): void {
    this.soft.value = sun ? SOFT_IN_SUN : SOFT;
  }

  retry(): void {
    this.failed = false;
    this.tiles.resetFailedTiles();
  }

  /** Leave out the buildings of monuments whose own tiles are there. */
  hide(monuments: ReadonlySet<string>): void {
    if (monuments.size === this.hidden.size && [...monuments].every((m) => this.hidden.has(m))) return;
    this.hidden = new Set(monuments);
    for (const parts of this.parts.values()) for (const part of parts) this.filter(part);
  }

  /** The building hit first by a ray, with its distance. */
  pick(ray: Raycaster): { building: BuildingInfo; distance: number; monument: string | null } | null {
    const [hit] = ray.intersectObject(this.tiles.group, true);
    const table = hit && (hit.object.userData.table as Table | undefined);
    if (!hit?.face || !table) return null;
    const row = (hit.object as Mesh).geometry.getAttribute('_feature_id_0').getX(hit.face.a);
    const building = infoOf(table, row);
    return { building, distance: hit.distance, monument: this.monuments.get(building.id) ?? null };
  }

  /** Give the building of an id to `found` as soon as its tile is there. */
  seek(id: string, found: (building: BuildingInfo) => void): void {
    this.sought = { id, found };
    this.tiles.errorTarget = this.missing_px / SOUGHT_FINER;
    this.tiles.forEachLoadedModel((tile) => this.look(tableOf(tile)));
  }

  /** Look for none any more. */
  rest(): void {
    this.sought = null;
    this.tiles.errorTarget = this.missing_px;
  }

  /** Whether the building that is sought is in a table. */
  private look(table: Table): void {
    const { sought } = this;
    for (let row = 0; sought && row < table.count; row++) {
      if (table.text('id', row) !== sought.id) continue;
      this.rest();
      sought.found(infoOf(table, row));
      return;
    }
  }

  private dress(tile: Object3D): void {
    const parts: Part[] = [];
    const table = tableOf(tile);
    this.look(table);
    const owners = this.ownersIn(table);
    tile.traverse((object) => {
      const { geometry, material } = object as Mesh;
      if (!geometry) return;
      object.userData.table = table;
      const kind = (material as Material).name === 'assumed' ? 'assumed' : 'known';
      if ((object as LineSegments).isLineSegments) {
        (object as LineSegments).material = this.lines[kind];
        object.raycast = () => {}; // roofs and walls are for clicking
      } else {
        (object as Mesh).material = this.walls[kind];
        object.castShadow = kind === 'known';
        object.receiveShadow = true;
      }
      if (owners.size > 0) parts.push({ geometry, whole: geometry.getIndex()!, owners });
    });
    if (parts.length === 0) return;
    this.parts.set(tile, parts);
    for (const part of parts) this.filter(part);
  }

  /** The monuments' buildings among a tile's features. */
  private ownersIn(table: Table): Map<number, string> {
    const owners = new Map<number, string>();
    for (let row = 0; row < table.count && this.monuments.size > 0; row++) {
      const monument = this.monuments.get(table.text('id', row));
      if (monument) owners.set(row, monument);
    }
    return owners;
  }

  private filter({ geometry, whole, owners }: Part): void {
    const gone = new Set([...owners].filter(([, m]) => this.hidden.has(m)).map(([row]) => row));
    if (gone.size === 0) {
      geometry.setIndex(whole);
      return;
    }
    // A triangle and an edge belong to one building: any corner tells which.
    const feature = geometry.getAttribute('_feature_id_0');
    const kept = Array.from(whole.array as Uint16Array).filter((vertex) => !gone.has(feature.getX(vertex)));
    geometry.setIndex(kept);
  }
}
