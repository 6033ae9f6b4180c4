/**
 * A visit in a headset, in real size: the room's floor stands on the site's. Tours go on as on the page, without flights;
 * the visitor walks, jumps to stops and places of the floor, and sees the other of two conditions while the trigger is held.
 */
import { Scheduler as TileScheduler } from '3d-tiles-renderer/core';
import { Matrix4, type Object3D } from 'three';
import type { App } from '../app/app.ts';
import { lookDirection, type Orbit, orbitOf } from '../core/orbit.ts';
import { add, scale, type Vec3 } from '../core/vec.ts';
import { STEP_M } from '../core/walk.ts';
import type { Pair } from '../scene/drawing.ts';
import { Footing } from '../scene/footing.ts';
import type { Driver, View } from '../scene/view.ts';
import { Boards } from './boards.ts';
import { Body } from './body.ts';
import { Comfort } from './comfort.ts';
import { eyeSize, lookThrough } from './lens.ts';
import { Meter } from './meter.ts';
import { Places } from './places.ts';
import { Pointers } from './pointers.ts';
import { Steps } from './steps.ts';
import { Waypoints } from './waypoints.ts';

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
  readonly places: Places;
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
  private moved = false;
  private seconds = 0;
  private left = false;

  constructor(app: App, view: View, session: XRSession) {
    this.app = app;
    this.view = view;
    this.session = session;
    this.before = { driver: view.driver, still: view.rig.still, orbit: view.rig.orbit };
    this.footing = app.walking?.footing ?? new Footing(app.state.release!, app.state.base, view.features);
    this.body = new Body(view.stage.renderer);
    this.places = new Places(app, this.footing, this.body);
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
    // Not by the renderer's own loop: that would run the window's frames beside the headset's, with times of their own.
    renderer.xr.setAnimationLoop((time) => {
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
    if (!app.tours.current) this.places.begin(this.before.orbit);
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
    if (this.places.follow()) this.boards.open();
    const place = this.places.stand(this.placed, this.seconds);
    if (place) this.jump(place.feet, place.heading);
    const moving = this.step(seconds);
    this.comfort.advance(seconds, moving);
    this.head.copy(view.stage.camera.matrixWorld);
    this.pointers.comparing = this.app.state.comparing !== null;
    this.pointers.update(seconds, this.head);
    if (!this.placed) this.boards.turn();
    this.boards.follow(seconds);
    this.waypoints.place(this.places.stops, body.feet);
    this.speak();
    if (this.placed && this.meter.count()) this.app.progress();
    const look = lookDirection({ heading: body.heading, pitch: body.pitch });
    view.rig.place(orbitOf(body.head, add(body.head, scale(look, 3)), 90));
    return true;
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
    if (stop === 'unknown') this.places.lack();
    if (this.moved && !going) this.boards.turn();
    this.moved = going;
    return going;
  }

  private speak(): void {
    const debug = new URLSearchParams(location.search).has('debug');
    this.boards.say(
      this.app,
      { vignette: this.comfort.vignette, notice: this.places.notice },
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
