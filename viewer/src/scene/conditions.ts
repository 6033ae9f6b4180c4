/** The conditions of monuments as streamed tiles: one tileset per epoch or state, made when first shown. */
import type { TilesRenderer } from '3d-tiles-renderer/three';
import type { Object3D } from 'three';
import { direction, inverse, multiply, point, three_from_site } from '../core/frames.ts';
import { SHARES, shared } from '../core/means.ts';
import type { MonumentEntry, Release, ShownEntry } from '../core/release.ts';
import type { Mat4, Vec3 } from '../core/vec.ts';
import { codesOf, outline, outlineMaterial } from './certainty.ts';
import { means } from './device.ts';
import { type Stage, toThree } from './stage.ts';
import { chooseChange, dress } from './surface.ts';
import { allow, isLoading, openTileset, updateTileset } from './tileset.ts';
import { type SurfaceUniforms, surfaceUniforms, tableTexture } from './uniforms.ts';

/** How a change map is drawn. */
export interface Change {
  attribute: string;
  scale_m: number;
  range_m: number;
  threshold_m: number;
  /** RGBA bytes from lost to gained. */
  table: Uint8Array;
}

/** One condition of one monument. */
export class Condition {
  readonly tiles: TilesRenderer;
  /** Whose it is. */
  readonly of: { monument: MonumentEntry; shown: Drawn };
  readonly uniforms: SurfaceUniforms;
  /** What a tile may be wrong by on the screen where nothing is to be saved, pixels. */
  private readonly error_px: number;
  failed = false;
  /** Whether something of it has been drawn. */
  arrived = false;
  private attribute: string | null = null;
  /** Of a state's parts: how sure each is. */
  private readonly codes: readonly number[] | null;
  /** Geometric errors of loaded tiles, metres. */
  private readonly errors = new WeakMap<Object3D, number>();

  constructor(
    of: Condition['of'],
    url: string,
    matrix: readonly number[],
    uniforms: SurfaceUniforms,
    stage: Stage,
    onChange: () => void,
    error_px: number,
  ) {
    this.of = of;
    this.uniforms = uniforms;
    this.error_px = error_px;
    const state = of.monument.states.find((s) => s.id === of.shown.state);
    this.codes = state ? codesOf(state) : null;
    const edge = state ? outlineMaterial(uniforms) : null;
    const tiles = openTileset(url, matrix, stage, error_px, 0); // until memory is shared
    this.tiles = tiles;
    tiles.group.visible = false;
    tiles.addEventListener(
      'load-model',
      ({ scene, tile }: { scene: Object3D; tile: { geometricError: number } }) => {
        tiles.group.updateWorldMatrix(false, false);
        this.errors.set(scene, tile.geometricError);
        this.dress(scene, uniforms, edge);
        if (this.attribute) chooseChange(scene, this.attribute);
      },
    );
    // The first picture is wanted at once; what only refines it comes in bursts.
    const redraw = () => (this.arrived ? stage.invalidateSoon() : stage.invalidate());
    tiles.addEventListener('tile-visibility-change', () => {
      redraw();
      if (this.arrived) return;
      this.arrived = true;
      onChange();
    });
    tiles.addEventListener('needs-update', redraw);
    tiles.addEventListener('load-error', () => {
      this.failed = true;
      onChange();
    });
  }

  get object(): Object3D {
    return this.tiles.group;
  }

  /** Whether tiles of the present view are still on their way. */
  get loading(): boolean {
    return !this.failed && isLoading(this.tiles);
  }

  /** Dress a tile as this condition is drawn, in the scene or elsewhere; `edge` draws the outline of what is interpreted. */
  dress(tile: Object3D, uniforms: SurfaceUniforms, edge: ReturnType<typeof outlineMaterial> | null): void {
    dress(tile, uniforms, this.codes);
    if (edge) outline(tile, edge, uniforms.pixelRatio);
  }

  /** Draw it as a change map. */
  showChange(change: Change, table: SurfaceUniforms['changeTable']['value']): void {
    this.compareBy(change.attribute);
    const { uniforms } = this;
    uniforms.change.value = 1;
    uniforms.changeScale.value = change.scale_m;
    uniforms.changeRange.value = change.range_m;
    uniforms.changeThreshold.value = change.threshold_m;
    uniforms.changeTable.value = table;
  }

  /** Choose which comparison's attribute the change map reads. */
  private compareBy(attribute: string): void {
    if (this.attribute === attribute) return;
    this.attribute = attribute;
    this.tiles.forEachLoadedModel((scene: Object3D) => chooseChange(scene, attribute));
  }

  /** The geometric error of the tile that an object belongs to, metres. */
  errorOf(object: Object3D): number {
    for (let o: Object3D | null = object; o; o = o.parent) {
      const error = this.errors.get(o);
      if (error !== undefined) return error;
    }
    throw new Error('the object belongs to no tile of this condition');
  }

  /** How much its tiles take up, bytes. */
  get bytes(): number {
    return (this.tiles as unknown as { lruCache: { cachedBytes: number } }).lruCache.cachedBytes; // not in its types
  }

  /** Let it keep so many bytes, of them `idle` of what nobody looks at. */
  allow(bytes: number, idle?: number): void {
    allow(this.tiles, bytes, idle);
  }

  /** Let tiles be so many times as wrong as usual. */
  coarsen(times: number): void {
    this.tiles.errorTarget = this.error_px * times;
  }

  dispose(): void {
    this.object.removeFromParent();
    this.tiles.dispose();
  }

  update(stage: Stage): void {
    updateTileset(this.tiles, stage);
  }

  retry(): void {
    this.failed = false;
    this.tiles.resetFailedTiles();
  }
}

/** Of what surfaces may keep, conditions out of sight may have so much, all together. */
const HIDDEN = 0.25;
const CROWDED = 0.7; // of memory filled: nothing is kept that nobody looks at
const POINTS_APART_PX = 2.6; // measured points close up: each level's points lie so far apart at most

/** What is drawn: a condition's surface, or the points an epoch was measured by. */
export interface Drawn extends ShownEntry {
  points?: boolean;
}

const keyOf = (monument: MonumentEntry, shown: Drawn) =>
  `${monument.id}/${shown.epoch ? 'epoch' : 'state'}/${shown.epoch ?? shown.state}${shown.points ? '/points' : ''}`;

/** The plane of a monument's frame in the scene's: its unit normal, and how far along it the plane lies, negated. */
export function inScene({ origin, normal }: { origin: Vec3; normal: Vec3 }, m: Mat4): number[] {
  const turned = toThree(direction(m, normal)).normalize();
  return [...turned, -turned.dot(toThree(point(m, origin)))];
}

const NO_PLANE = [0, 0, 0, 0];

/** All conditions asked for so far, by monument and id. */
export class Conditions {
  /** Called when a condition has arrived or failed. */
  onChange: () => void = () => {};
  /** How much may be kept of all of them, bytes. */
  readonly most = SHARES.surfaces * means().memory_bytes;
  private readonly known = new Map<string, Condition>();
  private readonly tables = new Map<Uint8Array, ReturnType<typeof tableTexture>>();
  private plane: { of: MonumentEntry; at: readonly number[] } | null = null;
  private readonly first: Uint8Array;
  /** How many times as wrong as usual tiles may be. */
  private coarse = 1;
  private readonly release: Release;
  private readonly base: string;
  private readonly stage: Stage;

  constructor(stage: Stage, release: Release, base: string, table: Uint8Array) {
    this.stage = stage;
    this.release = release;
    this.base = base;
    this.first = table;
  }

  /** How much is kept of all of them, bytes. */
  get bytes(): number {
    return [...this.known.values()].reduce((sum, c) => sum + c.bytes, 0);
  }

  /** Before tiles are chosen: each may keep what it has, and have what is left of the memory. */
  share(): void {
    const all = [...this.known.values()];
    const kept = all.map((c) => c.bytes);
    const parts = shared(kept, this.most);
    const idle = this.bytes > CROWDED * this.most ? 0 : undefined;
    all.forEach((c, i) => {
      c.allow(parts[i]!, idle);
    });
  }

  /** Let tiles of all be so many times as wrong on the screen as usual. */
  coarsen(times: number): void {
    if (times === this.coarse) return;
    this.coarse = times;
    for (const c of this.known.values()) c.coarsen(times);
    this.stage.invalidate();
  }

  /** The texture of a colour table's bytes. */
  table(bytes: Uint8Array): ReturnType<typeof tableTexture> {
    const found = this.tables.get(bytes) ?? tableTexture(bytes);
    this.tables.set(bytes, found);
    return found;
  }

  /** The condition, made when it is first asked for. */
  get(monument: MonumentEntry, shown: Drawn): Condition {
    const key = keyOf(monument, shown);
    const found = this.known.get(key);
    if (found) return found;
    const state = monument.states.find((s) => s.id === shown.state);
    const epoch = monument.epochs.find((e) => e.id === shown.epoch);
    const tileset = state ? state.tileset : shown.points ? epoch?.points_tileset : epoch?.tileset;
    if (!tileset) throw new Error(`${key}: not in the release`);
    const uniforms = surfaceUniforms(this.table(this.first), this.stage.pixelRatio);
    // The tiles' root transform leads to ECEF; in double precision the two large moves cancel.
    const three_from_ecef = multiply(three_from_site, inverse(this.release.frame.ecef_from_site));
    const made = new Condition(
      { monument, shown },
      this.base + tileset,
      three_from_ecef,
      uniforms,
      this.stage,
      () => this.onChange(),
      shown.points ? POINTS_APART_PX : means().error_px,
    );
    made.coarsen(this.coarse);
    this.known.set(key, made);
    this.mark(made);
    return made;
  }

  /**
   * Say which are on screen from now on. Of the others those that were longest out of sight are given up, until what is
   * kept of them takes no more than their part: they are fetched again when they are wanted again.
   */
  keep(shown: readonly Condition[]): void {
    for (const c of shown) {
      // A map remembers in which order its keys came: the last seen stands last.
      const key = keyOf(c.of.monument, c.of.shown);
      this.known.delete(key);
      this.known.set(key, c);
    }
    const hidden = [...this.known].filter(([, c]) => !shown.includes(c));
    let bytes = hidden.reduce((sum, [, c]) => sum + c.bytes, 0);
    const most = HIDDEN * this.most;
    for (const [key, c] of hidden) {
      if (bytes <= most) break;
      bytes -= c.bytes;
      this.known.delete(key);
      c.dispose();
    }
  }

  all(): Iterable<Condition> {
    return this.known.values();
  }

  /** Draw where a plane of a monument's frame goes through its surfaces; null for none. */
  cut(of: MonumentEntry, plane: { origin: Vec3; normal: Vec3 } | null): void {
    this.plane = { of, at: plane ? inScene(plane, of.placement.site_from_monument) : NO_PLANE };
    for (const c of this.known.values()) this.mark(c);
    this.stage.invalidate();
  }

  private mark({ of: { monument }, uniforms }: Condition): void {
    uniforms.cut.value.fromArray(monument === this.plane?.of ? this.plane.at : NO_PLANE);
  }

  /** Those of one monument made so far. */
  of(monument: MonumentEntry): Condition[] {
    return [...this.known].filter(([key]) => key.startsWith(`${monument.id}/`)).map(([, c]) => c);
  }
}
