/** A survey's labelled points in the scene: what is loaded of them, what corrections would make of it, what is under a hand. */
import { BufferAttribute, Matrix4, type Object3D, Points, Vector3 } from 'three';
import labelTable from '../../../../assets/colours/labels.json';
import type { App } from '../../app/app.ts';
import { inverse, multiply, point, three_from_site } from '../../core/frames.ts';
import { eyeOf, orbitOf } from '../../core/orbit.ts';
import type { CleaningDocument, EpochEntry, MonumentEntry } from '../../core/release.ts';
import { add, dot, length, normalized, scale, sub, type Vec3 } from '../../core/vec.ts';
import type { Condition } from '../../scene/conditions.ts';
import {
  basis,
  type Correction,
  corners,
  type Inside,
  inBrush,
  type Lasso,
  Looking,
  OPAQUE,
  tangents,
  type Vec2,
} from './region.ts';

export const LABELS = labelTable.labels.map(({ reason }) => reason);
const CODE = new Map(LABELS.map((name, code) => [name, code]));

const FINGER_PX = 14; // how far from the pointer a point is still meant
const CORNERS_APART_PX = 3;
const MOST_CORNERS = 300;
const POINT_PX = 5; // as large as a point is drawn; it stands in the way of what is behind it
const CELLS = 200; // across an outline, at most

/** The loaded points of one tile: `xyz` in the epoch's frame. */
interface Held {
  xyz: Float32Array;
  /** As the release has them. */
  released: Uint8Array;
  /** As they would be with the corrections that are not built yet. */
  corrected: Uint8Array;
  drawn: BufferAttribute;
}

/** Where something is in the window, CSS pixels: a circle, or the corners of an outline; none where it is behind. */
export type Drawn =
  | { kind: 'ball'; x: number; y: number; r: number }
  | { kind: 'outline'; path: readonly Vec2[] };

const millimetres = (p: Vec3): Vec3 => p.map((v) => Math.round(v * 1000) / 1000) as unknown as Vec3;
const fine = (v: number, digits: number) => Number(v.toFixed(digits));

/** Where an object of a tile is in the scene. A tile that is loaded and not in view hangs from nothing. */
function worldOf(object: Object3D, group: Object3D): Matrix4 {
  const matrix = new Matrix4();
  for (let o: Object3D | null = object; o && o !== group; o = o.parent) {
    if (o.matrixAutoUpdate) o.updateMatrix();
    matrix.premultiply(o.matrix);
  }
  return matrix.premultiply(group.matrixWorld);
}

export class Cloud {
  readonly epoch: EpochEntry;
  /** Told when other points are loaded than before. */
  onLoaded: () => void = () => {};
  /** Told when the scene was drawn: what lies over it may have moved. */
  onDrawn: () => void = () => {};
  private readonly app: App;
  private readonly others: () => void;
  private readonly monument: MonumentEntry;
  private readonly condition: Condition;
  private readonly site_from_epoch: readonly number[];
  private readonly epoch_from_site: readonly number[];
  private readonly held = new Map<Object3D, Held>();
  private pending: readonly Correction[] = [];
  private soon = 0;

  constructor(app: App, monument: MonumentEntry, epoch: EpochEntry, cleaning: CleaningDocument) {
    this.app = app;
    this.monument = monument;
    this.epoch = epoch;
    this.site_from_epoch = multiply(monument.placement.site_from_monument, cleaning.monument_from_epoch);
    this.epoch_from_site = inverse(this.site_from_epoch);
    this.condition = app.view!.conditions.get(monument, { epoch: epoch.id, state: null, points: true });
    for (const what of ['load-model', 'dispose-model'] as const)
      this.condition.tiles.addEventListener(what, () => this.changed());
    const { stage } = app.view!;
    this.others = stage.onDrawn;
    stage.onDrawn = () => {
      this.others();
      this.onDrawn();
    };
    this.gather();
  }

  /** Nobody looks at it any more: the points are as the release has them. */
  end(): void {
    this.preview([]);
    this.onLoaded = this.onDrawn = () => {};
    if (this.app.view) this.app.view.stage.onDrawn = this.others;
  }

  /** The scene's window, CSS pixels. */
  get window(): { width: number; height: number } {
    return this.app.view!.stage.viewport;
  }

  /** Show the points by label, without the `hidden` labels; at first as the monument is seen when one comes to it. */
  show(hidden: readonly string[]): void {
    const { app, monument, epoch } = this;
    const points = { byLabel: true, hidden: [...hidden] };
    const { route } = app.state;
    if (route.view !== 'monument' || route.monument !== monument.id || !app.state.points)
      app.address.go({ view: 'monument', monument: monument.id }, { shown: epoch.id, points });
    else app.showing.points(points);
  }

  /** How many points are loaded. */
  get loaded(): number {
    return [...this.held.values()].reduce((sum, { released }) => sum + released.length, 0);
  }

  get loading(): boolean {
    return this.condition.loading;
  }

  /** Colour the loaded points as `corrections` would label them; how many each of them moves. */
  preview(corrections: readonly Correction[]): number[] {
    this.pending = corrections;
    for (const held of this.held.values()) held.corrected.set(held.released);
    const moved = corrections.map((one) => this.apply(one, 'corrected'));
    this.paint();
    return moved;
  }

  /** The same with one more, which is being drawn; how many it moves. */
  sketch(correction: Correction | null): number {
    this.paint();
    const moved = correction ? this.apply(correction, 'drawn') : 0;
    this.app.view?.stage.invalidate();
    return moved;
  }

  /** The nearest point drawn at a position of the window; null where there is none. */
  pick(x: number, y: number): Vec3 | null {
    const { origin, direction } = this.ray(x, y);
    const shown = this.condition.uniforms.labelShown.value;
    const reach = FINGER_PX * this.tangentOfPixel();
    let best: { at: Vec3; cost: number } | null = null;
    for (const { xyz, drawn } of this.held.values()) {
      for (let k = 0; k < drawn.count; k++) {
        if (!shown[drawn.getX(k)]) continue;
        const d: Vec3 = [xyz[3 * k]! - origin[0], xyz[3 * k + 1]! - origin[1], xyz[3 * k + 2]! - origin[2]];
        const depth = dot(d, direction);
        if (depth <= 0) continue;
        const off = Math.sqrt(Math.max(0, dot(d, d) - depth * depth)) / depth;
        if (off > reach) continue;
        // Among those under the finger the foremost; one farther off the middle must be nearer by more.
        const cost = depth * (1 + 4 * off);
        if (!best || cost < best.cost) best = { at: add(origin, d), cost };
      }
    }
    return best ? millimetres(best.at) : null;
  }

  /** What is drawn round in the window, as an eye sees it. */
  lasso(line: readonly Vec2[], seen: { behind_m: number } | null, far_m: number | null): Lasso | null {
    const { stage } = this.app.view!;
    const { width, height } = stage.viewport;
    const eye_m = millimetres(this.ray(width / 2, height / 2).origin);
    const forward = stage.camera.getWorldDirection(new Vector3());
    const axis = this.turned(forward).map((v) => fine(v, 6)) as unknown as Vec3;
    const axes = basis(axis);
    const round = corners(line, CORNERS_APART_PX, MOST_CORNERS).map(([x, y]) =>
      tangents(axes, this.ray(x, y).direction),
    );
    if (round.length < 3 || round.some((p) => p === null)) return null;
    const outline = (round as Vec2[]).map(([u, v]): Vec2 => [fine(u, 5), fine(v, 5)]);
    const extent = Math.max(
      ...[0, 1].map((c) => Math.max(...outline.map((p) => p[c]!)) - Math.min(...outline.map((p) => p[c]!))),
    );
    const cell = fine(Math.max(POINT_PX * this.tangentOfPixel(), extent / CELLS, 1e-5), 5);
    return {
      eye_m,
      axis,
      outline,
      ...(far_m === null ? {} : { far_m }),
      ...(seen ? { seen: { cell, behind_m: seen.behind_m } } : {}),
    };
  }

  /** The middle of the view, in the epoch's frame. */
  middle(): Vec3 {
    return millimetres(point(this.epoch_from_site, this.app.view!.rig.orbit.target));
  }

  /** How large the monument is, metres: what a brush begins with goes by it. */
  get size_m(): number {
    const { min, max } = this.epoch.bounds;
    return length(sub(max as Vec3, min as Vec3));
  }

  /** Where a correction's region is in the window. */
  drawn({ brush, lasso }: Pick<Correction, 'brush' | 'lasso'>): Drawn[] {
    if (brush) return brush.at_m.flatMap((at) => this.ball(at, brush.radius_m) ?? []);
    if (!lasso) return [];
    const [right, up, ahead] = basis(lasso.axis);
    // An outline is at no distance; where the monument is, it says most.
    const { min, max } = this.epoch.bounds;
    const away = length(sub(scale(add(min as Vec3, max as Vec3), 0.5), lasso.eye_m));
    const path = lasso.outline.map(([u, v]) => {
      const d = normalized(add(ahead, add(scale(right, u), scale(up, v))));
      return this.project(add(lasso.eye_m, scale(d, away)));
    });
    return path.every((p) => p !== null) ? [{ kind: 'outline', path: path as Vec2[] }] : [];
  }

  ball(at: Vec3, radius_m: number): Drawn | null {
    const middle = this.project(at);
    if (!middle) return null;
    const { stage } = this.app.view!;
    const right = new Vector3().setFromMatrixColumn(stage.camera.matrixWorld, 0);
    const rim = this.project(add(at, scale(normalized(this.turned(right)), radius_m)));
    if (!rim) return null;
    return {
      kind: 'ball',
      x: middle[0],
      y: middle[1],
      r: Math.hypot(rim[0] - middle[0], rim[1] - middle[1]),
    };
  }

  /** Look at a correction: at a brush's balls from here, through a lasso as it was drawn. */
  visit({ brush, lasso }: Pick<Correction, 'brush' | 'lasso'>): void {
    const view = this.app.view!;
    const { orbit } = view.rig;
    const place = (p: Vec3) => point(this.site_from_epoch, p);
    if (lasso) {
      const ahead = basis(lasso.axis)[2];
      const target = add(lasso.eye_m, scale(ahead, length(sub(eyeOf(orbit), orbit.target))));
      view.fly(orbitOf(place(lasso.eye_m), place(target), orbit.fovDeg), 1);
    } else if (brush) {
      const middle = scale(brush.at_m.reduce(add), 1 / brush.at_m.length);
      const reach = Math.max(...brush.at_m.map((p) => length(sub(p, middle)))) + brush.radius_m;
      view.fly({ ...orbit, target: place(middle), distance: Math.max(4 * reach, 1) }, 1);
    }
  }

  zoom(inwards: boolean): void {
    this.app.view?.zoom(inwards);
  }

  private changed(): void {
    if (this.soon) return;
    this.soon = window.setTimeout(() => {
      this.soon = 0;
      this.gather();
      this.preview(this.pending);
      this.onLoaded();
    }, 200);
  }

  /** Hold what is loaded now, and no more. */
  private gather(): void {
    const there = new Set<Object3D>();
    const epoch_from_three = multiply(this.epoch_from_site, inverse(three_from_site));
    const { group } = this.condition.tiles;
    group.updateWorldMatrix(true, false);
    this.condition.tiles.forEachLoadedModel((scene: Object3D) => {
      scene.traverse((object) => {
        if (!(object instanceof Points)) return;
        there.add(object);
        if (this.held.has(object)) return;
        const matrix = multiply(epoch_from_three, worldOf(object, group).elements);
        const position = object.geometry.getAttribute('position');
        const reason = object.geometry.getAttribute('_reason');
        const xyz = new Float32Array(3 * position.count);
        const released = new Uint8Array(position.count);
        for (let k = 0; k < position.count; k++) {
          xyz.set(point(matrix, [position.getX(k), position.getY(k), position.getZ(k)]), 3 * k);
          released[k] = reason.getX(k);
        }
        const drawn = new BufferAttribute(released.slice(), 1);
        object.geometry.setAttribute('label', drawn);
        this.held.set(object, { xyz, released, corrected: released.slice(), drawn });
      });
    });
    for (const object of this.held.keys()) if (!there.has(object)) this.held.delete(object);
  }

  /** Give the labels of `into` what a correction says; how many points it moves. */
  private apply(correction: Correction, into: 'corrected' | 'drawn'): number {
    const was = new Set(correction.was.map((name) => CODE.get(name)!));
    const becomes = CODE.get(correction.becomes)!;
    const inside = this.insideOf(correction, was);
    let moved = 0;
    for (const held of this.held.values()) {
      const labels = into === 'drawn' ? (held.drawn.array as Uint8Array) : held.corrected;
      for (let k = 0; k < labels.length; k++) {
        if (!was.has(labels[k]!) || !inside(held.xyz, k)) continue;
        labels[k] = becomes;
        moved++;
      }
      held.drawn.needsUpdate = true;
    }
    return moved;
  }

  private insideOf({ brush, lasso }: Correction, was: ReadonlySet<number>): Inside {
    if (brush) return inBrush(brush);
    const looking = new Looking(lasso!);
    if (lasso!.seen) {
      const opaque = new Set([...was, ...OPAQUE.map((name) => CODE.get(name)!)]);
      for (const { xyz, released } of this.held.values())
        for (let k = 0; k < released.length; k++) if (opaque.has(released[k]!)) looking.block(xyz, k);
    }
    return looking.inside;
  }

  private paint(): void {
    for (const { drawn, corrected } of this.held.values()) {
      (drawn.array as Uint8Array).set(corrected);
      drawn.needsUpdate = true;
    }
    this.app.view?.stage.invalidate();
  }

  /** The line of sight through a position of the window, in the epoch's frame. */
  private ray(x: number, y: number): { origin: Vec3; direction: Vec3 } {
    const { stage } = this.app.view!;
    const { camera } = stage;
    const aim = stage.aim(x, y);
    const far = new Vector3(aim.x, aim.y, 0.5).unproject(camera);
    const eye = camera.position;
    return {
      origin: point(this.epoch_from_site, [eye.x, -eye.z, eye.y]),
      direction: this.turned(far.sub(eye)),
    };
  }

  /** A direction of the scene in the epoch's frame, of unit length. */
  private turned(d: Vector3): Vec3 {
    const [a, b] = [point(this.epoch_from_site, [0, 0, 0]), point(this.epoch_from_site, [d.x, -d.z, d.y])];
    return normalized(sub(b, a));
  }

  private tangentOfPixel(): number {
    const { stage } = this.app.view!;
    return (2 * Math.tan((stage.camera.fov * Math.PI) / 360)) / stage.viewport.height;
  }

  private project(p: Vec3): Vec2 | null {
    const found = this.app.view!.stage.project(point(this.site_from_epoch, p));
    return found ? [found.x, found.y] : null;
  }
}
