/** A monument in the scene, stood where it is tried. Its tiles are moved there; the release's own document stays as it is. */
import { Vector3 } from 'three';
import type { App } from '../../app/app.ts';
import { inverse, multiply, point, three_from_site } from '../../core/frames.ts';
import type { MonumentEntry } from '../../core/release.ts';
import { length, type Mat4, sub, type Vec3 } from '../../core/vec.ts';
import type { Condition } from '../../scene/conditions.ts';

const FARTHEST = 8; // of the camera's own distance: towards the horizon a pixel is a field

export class Model {
  /** Told when the scene was drawn: what lies over it may have moved. */
  onDrawn: () => void = () => {};
  private readonly app: App;
  private readonly monument: MonumentEntry;
  private readonly others: () => void;
  private matrix: Mat4;
  /** Where each of its conditions was put. */
  private readonly stood = new WeakMap<Condition, Mat4>();

  constructor(app: App, monument: MonumentEntry) {
    this.app = app;
    this.monument = monument;
    this.matrix = monument.placement.site_from_monument;
    const { stage } = app.view!;
    this.others = stage.onDrawn;
    stage.onDrawn = () => {
      this.others();
      this.put(this.matrix); // a condition that was shown since stands where the release has it
      this.onDrawn();
    };
  }

  /** Stand it at `matrix`, site_from_monument. */
  put(matrix: Mat4): void {
    const { view, state } = this.app;
    if (!view || !state.release) return;
    this.matrix = matrix;
    const { site_from_monument } = this.monument.placement;
    const site_from_release = multiply(matrix, inverse(site_from_monument));
    const site_from_ecef = inverse(state.release.frame.ecef_from_site);
    const at = multiply(three_from_site, multiply(site_from_release, site_from_ecef));
    let moved = false;
    for (const condition of view.conditions.of(this.monument)) {
      if ((this.stood.get(condition) ?? site_from_monument) === matrix) continue;
      this.stood.set(condition, matrix);
      const { group } = condition.tiles;
      group.matrix.fromArray(at);
      group.matrixWorldNeedsUpdate = true;
      group.updateMatrixWorld();
      for (const tile of group.children) tile.updateMatrixWorld(true);
      moved = true;
    }
    if (!moved) return;
    view.stage.shadowsChanged();
    view.stage.invalidate();
  }

  /** A place of the monument, which the scene has told as if it stood where the release has it. */
  own(at_m: Vec3): Vec3 {
    const site = point(this.monument.placement.site_from_monument, at_m);
    return point(inverse(this.matrix), site).map((v) => Number(v.toFixed(3))) as unknown as Vec3;
  }

  /** The scene's window, CSS pixels. */
  get window(): { width: number; height: number } {
    return this.app.view!.stage.viewport;
  }

  /** Where a place of the site is in the window; null where it is behind the camera. */
  project(site: Vec3): readonly [number, number] | null {
    const found = this.app.view!.stage.project(site);
    return found && [found.x, found.y];
  }

  /** Where a position of the window is on the level `up` metres; null towards the horizon. */
  ground(x: number, y: number, up: number): readonly [number, number] | null {
    const { stage, rig } = this.app.view!;
    const aim = stage.aim(x, y);
    const { x: e, y: u, z: s } = stage.camera.position;
    const far = new Vector3(aim.x, aim.y, 0.5).unproject(stage.camera);
    const t = (up - u) / (far.y - u);
    if (!(t > 0)) return null;
    const at = [e + t * (far.x - e), -(s + t * (far.z - s))] as const;
    return length(sub([e, -s, u], [at[0], at[1], up])) > FARTHEST * rig.orbit.distance ? null : at;
  }

  zoom(inwards: boolean): void {
    this.app.view?.zoom(inwards);
  }

  /** Nobody tries it any more: it stands where the release has it. */
  end(): void {
    this.onDrawn = () => {};
    this.put(this.monument.placement.site_from_monument);
    if (this.app.view) this.app.view.stage.onDrawn = this.others;
  }
}
