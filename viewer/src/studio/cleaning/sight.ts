/** The scene's window seen from a survey: lines of sight in the epoch's frame, and where something of it is in the window. */
import { Vector3 } from 'three';
import type { App } from '../../app/app.ts';
import { inverse, point } from '../../core/frames.ts';
import { eyeOf, orbitOf } from '../../core/orbit.ts';
import type { EpochEntry } from '../../core/release.ts';
import { add, length, normalized, scale, sub, type Vec3 } from '../../core/vec.ts';
import { basis, type Correction, corners, type Lasso, tangents, type Vec2 } from './region.ts';

const CORNERS_APART_PX = 3;
const MOST_CORNERS = 300;
const POINT_PX = 5; // as large as a point is drawn; it stands in the way of what is behind it
const CELLS = 200; // across an outline, at most

/** Where something is in the window, CSS pixels: a circle, or the corners of an outline; none where it is behind. */
export type Drawn =
  | { kind: 'ball'; x: number; y: number; r: number }
  | { kind: 'outline'; path: readonly Vec2[] };

export const millimetres = (p: Vec3): Vec3 => p.map((v) => Math.round(v * 1000) / 1000) as unknown as Vec3;
const fine = (v: number, digits: number) => Number(v.toFixed(digits));

export class Sight {
  private readonly app: App;
  private readonly epoch: EpochEntry;
  private readonly site_from_epoch: readonly number[];
  private readonly epoch_from_site: readonly number[];

  constructor(app: App, epoch: EpochEntry, site_from_epoch: readonly number[]) {
    this.app = app;
    this.epoch = epoch;
    this.site_from_epoch = site_from_epoch;
    this.epoch_from_site = inverse(site_from_epoch);
  }

  /** The scene's window, CSS pixels. */
  get window(): { width: number; height: number } {
    return this.app.view!.stage.viewport;
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

  /** The line of sight through a position of the window, in the epoch's frame. */
  ray(x: number, y: number): { origin: Vec3; direction: Vec3 } {
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

  /** What a pixel spans in the middle of the window, at a distance of one. */
  tangentOfPixel(): number {
    const { stage } = this.app.view!;
    return (2 * Math.tan((stage.camera.fov * Math.PI) / 360)) / stage.viewport.height;
  }

  private project(p: Vec3): Vec2 | null {
    const found = this.app.view!.stage.project(point(this.site_from_epoch, p));
    return found ? [found.x, found.y] : null;
  }
}
