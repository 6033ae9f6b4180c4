/** What lies at a position of the window, and what is hidden behind what: rays sent into the scene. */
import { Raycaster, Vector2 } from 'three';
import { eyeOf, type Orbit } from '../core/orbit.ts';
import { lineAt, paneAt } from '../core/panes.ts';
import type { Picked } from '../core/picked.ts';
import { length, sub, type Vec3 } from '../core/vec.ts';
import type { Buildings } from './buildings.ts';
import type { BuildingInfo } from './buildingTable.ts';
import type { Condition, Conditions } from './conditions.ts';
import type { Pair } from './drawing.ts';
import { pickSurface } from './pick.ts';
import { type Stage, toThree } from './stage.ts';

const SHORT = 0.985; // of the way to a point: its own surface does not hide it

export class Seeing {
  private readonly stage: Stage;
  private readonly conditions: Conditions;
  private readonly buildings: Buildings | null;
  private readonly ray = new Raycaster();

  constructor(stage: Stage, conditions: Conditions, buildings: Buildings | null) {
    this.stage = stage;
    this.conditions = conditions;
    this.buildings = buildings;
    this.ray.params.Points.threshold = 0; // leaves are not for clicking, and hide nothing
  }

  /** Whether a point of the site frame is hidden behind what is drawn. */
  covered(p: Vec3, orbit: Orbit, shown: readonly Condition[]): boolean {
    return this.hits(eyeOf(orbit), p, SHORT, shown);
  }

  /** Whether a camera that goes from place to place of the site frame meets a surface that is shown. */
  meets(places: readonly Vec3[], shown: readonly Condition[]): boolean {
    return places.slice(1).some((to, k) => this.hits(places[k]!, to, 1, shown));
  }

  /** Whether something is met on so much of the way from `from` to `to`. */
  private hits(from: Vec3, to: Vec3, share: number, shown: readonly Condition[]): boolean {
    const way = sub(to, from);
    const far = length(way);
    if (far === 0) return false;
    this.ray.set(toThree(from), toThree([way[0] / far, way[1] / far, way[2] / far]));
    this.ray.far = far * share;
    const hit = shown.some((c) => this.ray.intersectObject(c.object, true).length > 0);
    this.ray.far = Number.POSITIVE_INFINITY;
    return hit;
  }

  /** The point of a monument's surface at a position of the window: on the side of the comparison that is seen there. */
  surfaceAt(x: number, y: number, shown: readonly Condition[], pair: Pair | null): Picked | null {
    this.aim(x, y);
    return pickSurface(this.ray, this.seenAt(x, y, shown, pair));
  }

  /** What is at a position of the window: a monument, else a building. */
  at(x: number, y: number): { monument: string | null; building: BuildingInfo | null } {
    this.aim(x, y);
    const hit = this.buildings?.pick(this.ray) ?? null;
    let nearest = hit?.distance ?? Number.POSITIVE_INFINITY;
    let found = { monument: hit?.monument ?? null, building: hit?.building ?? null };
    for (const c of this.conditions.all()) {
      if (!c.object.visible) continue;
      const [first] = this.ray.intersectObject(c.object, true);
      if (first && first.distance < nearest) {
        nearest = first.distance;
        found = { monument: c.of.monument.id, building: null };
      }
    }
    return found;
  }

  /** The surfaces that are drawn at a position of the window. */
  private seenAt(x: number, y: number, shown: readonly Condition[], pair: Pair | null): readonly Condition[] {
    const { stage } = this;
    if (!pair) return shown;
    const { mode, line, position } = pair.comparison;
    if (mode !== 'swipe' && mode !== 'side') return shown;
    const along = line === 'upright' ? x : y;
    const second =
      mode === 'side' ? paneAt(stage.layout, x, y) === 1 : along >= lineAt(stage.viewport, line, position);
    const hidden = second ? pair.left : pair.right;
    return shown.filter((c) => c !== hidden);
  }

  private aim(x: number, y: number): void {
    const at = this.stage.aim(x, y);
    this.ray.setFromCamera(new Vector2(at.x, at.y), this.stage.camera);
  }
}
