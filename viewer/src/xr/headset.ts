/**
 * A visit in a headset, in real size: the room's floor stands on the site's. Tours go on as on the page, without flights;
 * the visitor walks, jumps to stops and places of the floor, and sees the other of two conditions while the trigger is held.
 */
import { Scheduler as TileScheduler } from '3d-tiles-renderer/core';
import { Matrix4, type Object3D } from 'three';
import type { App } from '../app/app.ts';
import { monumentOf, shownNow } from '../app/state.ts';
import { point, poseOf } from '../core/frames.ts';
import { eyeOf, lookDirection, type Orbit, orbitOf } from '../core/orbit.ts';
import { add, mix, scale, sub, type Vec3 } from '../core/vec.ts';
import { approach, EYE_M, STEP_M, settleNear } from '../core/walk.ts';
import type { Pair } from '../scene/drawing.ts';
import { Footing } from '../scene/footing.ts';
import type { Driver, View } from '../scene/view.ts';
import { Boards } from './boards.ts';
import { Body } from './body.ts';
import { Comfort } from './comfort.ts';
import { eyeSize, lookThrough } from './lens.ts';
import { Meter } from './meter.ts';
import { Pointers } from './pointers.ts';
import { Steps } from './steps.ts';
import { Waypoints } from './waypoints.ts';

const NEARER = [1, 0.85, 0.7, 0.55, 0.4]; // shares of the way from what is looked at to the eye
const AGAIN_S = 5; // ground that could not be had is asked for again: there is no button to press for it
const PATIENCE_S = 4; // before the lack of controllers is spoken of

export class Headset implements Driver {
  readonly holds = true;
  readonly body: Body;
  readonly boards: Boards;
  readonly meter: Meter;
  readonly comfort = new Comfort();
  readonly pointers: Pointers;
  readonly waypoints: Waypoints;
  readonly footing: Footing;
  /** Whether the visitor has been put on their feet where they wanted to begin. */
  placed = false;
  private readonly app: App;
  private readonly view: View;
  private readonly session: XRSession;
  private readonly before: { driver: Driver | null; still: boolean; orbit: Orbit };
  private readonly steps: Steps;
  private parts: Object3D[] = [];
  private readonly head = new Matrix4();
  private held = false;
  private notice: string | null = null;
  private stop: number | null = null;
  /** Where the visitor wants to be next: above that place, facing a target. */
  private wanted: { eye: Vec3; target: Vec3 } | null = null;
  private moved = false;
  private seconds = 0;
  private asked = 0;
  private left = false;

  constructor(app: App, view: View, session: XRSession) {
    this.app = app;
    this.view = view;
    this.session = session;
    this.before = { driver: view.driver, still: view.rig.still, orbit: view.rig.orbit };
    this.footing = app.walking?.footing ?? new Footing(app.state.release!, app.state.base, view.features);
    this.body = new Body(view.stage.renderer);
    this.boards = new Boards(this.body);
    this.steps = new Steps(this.body, this.footing);
    this.meter = new Meter(view);
    const stops = app.tours.current?.document.stops ?? [];
    this.waypoints = new Waypoints(stops.length);
    this.pointers = new Pointers(view.stage.renderer.xr, this.boards.board, this.waypoints, this.footing, {
      onButton: (id) => this.press(id),
      onStop: (stop) => app.tours.play({ type: 'go', stop }),
      onFloor: (feet) => this.jump(feet, this.body.heading),
      onHold: (held) => {
        this.held = held;
      },
    });
    this.open();
  }

  private open(): void {
    const { view, body, session, app } = this;
    const { scene, camera, renderer } = view.stage;
    view.rig.still = true;
    app.tours.current?.time();
    this.parts = [body.room, this.boards.board.mesh, this.boards.line.mesh, ...this.pointers.lines];
    scene.add(...this.parts, this.waypoints.group, this.pointers.goal);
    body.room.add(camera, this.pointers.group);
    camera.add(this.comfort.mesh);
    TileScheduler.setXRSession(session);
    this.view.driver = this;
    view.stage.wear(eyeSize(view.stage));
    renderer.setAnimationLoop((time) => {
      view.stage.invalidate();
      view.stage.clock.run(time);
    });
    session.addEventListener('end', () => this.close());
    session.addEventListener('visibilitychange', () => {
      // Whoever takes it off, or opens the system's menu, does not hear the tour go on.
      if (session.visibilityState === 'hidden') app.tours.play({ type: 'pause' });
    });
    const words = app.state.language;
    // Boards are pictures: the page's fonts have to be there, and are when they are drawn the next time.
    void Promise.all(['400', '600'].map((w) => document.fonts.load(`${w} 34px "Be Vietnam Pro"`, words)));
    const { stops } = app.tours.current?.document ?? {};
    if (!stops) this.wanted = this.start();
  }

  /** Where a visitor without a tour begins: where they walk, else before the monument or the site. */
  private start(): { eye: Vec3; target: Vec3 } {
    const { app, before } = this;
    const { release } = app.state;
    const monument = monumentOf(app.state);
    const eye = eyeOf(before.orbit);
    if (app.walking?.feet) return { eye, target: add(eye, lookDirection(before.orbit)) };
    const pose = monument
      ? poseOf(monument.view, monument.placement.site_from_monument)
      : poseOf(release!.opening);
    const { min, max } = monument?.bounds ?? { min: [0, 0, 0], max: [40, 40, 0] };
    return {
      eye: approach(eye, pose.target, Math.hypot(max[0] - min[0], max[1] - min[1]) / 4),
      target: pose.target,
    };
  }

  /** Leave: the page gets everything back as it was, and goes on. */
  end(): void {
    this.left = true;
    void this.session.end().catch(() => this.close());
  }

  private close(): void {
    const { app, view, before, body } = this;
    if (app.headset !== this) return;
    const { stage } = view;
    app.headset = null;
    stage.renderer.setAnimationLoop(null);
    stage.renderer.xr.enabled = false;
    TileScheduler.setXRSession(null as unknown as XRSession); // the library's own way to the window's frames
    body.room.remove(stage.camera);
    body.room.removeFromParent();
    for (const part of [this.boards, this.comfort, this.pointers, this.waypoints]) part.dispose();
    this.meter.giveBack();
    stage.camera.matrixAutoUpdate = true;
    view.rig.still = before.still;
    view.driver = before.driver;
    const { walking } = app;
    if (before.driver === walking && walking) {
      walking.heading = body.heading;
      const [e, n, z] = body.feet;
      walking.stand(e, n, z + STEP_M);
    } else view.rig.place(before.orbit);
    stage.wear(null);
    app.tours.current?.time();
    app.framing.refit();
    const said = this.left ? null : app.state.t('vr.ended');
    app.set({ headset: said, ...(said ? { announcement: said } : {}) });
  }

  private press(id: string): void {
    const { app } = this;
    const { touring } = app.state;
    if (id === 'leave') this.end();
    else if (id === 'more') this.boards.more();
    else if (id === 'vignette') this.comfort.vignette = !this.comfort.vignette;
    else if (id === 'play') app.tours.play({ type: touring?.player.playing ? 'pause' : 'play' });
    else if (id === 'next' || id === 'previous') app.tours.play({ type: id });
  }

  advance(seconds: number): boolean {
    const { body, view } = this;
    if (!body.look()) return true;
    this.seconds += seconds;
    lookThrough(view.stage);
    this.followTour();
    this.stand();
    const moving = this.step(seconds);
    this.comfort.advance(seconds, moving);
    this.head.copy(view.stage.camera.matrixWorld);
    this.pointers.comparing = this.app.state.comparing !== null;
    this.pointers.update(seconds, this.head);
    if (!this.placed) this.boards.turn();
    this.boards.follow(seconds);
    this.mark();
    this.speak();
    if (this.placed && this.meter.count()) this.app.progress();
    const look = lookDirection({ heading: body.heading, pitch: body.pitch });
    view.rig.place(orbitOf(body.head, add(body.head, scale(look, 3)), 90));
    return true;
  }

  /** Another stop: its place is where the visitor wants to be. */
  private followTour(): void {
    const { app } = this;
    const touring = app.tours.current;
    if (!touring || touring.state.stop === this.stop) return;
    const monument = monumentOf(app.state);
    if (!monument) return;
    this.stop = touring.state.stop;
    this.boards.open();
    const pose = poseOf(touring.stop.view, monument.placement.site_from_monument);
    // An eye in the air looks over houses; from the floor they may hide everything. Then nearer to it.
    const floor = point(monument.placement.site_from_monument, monument.bounds.min)[2];
    const seen = NEARER.map((share) => mix(pose.target, pose.eye, share)).find(([e, n]) =>
      this.footing.open([e, n, floor + EYE_M], pose.target),
    );
    this.wanted = { eye: seen ? [seen[0], seen[1], pose.eye[2]] : pose.eye, target: pose.target };
  }

  /** Stand where one wants to be, once the ground there has come; nobody is put over nothing. */
  private stand(): void {
    const { app, footing, wanted, body } = this;
    const monument = monumentOf(app.state);
    footing.stand([
      ...app.showing.others(monument),
      ...(monument ? [{ monument, shown: app.state.comparing?.right ?? shownNow(app.state, monument) }] : []),
    ]);
    if (footing.failed && this.seconds - this.asked > AGAIN_S) {
      this.asked = this.seconds;
      footing.retry();
    }
    if (!wanted) {
      const [e, n] = body.feet;
      footing.around(e, n);
      if (this.notice && this.notice !== 'walk.nowhere' && !footing.failed && footing.knows(e, n))
        this.notice = null;
      return;
    }
    const [e, n, z] = wanted.eye;
    const way = sub(wanted.target, wanted.eye);
    const heading = Math.atan2(way[0], way[1]);
    footing.around(e, n);
    // In the dark yet, but the tiles of that view are on their way.
    if (!this.placed) body.stand([e, n, z - EYE_M], heading);
    if (footing.failed) this.notice = 'walk.failed';
    else if (!footing.knows(e, n)) this.notice = 'vr.waiting';
    else {
      const feet = settleNear(footing, e, n, z - 0.5);
      this.wanted = null;
      this.notice = feet ? null : 'walk.nowhere';
      if (feet) this.jump(feet, heading);
    }
  }

  /** Be at a place at once, behind a blink. */
  private jump(feet: Vec3, heading: number): void {
    this.comfort.blink();
    this.body.stand(feet, heading);
    this.placed = true;
    this.meter.forget();
    this.boards.turn();
  }

  /** By stick; true while the visitor is being moved. */
  private step(seconds: number): boolean {
    const { walk, turn } = this.pointers.sticks;
    this.steps.turn(turn);
    if (!this.placed) return false;
    const going = walk[0] !== 0 || walk[1] !== 0;
    const stop = this.steps.walk(walk, seconds);
    if (stop === 'unknown') this.notice = this.footing.failed ? 'walk.failed' : 'vr.waiting';
    if (this.moved && !going) this.boards.turn();
    this.moved = going;
    return going;
  }

  /** The stops of the tour, each on its floor; where that is not known, at the visitor's own height. */
  private mark(): void {
    const { app, footing } = this;
    const touring = app.tours.current;
    const monument = monumentOf(app.state);
    if (!touring || !monument) return;
    const feet = this.body.feet;
    const places = touring.document.stops.map((stop, k): Vec3 | null => {
      if (k === touring.state.stop) return null;
      const [e, n, z] = poseOf(stop.view, monument.placement.site_from_monument).eye;
      const floor = footing.knows(e, n) ? footing.floor(e, n, z) : null;
      return [e, n, floor ?? feet[2]];
    });
    this.waypoints.place(places, feet);
  }

  private speak(): void {
    const debug = new URLSearchParams(location.search).has('debug');
    this.boards.say(
      this.app,
      { vignette: this.comfort.vignette, notice: this.notice },
      {
        held: this.held,
        eyes: this.pointers.empty && this.seconds > PATIENCE_S,
        figures: debug ? this.meter.text : '',
      },
    );
  }

  /** One of two conditions at a time: a picture that is cut or mixed would be another one for each eye. */
  draw(pair: Pair | null): void {
    const { renderer, scene, camera } = this.view.stage;
    if (pair) {
      pair.left.uniforms.keep.value = pair.right.uniforms.keep.value = [0, 1];
      pair.left.object.visible = this.held;
      pair.right.object.visible = !this.held;
    }
    // Nobody hangs in the air: until there is ground to stand on there are the boards only.
    const hidden = this.placed ? [] : scene.children.filter((o) => o.visible && !this.parts.includes(o));
    for (const o of hidden) o.visible = false;
    renderer.render(scene, camera);
    for (const o of hidden) o.visible = true;
    if (pair) pair.left.object.visible = pair.right.object.visible = true;
  }
}
