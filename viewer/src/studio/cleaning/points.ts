/** The points of a survey that are loaded, and their labels: the release's, and as corrections would make them. */
import { BufferAttribute, Matrix4, type Object3D, Points } from 'three';
import labelTable from '../../../../assets/colours/labels.json';
import { inverse, multiply, point, three_from_site } from '../../core/frames.ts';
import { add, dot, type Vec3 } from '../../core/vec.ts';
import type { Condition } from '../../scene/conditions.ts';
import { type Box, Brushing, type Correction, Looking, OPAQUE, type Region } from './region.ts';

const CODE = new Map(labelTable.labels.map(({ reason }, code) => [reason, code]));

/** The loaded points of one tile: `xyz` in the epoch's frame. */
interface Held {
  xyz: Float32Array;
  /** As the release has them. */
  released: Uint8Array;
  /** As they would be with the corrections that are not built yet. */
  corrected: Uint8Array;
  drawn: BufferAttribute;
  /** Around all of them. */
  box: Box;
}

/** A correction that the points show, and which of them it has moved: their places and what they were before. */
interface Applied {
  means: string;
  moved: number;
  by: { held: Held; places: number[]; before: number[] }[];
}

/** Where an object of a tile is in the scene. A tile that is loaded and not in view hangs from nothing. */
function worldOf(object: Object3D, group: Object3D): Matrix4 {
  const matrix = new Matrix4();
  for (let o: Object3D | null = object; o && o !== group; o = o.parent) {
    if (o.matrixAutoUpdate) o.updateMatrix();
    matrix.premultiply(o.matrix);
  }
  return matrix.premultiply(group.matrixWorld);
}

function around(xyz: Float32Array): Box {
  const low: [number, number, number] = [
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
  ];
  const high: [number, number, number] = [
    Number.NEGATIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ];
  for (let i = 0; i < xyz.length; i++) {
    const c = i % 3;
    if (xyz[i]! < low[c]!) low[c] = xyz[i]!;
    if (xyz[i]! > high[c]!) high[c] = xyz[i]!;
  }
  return { low, high };
}

/** What a correction says of points; who says it, and why, moves none. */
const meaning = ({ was, becomes, brush, lasso }: Correction): string =>
  JSON.stringify([was, becomes, brush, lasso]);

export class HeldPoints {
  private readonly condition: Condition;
  private readonly epoch_from_site: readonly number[];
  private readonly held = new Map<Object3D, Held>();
  /** One after the other, so that the last can be taken back. */
  private applied: Applied[] = [];

  constructor(condition: Condition, epoch_from_site: readonly number[]) {
    this.condition = condition;
    this.epoch_from_site = epoch_from_site;
  }

  get count(): number {
    return [...this.held.values()].reduce((sum, { released }) => sum + released.length, 0);
  }

  /** Hold what is loaded now, and no more. What was corrected before is as released again, if anything has changed. */
  gather(): void {
    const before = [...this.held.keys()];
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
        this.held.set(object, { xyz, released, corrected: released.slice(), drawn, box: around(xyz) });
      });
    });
    for (const object of this.held.keys()) if (!there.has(object)) this.held.delete(object);
    if (before.length === this.held.size && before.every((object) => this.held.has(object))) return;
    // What stands in the way of an eye may be another now.
    this.applied = [];
    for (const held of this.held.values()) held.corrected.set(held.released);
  }

  /**
   * Label the points as `corrections` would, one after the other; how many each of them moves. Those that were there
   * before, up to the first that is another, are not looked at again: a day's work is hundreds.
   */
  correct(corrections: readonly Correction[]): number[] {
    const { applied } = this;
    const means = corrections.map(meaning);
    const other = means.findIndex((text, k) => applied[k]?.means !== text);
    const keep = other < 0 ? corrections.length : other;
    while (applied.length > keep)
      for (const { held, places, before } of applied.pop()!.by)
        for (let i = 0; i < places.length; i++) held.corrected[places[i]!] = before[i]!;
    for (const [k, correction] of corrections.entries()) {
      if (k < keep) continue;
      const by: Applied['by'] = [];
      applied.push({ means: means[k]!, moved: this.apply(correction, 'corrected', by), by });
    }
    this.paint();
    return applied.map(({ moved }) => moved);
  }

  /** Draw them with one more, which is not kept; how many it moves. */
  sketch(correction: Correction | null): number {
    this.paint();
    return correction ? this.apply(correction, 'drawn') : 0;
  }

  /** The foremost point shown near a line of sight, as far off it as `reach` at a distance of one; null: none. */
  nearest(origin: Vec3, direction: Vec3, reach: number): Vec3 | null {
    const shown = this.condition.uniforms.labelShown.value;
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
    return best?.at ?? null;
  }

  /** Give the labels of `into` what a correction says; how many points it moves, and in `by` which. */
  private apply(correction: Correction, into: 'corrected' | 'drawn', by?: Applied['by']): number {
    const was = new Set(correction.was.map((name) => CODE.get(name)!));
    const becomes = CODE.get(correction.becomes)!;
    const region = this.regionOf(correction, was);
    let moved = 0;
    for (const held of this.held.values()) {
      if (!region.meets(held.box)) continue;
      const labels = into === 'drawn' ? (held.drawn.array as Uint8Array) : held.corrected;
      const places: number[] = [];
      const before: number[] = [];
      for (let k = 0; k < labels.length; k++) {
        const label = labels[k]!;
        if (!was.has(label) || !region.inside(held.xyz, k)) continue;
        labels[k] = becomes;
        places.push(k);
        before.push(label);
      }
      moved += places.length;
      if (places.length > 0) by?.push({ held, places, before });
      held.drawn.needsUpdate = true;
    }
    return moved;
  }

  private regionOf({ brush, lasso }: Correction, was: ReadonlySet<number>): Region {
    if (brush) return new Brushing(brush);
    const looking = new Looking(lasso!);
    if (lasso!.seen) {
      const opaque = new Set([...was, ...OPAQUE.map((name) => CODE.get(name)!)]);
      for (const { xyz, released, box } of this.held.values()) {
        if (!looking.meets(box)) continue;
        for (let k = 0; k < released.length; k++) if (opaque.has(released[k]!)) looking.block(xyz, k);
      }
    }
    return looking;
  }

  private paint(): void {
    for (const { drawn, corrected } of this.held.values()) {
      (drawn.array as Uint8Array).set(corrected);
      drawn.needsUpdate = true;
    }
  }
}
