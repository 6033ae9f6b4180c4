/** The points of a survey that are loaded, and their labels: the release's, and as corrections would make them. */
import { BufferAttribute, Matrix4, type Object3D, Points } from 'three';
import labelTable from '../../../../assets/colours/labels.json';
import { inverse, multiply, point, three_from_site } from '../../core/frames.ts';
import { add, dot, type Vec3 } from '../../core/vec.ts';
import type { Condition } from '../../scene/conditions.ts';
import { type Correction, type Inside, inBrush, Looking, OPAQUE } from './region.ts';

const CODE = new Map(labelTable.labels.map(({ reason }, code) => [reason, code]));

/** The loaded points of one tile: `xyz` in the epoch's frame. */
interface Held {
  xyz: Float32Array;
  /** As the release has them. */
  released: Uint8Array;
  /** As they would be with the corrections that are not built yet. */
  corrected: Uint8Array;
  drawn: BufferAttribute;
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

export class HeldPoints {
  private readonly condition: Condition;
  private readonly epoch_from_site: readonly number[];
  private readonly held = new Map<Object3D, Held>();

  constructor(condition: Condition, epoch_from_site: readonly number[]) {
    this.condition = condition;
    this.epoch_from_site = epoch_from_site;
  }

  get count(): number {
    return [...this.held.values()].reduce((sum, { released }) => sum + released.length, 0);
  }

  /** Hold what is loaded now, and no more. */
  gather(): void {
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

  /** Label the points as `corrections` would, one after the other; how many each of them moves. */
  correct(corrections: readonly Correction[]): number[] {
    for (const held of this.held.values()) held.corrected.set(held.released);
    const moved = corrections.map((one) => this.apply(one, 'corrected'));
    this.paint();
    return moved;
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
  }
}
