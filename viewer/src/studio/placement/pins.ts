/** Control points: a spot of the monument pressed in the scene, then the same on the map. */
import { point } from '../../core/frames.ts';
import type { Vec3 } from '../../core/vec.ts';
import type { Pair } from './registration.ts';
import { affineInverse } from './stand.ts';
import type { Standing } from './standing.ts';

/** Asks for one spot of the monument, in its frame; null ends the asking. */
export type AskScene = (take: ((at_m: Vec3) => void) | null) => void;

export class Pins {
  pairs: Pair[];
  /** Where the next spot is asked for. */
  asking: 'scene' | 'map' | null = null;
  private readonly standing: Standing;
  private readonly inScene: AskScene;
  private readonly told: () => void;

  constructor(pairs: readonly Pair[], standing: Standing, inScene: AskScene, told: () => void) {
    this.pairs = [...pairs];
    this.standing = standing;
    this.inScene = inScene;
    this.told = told;
  }

  /** Those that have both spots. */
  get written(): Pair[] {
    return this.pairs.filter((pair) => pair.crs_m !== null);
  }

  get controls(): number {
    return this.written.filter((pair) => pair.role === 'control').length;
  }

  /** Ask for a spot in the scene; then it is asked for on the map. Asked again, nothing more is. */
  add(): void {
    if (this.asking === 'map') this.pairs = this.pairs.slice(0, -1); // half a point is none
    this.asking = this.asking ? null : 'scene';
    if (this.asking) this.askScene();
    else this.inScene(null);
    this.told();
  }

  /** Another scene stands: it is asked in the place of the one before. */
  askScene(): void {
    if (this.asking !== 'scene') return;
    this.inScene((at_m) => {
      this.inScene(null);
      const used = new Set(this.pairs.map((p) => p.name));
      let k = 1;
      while (used.has(`P${k}`)) k++;
      this.pairs = [...this.pairs, { name: `P${k}`, role: 'control', at_m, crs_m: null }];
      this.asking = 'map';
      this.told();
    });
  }

  /** The spot on the map; its height stays as the monument stands now, for a map tells none. */
  answerMap(east: number, north: number): void {
    const last = this.pairs.at(-1);
    if (this.asking !== 'map' || !last) return;
    const up = point(this.standing.matrix, last.at_m)[2];
    const crs_m = point(this.standing.plan.crs_from_site, [east, north, up]).map((v) =>
      Number(v.toFixed(3)),
    ) as unknown as Vec3;
    this.asking = null;
    this.change(this.pairs.length - 1, { crs_m });
  }

  change(k: number, change: Partial<Pair>): void {
    this.pairs = this.pairs.map((pair, n) => (n === k ? { ...pair, ...change } : pair));
    this.told();
  }

  remove(k: number): void {
    if (k === this.pairs.length - 1) this.asking = null;
    this.pairs = this.pairs.filter((_, n) => n !== k);
    this.told();
  }

  /** Where the spot is on the map, and where the tried place puts it: their distance is its residual. Site frame. */
  placed({ at_m, crs_m }: Pair): { at: [number, number] | null; placed: Vec3 } {
    const { plan, matrix } = this.standing;
    const at = crs_m ? point(affineInverse(plan.crs_from_site), crs_m) : null;
    return { at: at ? [at[0], at[1]] : null, placed: point(matrix, at_m) };
  }
}
