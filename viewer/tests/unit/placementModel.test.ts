/** A monument in the scene, stood elsewhere than its release has it: its tiles, places picked on it, and the ground below. */
import { Group, Matrix4, PerspectiveCamera, Vector3 } from 'three';
import { describe, expect, it } from 'vitest';
import type { App } from '../../src/app/app.ts';
import { inverse, multiply, point, three_from_site } from '../../src/core/frames.ts';
import type { MonumentEntry } from '../../src/core/release.ts';
import type { Vec3 } from '../../src/core/vec.ts';
import { Model } from '../../src/studio/placement/model.ts';
import { moved, turned } from '../../src/studio/placement/stand.ts';

// Huế, as a release has it: east-north-up there, far from the middle of the Earth.
const site_from_ecef_turn = new Matrix4().makeRotationY(-0.29).multiply(new Matrix4().makeRotationZ(1.88));
const ecef_from_site = [...site_from_ecef_turn.invert().elements];
[ecef_from_site[12], ecef_from_site[13], ecef_from_site[14]] = [-1849123.4, 5831234.5, 1795678.9];
const PRESENT = turned(moved([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], [30, -12, 2]), [30, -12], 40);
const P: Vec3 = [4, -3, 1.5];

function scene() {
  const camera = new PerspectiveCamera(45, 1.6, 0.1, 4000);
  camera.position.set(30, 40, 70);
  camera.lookAt(30, 2, 12);
  camera.updateMatrixWorld();
  const three_from_ecef = multiply(three_from_site, inverse(ecef_from_site));
  const group = new Group();
  group.matrixAutoUpdate = false;
  group.matrix.fromArray(three_from_ecef);
  const tile = new Group();
  tile.matrixAutoUpdate = false;
  tile.matrix.fromArray(multiply(ecef_from_site, PRESENT));
  group.add(tile);
  group.updateMatrixWorld(true);
  let drawn = 0;
  const stage = {
    camera,
    viewport: { width: 800, height: 500 },
    onDrawn: () => {},
    shadowsChanged: () => {},
    invalidate: () => drawn++,
    aim: (x: number, y: number) => ({ x: (x / 800) * 2 - 1, y: 1 - (y / 500) * 2 }),
    project: ([e, n, up]: Vec3) => {
      const v = new Vector3(e, up, -n).project(camera);
      return Math.abs(v.z) > 1 ? null : { x: ((v.x + 1) / 2) * 800, y: ((1 - v.y) / 2) * 500 };
    },
  };
  const conditions = [{ tiles: { group } }];
  const view = {
    stage,
    rig: { orbit: { distance: 80 } },
    conditions: { of: () => conditions },
  };
  const app = { view, state: { release: { frame: { ecef_from_site } } } } as unknown as App;
  const monument = { placement: { site_from_monument: PRESENT } } as unknown as MonumentEntry;
  const tileAt = () => {
    const [x, y, z] = new Vector3(...P).applyMatrix4(tile.matrixWorld).toArray();
    return [x!, -z!, y!] as Vec3;
  };
  return { model: new Model(app, monument), stage, tileAt, drawn: () => drawn };
}

const near = (a: readonly number[], b: readonly number[], to: number) =>
  expect(Math.max(...a.map((v, k) => Math.abs(v - b[k]!)))).toBeLessThan(to);

describe('a monument that is tried elsewhere', () => {
  const tried = turned(moved(PRESENT, [5, 8, 0]), [35, -4], -25);

  it('has its tiles there, and back where the release has them in the end', () => {
    const { model, stage, tileAt, drawn } = scene();
    near(tileAt(), point(PRESENT, P), 1e-6);
    model.put(tried);
    near(tileAt(), point(tried, P), 1e-6);
    expect(drawn()).toBe(1);
    stage.onDrawn(); // each frame looks after it, and asks for no other one
    expect(drawn()).toBe(1);
    model.end();
    near(tileAt(), point(PRESENT, P), 1e-6);
  });

  it('is pressed at the place of it that is under the finger', () => {
    const { model } = scene();
    model.put(tried);
    // The scene's own picking goes by where the release has it.
    const told = point(inverse(PRESENT), point(tried, P));
    near(model.own(told), P, 6e-4);
  });

  it('stands over the ground that the window shows', () => {
    const { model } = scene();
    for (const spot of [
      [30, -12, 2],
      [42, -30, 2],
      [10, 4, 2],
    ] as Vec3[]) {
      const seen = model.project(spot)!;
      near(model.ground(seen[0], seen[1], 2)!, spot.slice(0, 2), 1e-6);
    }
    expect(model.ground(400, -4000, 2)).toBeNull(); // the sky
  });
});
