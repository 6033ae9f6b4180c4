/**
 * A visit in a headset, in real size: the room's floor stands on the site's. Tours go on as on the page, without flights;
 * the visitor walks, jumps to stops and places of the floor, and sees the other of two conditions while the trigger is held.
 */
import { Scheduler as TileScheduler } from '3d-tiles-renderer/core';
import { Matrix4, type Object3D, type PerspectiveCamera } from 'three';
import type { App } from '../app/app.ts';
import { monumentOf, shownNow } from '../app/state.ts';
import { BUDGET, type Load, Scheduler, shareOf } from '../core/budget.ts';
import { poseOf } from '../core/frames.ts';
import { eyeOf, lookDirection, type Orbit, orbitOf } from '../core/orbit.ts';
import { add, scale, sub, type Vec3 } from '../core/vec.ts';
import { approach, EDGE_M, EYE_M, SPEED_M_S, STEP_M, settleNear, standing, walk } from '../core/walk.ts';
import type { Condition } from '../scene/conditions.ts';
import type { Pair } from '../scene/drawing.ts';
import { Footing } from '../scene/footing.ts';
import type { Driver, View } from '../scene/view.ts';
import { Board } from './board.ts';
import { Body } from './body.ts';
import { Comfort } from './comfort.ts';
import { boardPlace, Pointers } from './pointers.ts';
import { Waypoints } from './waypoints.ts';
import { boardWords, lineWords } from './words.ts';

const SNAP_RAD = Math.PI / 6;
const NEAR_M = 0.1;
const FAR_M = 6000;
const MEASURE_S = 0.5;
const COARSEST_PX = 200;
const RISE_PER_S = 9;
const BOARD = { size_m: [1.0, 0.95], away_m: 1.6, aside: 0.5, above_m: -0.15, lost_m: 3.2 } as const;
const LINE = { size_m: [1.0, 0.34], away_m: 1.5, below: 0.48, follow: 0.45 } as const;
const PATIENCE_S = 4; // before the lack of controllers is spoken of

/** What a frame of the headset took. */
export interface Figures extends Load {
  error_px: number;
  frames_per_s: number;
  eye: { width: number; height: number };
}

/** Why a headset could not be entered, as the end of a message's name. */
function reasonOf(error: unknown): string {
  const { name } = error as DOMException;
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused';
  if (name === 'InvalidStateError') return 'busy';
  return name === 'NotSupportedError' ? 'unable' : 'failed';
}

/** Enter the headset; to be called in answer to a press. What goes wrong is said on the page, which goes on. */
export async function wear(app: App): Promise<void> {
  const { view } = app;
  if (!view || app.headset) return;
  app.set({ headset: null });
  let session: XRSession | null = null;
  try {
    session = await navigator.xr!.requestSession('immersive-vr', { requiredFeatures: ['local-floor'] });
    const { xr } = view.stage.renderer;
    xr.enabled = true;
    await xr.setSession(session);
    app.headset = new Headset(app, view, session);
  } catch (error) {
    view.stage.renderer.xr.enabled = false;
    session?.end().catch(() => {}); // it may have ended by itself
    const said = app.state.t(`vr.${reasonOf(error)}`);
    app.set({ headset: said, announcement: said });
  }
}

export class Headset implements Driver {
  readonly holds = true;
  readonly body: Body;
  readonly board = new Board(...BOARD.size_m);
  readonly line = new Board(...LINE.size_m, true);
  readonly comfort = new Comfort();
  readonly pointers: Pointers;
  readonly waypoints: Waypoints;
  readonly footing: Footing;
  figures: Figures = { triangles: 0, calls: 0, error_px: 0, frames_per_s: 0, eye: { width: 0, height: 0 } };
  budget: Load = BUDGET;
  /** Whether the visitor has been put on their feet where they wanted to begin. */
  placed = false;
  private readonly app: App;
  private readonly view: View;
  private readonly session: XRSession;
  private readonly before: { driver: Driver | null; still: boolean; orbit: Orbit };
  private readonly scheduler: Scheduler;
  /** What every condition's tiles may be wrong by on the screen, to be given back. */
  private readonly own = new Map<Condition, number>();
  private parts: Object3D[] = [];
  private readonly head = new Matrix4();
  private page = 0;
  private held = false;
  private notice: string | null = null;
  private stop: number | null = null;
  /** Where the visitor wants to be next: above that place, facing a target. */
  private wanted: { eye: Vec3; target: Vec3 } | null = null;
  private snapped = false;
  private moved = false;
  private seconds = 0;
  private measured = 0;
  private frames = 0;
  private left = false;
  private lineHeading = 0;

  constructor(app: App, view: View, session: XRSession) {
    this.app = app;
    this.view = view;
    this.session = session;
    this.before = { driver: view.driver, still: view.rig.still, orbit: view.rig.orbit };
    this.footing = app.walking?.footing ?? new Footing(app.state.release!, app.state.base, view.features);
    this.body = new Body(view.stage.renderer);
    this.scheduler = new Scheduler(view.standing[0]?.tiles.errorTarget ?? 12, COARSEST_PX);
    const stops = app.tours.current?.document.stops ?? [];
    this.waypoints = new Waypoints(stops.length);
    this.pointers = new Pointers(view.stage.renderer.xr, this.board, this.waypoints, this.footing, {
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
    this.parts = [body.room, this.board.mesh, this.line.mesh, ...this.pointers.lines];
    scene.add(...this.parts, this.waypoints.group, this.pointers.goal);
    body.room.add(camera, this.pointers.group);
    camera.add(this.comfort.mesh);
    [camera.near, camera.far] = [NEAR_M, FAR_M];
    TileScheduler.setXRSession(session);
    this.view.driver = this;
    view.stage.wear(this.eyeSize());
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

  private eyeSize(): { width: number; height: number } {
    const layer = this.session.renderState.baseLayer;
    const views = Math.max(1, this.view.stage.renderer.xr.getCamera().cameras.length);
    const [eye] = this.view.stage.renderer.xr.getCamera().cameras as PerspectiveCamera[];
    const seen = (eye as { viewport?: { z: number; w: number } } | undefined)?.viewport;
    if (seen && seen.z > 0) return { width: seen.z, height: seen.w };
    return layer
      ? { width: layer.framebufferWidth / Math.max(2, views), height: layer.framebufferHeight }
      : { width: 1680, height: 1760 };
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
    for (const part of [this.board, this.line, this.comfort, this.pointers, this.waypoints]) part.dispose();
    for (const [condition, error_px] of this.own) condition.tiles.errorTarget = error_px;
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
    else if (id === 'more') this.page = (this.page + 1) % Math.max(1, this.board.pages);
    else if (id === 'vignette') this.comfort.vignette = !this.comfort.vignette;
    else if (id === 'play') app.tours.play({ type: touring?.player.playing ? 'pause' : 'play' });
    else if (id === 'next' || id === 'previous') app.tours.play({ type: id });
  }

  advance(seconds: number): boolean {
    const { body, view } = this;
    if (!body.look()) return true;
    this.seconds += seconds;
    this.camera();
    this.followTour();
    this.stand();
    const moving = this.step(seconds);
    this.comfort.advance(seconds, moving);
    this.head.copy(view.stage.camera.matrixWorld);
    this.pointers.comparing = this.app.state.comparing !== null;
    this.pointers.update(seconds, this.head);
    this.place(seconds);
    this.speak();
    this.measure();
    const look = lookDirection({ heading: body.heading, pitch: body.pitch });
    view.rig.place(orbitOf(body.head, add(body.head, scale(look, 3)), 90));
    return true;
  }

  /** The camera that chooses tiles sees what both eyes see. */
  private camera(): void {
    const { stage } = this.view;
    const { camera, renderer } = stage;
    stage.eye = this.eyeSize();
    renderer.xr.updateCamera(camera);
    let [left, right, down, up] = [0, 0, 0, 0];
    for (const { projectionMatrix: p } of renderer.xr.getCamera().cameras) {
      const e = p.elements;
      left = Math.min(left, (e[8]! - 1) / e[0]!);
      right = Math.max(right, (e[8]! + 1) / e[0]!);
      down = Math.min(down, (e[9]! - 1) / e[5]!);
      up = Math.max(up, (e[9]! + 1) / e[5]!);
    }
    camera.projectionMatrix.makePerspective(
      left * NEAR_M,
      right * NEAR_M,
      up * NEAR_M,
      down * NEAR_M,
      NEAR_M,
      FAR_M,
    );
    camera.projectionMatrixInverse.copy(camera.projectionMatrix).invert();
  }

  /** Another stop: its place is where the visitor wants to be. */
  private followTour(): void {
    const { app } = this;
    const touring = app.tours.current;
    if (!touring || touring.state.stop === this.stop) return;
    const monument = monumentOf(app.state);
    if (!monument) return;
    this.stop = touring.state.stop;
    this.page = 0;
    const pose = poseOf(touring.stop.view, monument.placement.site_from_monument);
    this.wanted = { eye: pose.eye, target: pose.target };
  }

  /** Stand where one wants to be, once the ground there has come; nobody is put over nothing. */
  private stand(): void {
    const { app, footing, wanted, body } = this;
    const monument = monumentOf(app.state);
    footing.stand([
      ...app.showing.others(monument),
      ...(monument ? [{ monument, shown: app.state.comparing?.right ?? shownNow(app.state, monument) }] : []),
    ]);
    if (!wanted) {
      const [e, n] = body.feet;
      footing.around(e, n);
      if (this.notice === 'vr.waiting' && footing.knows(e, n)) this.notice = null;
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
    this.scheduler.forget();
    this.turnBoard();
  }

  /** By stick: walk, and turn in steps. True while the visitor is being moved. */
  private step(seconds: number): boolean {
    const { body, footing, pointers } = this;
    const { walk: stick, turn } = pointers.sticks;
    if (Math.abs(turn) < 0.4) this.snapped = false;
    else if (!this.snapped && Math.abs(turn) > 0.7) {
      this.snapped = true;
      body.snap(Math.sign(turn) * SNAP_RAD);
    }
    if (!this.placed) return false;
    const [right, back] = stick;
    const going = right !== 0 || back !== 0;
    const feet = body.feet;
    if (going) {
      const [s, c] = [Math.sin(body.heading), Math.cos(body.heading)];
      const far = SPEED_M_S * seconds;
      const gone = walk(footing, feet, (-s * back + c * right) * far, (-c * back - s * right) * far);
      if (gone.stop === 'unknown') this.notice = footing.failed ? 'walk.failed' : 'vr.waiting';
      body.go([gone.feet[0], gone.feet[1], feet[2]]);
    }
    // Stairs lift whoever walks them, by stick or on their own feet in the room.
    const [e, n, z] = body.feet;
    const floor = footing.knows(e, n) ? standing(footing, e, n, z + STEP_M) : null;
    if (floor !== null && floor > z - EDGE_M)
      body.go([e, n, z + (floor - z) * (1 - Math.exp(-RISE_PER_S * seconds))]);
    if (going !== this.moved && !going) this.turnBoard();
    this.moved = going;
    return going;
  }

  /** The board stands where the visitor looks, to the left of it. */
  private turnBoard(): void {
    const { body, board } = this;
    const at = boardPlace(body.head, body.heading - BOARD.aside, BOARD.away_m, BOARD.above_m);
    board.mesh.position.copy(at);
    const [e, n, z] = body.head;
    board.mesh.lookAt(e, z + BOARD.above_m / 2, -n);
    this.lineHeading = body.heading;
  }

  /** Boards and waypoints where the visitor sees them. */
  private place(seconds: number): void {
    const { body, line, board, app } = this;
    const [x, , y] = board.mesh.position.toArray();
    const away = Math.hypot(x - body.head[0], y + body.head[1]);
    if (!this.placed || away > BOARD.lost_m) this.turnBoard();
    // The line below the view follows the head, but not its every move.
    const off = Math.atan2(
      Math.sin(body.heading - this.lineHeading),
      Math.cos(body.heading - this.lineHeading),
    );
    if (Math.abs(off) > LINE.follow)
      this.lineHeading += (off - Math.sign(off) * LINE.follow) * Math.min(1, 6 * seconds);
    const below = -Math.sin(LINE.below) * LINE.away_m;
    line.mesh.position.copy(
      boardPlace(body.head, this.lineHeading, Math.cos(LINE.below) * LINE.away_m, below),
    );
    const [e, n, z] = body.head;
    line.mesh.lookAt(e, z, -n);
    line.mesh.updateMatrixWorld();
    board.mesh.updateMatrixWorld();
    const stops = app.tours.current?.document.stops;
    const monument = monumentOf(app.state);
    if (!stops || !monument) return;
    const feet = body.feet;
    const places = stops.map((stop, k): Vec3 | null => {
      if (k === app.tours.current!.state.stop) return null;
      const { eye } = poseOf(stop.view, monument.placement.site_from_monument);
      const floor = this.footing.knows(eye[0], eye[1]) ? this.footing.floor(eye[0], eye[1], eye[2]) : null;
      return [eye[0], eye[1], floor ?? feet[2]];
    });
    this.waypoints.place(places, feet);
  }

  private speak(): void {
    const { app, board, line, pointers } = this;
    board.say(
      boardWords(app, {
        page: this.page,
        pages: board.pages,
        vignette: this.comfort.vignette,
        notice: this.notice,
      }),
    );
    const { triangles, calls, error_px, frames_per_s } = this.figures;
    const debug = new URLSearchParams(location.search).has('debug');
    const figures = `${Math.round(triangles / 1000)}k triangles · ${calls} draw calls per eye · ${error_px.toFixed(0)} px · ${frames_per_s.toFixed(0)} Hz`;
    line.say(lineWords(app, this.held, pointers.empty && this.seconds > PATIENCE_S, debug ? figures : ''));
  }

  /** Now and then: what the last frame took, and how fine tiles may be for it. */
  private measure(): void {
    const { stage, standing } = this.view;
    this.frames++;
    const now = performance.now() / 1000;
    const passed = now - this.measured;
    if (passed < MEASURE_S || !this.placed) return;
    const eyes = Math.max(1, stage.renderer.xr.getCamera().cameras.length);
    const { triangles, points, lines, calls } = stage.renderer.info.render;
    const load = {
      triangles: Math.round((triangles + points + lines) / eyes),
      calls: Math.ceil(calls / eyes),
    };
    this.scheduler.update(shareOf(load, this.budget), this.seconds);
    for (const condition of standing) {
      if (!this.own.has(condition)) this.own.set(condition, condition.tiles.errorTarget);
      condition.tiles.errorTarget = this.scheduler.error_px;
    }
    this.figures = {
      ...load,
      error_px: this.scheduler.error_px,
      frames_per_s: this.frames / passed,
      eye: stage.eye ?? { width: 0, height: 0 },
    };
    this.measured = now;
    this.frames = 0;
    this.app.progress();
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
