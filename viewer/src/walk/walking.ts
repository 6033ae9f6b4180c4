/** A visitor on foot: eyes at their height, feet on the surface, stopped by walls and edges. */
import { Vector3 } from 'three';
import type { App } from '../app/app.ts';
import { monumentOf, shownNow, type WalkingState } from '../app/state.ts';
import { poseOf } from '../core/frames.ts';
import { eyeOf, lookDirection, type Orbit, orbitOf } from '../core/orbit.ts';
import type { MonumentEntry, Release } from '../core/release.ts';
import { add, clamp, scale, sub, type Vec3 } from '../core/vec.ts';
import { approach, EYE_M, eased, FAST_M_S, SPEED_M_S, settle, settleNear, walk } from '../core/walk.ts';
import { Footing } from '../scene/footing.ts';
import type { Driver, View } from '../scene/view.ts';
import { Hands } from './hands.ts';

const TURN_PER_S = 1.6;
const STEEPEST = 1.45; // of a look up or down, radians
const AHEAD_M = 3; // what is looked at is so far away: how near the camera may draw follows from it
const GLIDE_M_S = 2.4; // to a place that was pressed
const FAR_M = 9.5; // places farther than this are not walked to by a press
const LIFT_M = 0.6; // the first look goes a little upwards: monuments are high
const THERE_M = 0.08;
const DROP_M = 60; // a visitor who begins in the air begins on what is so far below at most

/** Fields of view: a wide window shows enough of its surroundings, a narrow one has to look more up and down. */
const fov = ({ width, height }: { width: number; height: number }) => (width < height ? 76 : 62);

export class Walking implements Driver {
  readonly hands = new Hands();
  readonly footing: Footing;
  feet: Vec3 | null = null;
  heading = 0;
  pitch = 0;
  /** From the first foot on the ground on, nobody else has the camera. */
  holds = false;
  private eye_m = 0;
  private goal: Vec3 | null = null;
  /** Where the visitor wants to begin, until the ground there has come. */
  private start: { eye: Vec3; monument: MonumentEntry } | null = null;
  private giveBack: (() => void) | null = null;
  private readonly app: App;
  private readonly view: View;

  constructor(app: App, release: Release) {
    const view = app.view!; // there is no address to enter before there is a scene
    this.app = app;
    this.view = view;
    this.footing = new Footing(release, app.state.base, view.features);
    this.footing.onChange = () => {
      this.begin();
      view.stage.invalidate();
    };
    window.addEventListener('online', () => this.footing.retry());
  }

  /** Set the visitor on foot: under a camera that an address names, else before the monument. */
  enter(camera: Orbit | null, first: boolean): void {
    const { app, view } = this;
    const monument = monumentOf(app.state);
    if (!monument) return;
    this.leave();
    app.framing.release();
    const { eye, target } = poseOf(monument.view, monument.placement.site_from_monument);
    const { min, max } = monument.bounds;
    const here = !first && view.isAt(monument) ? eyeOf(view.rig.orbit) : eye;
    const from = camera
      ? eyeOf(camera)
      : approach(here, target, Math.hypot(max[0] - min[0], max[1] - min[1]) / 4);
    const towards = camera ? lookDirection(camera) : sub(target, [from[0], from[1], target[2] - LIFT_M]);
    this.face(towards);
    this.feet = this.goal = null;
    this.start = { eye: from, monument };
    this.giveBack = view.lend(() =>
      this.hands.take(view.stage.renderer.domElement, {
        onLook: (heading, pitch) => this.look(heading, pitch),
        onTap: (x, y) => this.walkTo(x, y),
        onChange: () => view.stage.invalidate(),
      }),
    );
    view.driver = this;
    this.tell('coming');
    this.follow();
    this.begin();
    view.stage.renderer.domElement.focus({ preventScroll: true });
  }

  /** Give the camera back. */
  leave(): void {
    if (!this.giveBack) return;
    this.giveBack();
    this.giveBack = null;
    if (this.view.driver === this) this.view.driver = null;
    this.start = this.feet = this.goal = null;
    this.holds = false;
    this.app.set({ walking: null });
  }

  /** Stand at a place of the site, where somebody may stand; say whether they do. */
  stand(e: number, n: number, top: number): boolean {
    const feet = settle(this.footing, e, n, top);
    if (feet) this.put(feet);
    return feet !== null;
  }

  private put(feet: Vec3): void {
    this.feet = feet;
    this.eye_m = feet[2] + EYE_M;
    this.goal = null;
  }

  /** Turn the head, radians clockwise and downwards. */
  look(heading: number, pitch: number): void {
    this.heading += heading;
    this.pitch = clamp(this.pitch + pitch, -STEEPEST, STEEPEST);
    this.view.stage.invalidate();
  }

  /** Take what is shown as solid. */
  private follow(): void {
    const { state, showing } = this.app;
    const monument = monumentOf(state);
    if (!monument) return;
    this.footing.stand([...showing.others(monument), { monument, shown: shownNow(state, monument) }]);
  }

  /** Begin where the visitor wanted to, once the ground there has come; else on the way to the monument. */
  private begin(): void {
    const { start, footing } = this;
    if (!start || this.feet) return;
    const [e, n, z] = start.eye;
    footing.around(e, n);
    if (footing.failed) {
      this.tell('failed');
      return;
    }
    if (!footing.knows(e, n)) return;
    const feet = settleNear(footing, e, n, z - EYE_M / 2);
    if (feet && z - feet[2] <= DROP_M) {
      this.put(feet);
      this.start = null;
      this.holds = true;
      this.view.rig.place(this.orbit);
      this.tell('walking');
      this.app.address.remember();
      this.view.stage.invalidate();
      return;
    }
    this.tell('nowhere');
  }

  advance(seconds: number): boolean {
    const { feet, footing, view } = this;
    if (!feet) return false;
    this.follow();
    footing.around(feet[0], feet[1]);
    const { forward, right, turn, fast } = this.hands.intent;
    if (forward || right) this.goal = null;
    this.heading += turn * TURN_PER_S * seconds;
    let way: readonly [number, number] = [0, 0];
    if (this.goal) {
      const [e, n] = sub(this.goal, feet);
      const far = Math.hypot(e, n);
      const share = view.rig.still ? 1 : Math.min(1, (GLIDE_M_S * seconds) / (far || 1));
      way = [e * share, n * share];
    } else if (forward || right) {
      const speed = (fast ? FAST_M_S : SPEED_M_S) / Math.max(1, Math.hypot(forward, right));
      const [s, c] = [Math.sin(this.heading), Math.cos(this.heading)];
      way = [(s * forward + c * right) * speed * seconds, (c * forward - s * right) * speed * seconds];
    }
    const step = walk(footing, feet, way[0], way[1]);
    this.feet = step.feet;
    if (this.goal) {
      const left = Math.hypot(this.goal[0] - step.feet[0], this.goal[1] - step.feet[1]);
      if (left < THERE_M || step.stop) this.goal = null;
    }
    this.tell(step.stop === 'unknown' ? (footing.failed ? 'failed' : 'waiting') : 'walking');
    const eye = view.rig.still ? step.feet[2] + EYE_M : eased(this.eye_m, step.feet, seconds);
    const moving = Boolean(forward || right || turn || this.goal) || eye !== this.eye_m;
    this.eye_m = eye;
    view.rig.place(this.orbit);
    return moving;
  }

  /** The way of looking as the rest of the scene knows it. */
  get orbit(): Orbit {
    const eye: Vec3 = [this.feet![0], this.feet![1], this.eye_m];
    const look = lookDirection({ heading: this.heading, pitch: this.pitch });
    return orbitOf(eye, add(eye, scale(look, AHEAD_M)), fov(this.view.stage.layout.film));
  }

  /** Go to the place of the floor at a position of the window. */
  private walkTo(x: number, y: number): void {
    const { stage } = this.view;
    const { feet } = this;
    if (!feet) return;
    const at = stage.aim(x, y);
    const p = new Vector3(at.x, at.y, 0.5).unproject(stage.camera);
    const eye: Vec3 = [feet[0], feet[1], this.eye_m];
    const way = sub([p.x, -p.z, p.y], eye);
    const hit = this.footing.hit(eye, add(eye, scale(way, FAR_M / Math.hypot(...way))));
    if (!hit || hit.normal[2] < 0.5) return;
    this.goal = settle(this.footing, hit.point[0], hit.point[1], hit.point[2] + 0.1);
    stage.invalidate();
  }

  private face(way: Vec3): void {
    this.heading = Math.atan2(way[0], way[1]);
    this.pitch = clamp(Math.atan2(-way[2], Math.hypot(way[0], way[1])), -STEEPEST, STEEPEST);
  }

  private tell(status: WalkingState['status']): void {
    const { app } = this;
    if (app.state.walking?.status === status) return;
    const said =
      status === 'walking' || status === 'coming' ? {} : { announcement: app.state.t(`walk.${status}`) };
    app.set({ walking: { status }, ...said });
  }
}
