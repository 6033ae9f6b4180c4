/** The scene as the rest of the viewer sees it: show conditions, fly to poses, tell where things are on screen. */
import { Raycaster, Vector2 } from 'three';
import { reach, sizeOf } from '../core/extent.ts';
import { fitted, swipeX, type Viewport } from '../core/fit.ts';
import { centre as centreOf, type Pose } from '../core/frames.ts';
import { eyeOf, type Orbit } from '../core/orbit.ts';
import type { Easing } from '../core/path.ts';
import type { FootprintFeature, MonumentEntry, Release, ShownEntry } from '../core/release.ts';
import type { Mode } from '../core/route.ts';
import { length, sub, type Vec3 } from '../core/vec.ts';
import { type Condition, Conditions, type Drawn } from './conditions.ts';
import { connect, farther, nearer } from './controls.ts';
import { Footprints } from './footprints.ts';
import { Surroundings, THEMES } from './ground.ts';
import { Rig } from './rig.ts';
import { Stage, toThree } from './stage.ts';
import { LABELS } from './surface.ts';

/** Two conditions of one monument on one screen. */
export interface Comparison {
  monument: MonumentEntry;
  left: ShownEntry;
  right: ShownEntry;
  mode: Mode;
  /** The swipe's or the blend's position, 0..1 over the free width. */
  position: number;
  change: { attribute: string; scale_m: number; range_m: number; threshold_m: number } | null;
}

export interface SceneEvents {
  onPick: (monument: string) => void;
  onTaken: () => void;
  onDrawn: () => void;
  onProgress: () => void;
  onLost: () => void;
  onRestored: () => void;
}

const EYE_ABOVE_GROUND_M = 0.4;
const HOVER_MS = 60;

export class View {
  readonly stage: Stage;
  readonly conditions: Conditions;
  readonly rig: Rig;
  private readonly footprints: Footprints;
  private readonly surroundings: Surroundings;
  private comparison: Comparison | null = null;
  private shown: Condition[] = [];
  private readonly release: Release;
  private readonly ray = new Raycaster();
  private hovered = 0;

  constructor(
    canvas: HTMLCanvasElement,
    release: Release,
    base: string,
    features: readonly FootprintFeature[],
    table: Uint8Array,
    smooth: boolean,
    events: SceneEvents,
  ) {
    this.release = release;
    this.ray.params.Points.threshold = 0; // leaves are not for clicking, and hide nothing
    this.stage = new Stage(canvas, smooth);
    this.conditions = new Conditions(this.stage, release, base, table);
    this.footprints = new Footprints(features);
    const { centre, radius, ground } = reach(release, features);
    const smallest = Math.min(...release.monuments.map(sizeOf), radius);
    this.surroundings = new Surroundings(features, centre, Math.max(radius * 4, 160));
    this.stage.scene.add(this.surroundings.group, this.footprints.group);
    this.rig = new Rig({ target: centre, distance: radius, heading: 0, pitch: 0.5, fovDeg: 45 });
    this.rig.limits = {
      nearest: Math.min(0.8, smallest * 0.25),
      farthest: radius * 3.2,
      floor: ground + Math.min(EYE_ABOVE_GROUND_M, smallest * 0.1),
      centre,
      radius: radius * 1.4,
    };
    this.rig.onTaken = events.onTaken;
    this.conditions.onChange = () => {
      this.hidePlans();
      events.onProgress();
      this.stage.invalidate();
    };
    this.stage.onDrawn = events.onDrawn;
    this.stage.onLost = events.onLost;
    this.stage.onRestored = events.onRestored;
    this.stage.onFrame = ({ seconds }) => this.advance(seconds);
    this.stage.draw = () => this.draw();
    connect(canvas, this.rig, this.stage, {
      onTap: (x, y) => {
        const monument = this.monumentAt(x, y);
        if (monument) events.onPick(monument);
      },
      onHover: (x, y) => {
        const now = performance.now();
        if (now - this.hovered < HOVER_MS) return;
        this.hovered = now;
        canvas.classList.toggle('pointing', this.monumentAt(x, y) !== null);
      },
    });
  }

  paint(theme: keyof typeof THEMES): void {
    this.surroundings.paint(THEMES[theme]);
    this.footprints.paint(THEMES[theme]);
    this.stage.invalidate();
  }

  /** Show one condition of each named monument, and nothing else. */
  show(conditions: readonly { monument: MonumentEntry; shown: Drawn }[]): void {
    this.comparison = null;
    this.reveal(conditions.map(({ monument, shown }) => this.conditions.get(monument, shown)));
  }

  /** How the measured points of an epoch are drawn: in their own colours or by label, and which labels. */
  label(monument: MonumentEntry, epoch: string, byLabel: boolean, hidden: readonly string[]): void {
    const { uniforms } = this.conditions.get(monument, { epoch, state: null, points: true });
    uniforms.labels.value = byLabel ? 1 : 0;
    uniforms.labelShown.value = LABELS.map((name) => (hidden.includes(name) ? 0 : 1));
    this.stage.invalidate();
  }

  /** Show two conditions of one monument beside or over each other, and the others as they are. */
  compare(comparison: Comparison, others: readonly { monument: MonumentEntry; shown: ShownEntry }[]): void {
    this.comparison = comparison;
    const left = this.conditions.get(comparison.monument, comparison.left);
    const right = this.conditions.get(comparison.monument, comparison.right);
    const pair = comparison.mode === 'change' ? [right] : [left, right];
    this.reveal([...others.map(({ monument, shown }) => this.conditions.get(monument, shown)), ...pair]);
    const { change } = comparison;
    if (comparison.mode === 'change' && change) {
      right.compareBy(change.attribute);
      right.uniforms.change.value = 1;
      right.uniforms.changeScale.value = change.scale_m;
      right.uniforms.changeRange.value = change.range_m;
      right.uniforms.changeThreshold.value = change.threshold_m;
    }
    if (comparison.mode === 'blend') {
      left.uniforms.keep.value = [comparison.position, 1];
      right.uniforms.keep.value = [0, comparison.position];
    }
    this.stage.invalidate();
  }

  private reveal(conditions: Condition[]): void {
    for (const c of this.conditions.all()) {
      c.object.visible = conditions.includes(c);
      c.uniforms.change.value = 0;
      c.uniforms.keep.value = [0, 1];
    }
    this.shown = conditions;
    this.hidePlans();
    this.stage.invalidate();
  }

  /** The way to a pose, framed for this window. */
  framed(pose: Pose): Orbit {
    return fitted(pose, this.stage.viewport);
  }

  fly(to: Orbit, seconds: number, easing: Easing = 'smooth'): void {
    this.rig.fly(to, seconds, easing);
    this.stage.invalidate();
  }

  place(orbit: Orbit): void {
    this.rig.place(orbit);
    this.stage.invalidate();
  }

  /** Whether the camera is with this monument, and not somewhere else in the site. */
  isAt(monument: MonumentEntry): boolean {
    const { min, max } = monument.bounds;
    const off = sub(this.rig.orbit.target, centreOf(min, max, monument.placement.site_from_monument));
    const size = sizeOf(monument);
    return length(off) < size && this.rig.orbit.distance < 5 * size;
  }

  zoom(inwards: boolean): void {
    this.rig.steer(inwards ? nearer : farther);
    this.stage.invalidate();
  }

  resize(viewport: Viewport): void {
    this.stage.resize(viewport);
  }

  /** Whether a point of the site frame is hidden behind what is drawn. */
  covered(p: Vec3): boolean {
    const eye = eyeOf(this.rig.orbit);
    const way = sub(p, eye);
    const far = length(way);
    this.ray.set(toThree(eye), toThree([way[0] / far, way[1] / far, way[2] / far]));
    this.ray.far = far * 0.985;
    const hit = this.shown.some((c) => this.ray.intersectObject(c.object, true).length > 0);
    this.ray.far = Number.POSITIVE_INFINITY;
    return hit;
  }

  get loading(): boolean {
    return this.shown.some((c) => c.loading);
  }

  get failed(): boolean {
    return this.shown.some((c) => c.failed);
  }

  /** Whether there is a picture: tiles of some monument, or nothing more to come. */
  get arrived(): boolean {
    return !this.loading || this.shown.some((c) => c.arrived);
  }

  retry(): void {
    for (const c of this.shown) c.retry();
    this.stage.invalidate();
  }

  /** Every tile of this view is loaded and drawn, and nothing moves. */
  get settled(): boolean {
    return !this.loading && !this.rig.flying && !this.stage.waiting;
  }

  private advance(seconds: number): boolean {
    const moving = this.rig.update(seconds);
    this.stage.place(this.rig.orbit);
    for (const c of this.shown) c.update(this.stage);
    return moving;
  }

  private draw(): void {
    const { renderer, scene, camera, viewport } = this.stage;
    const swipe = this.comparison?.mode === 'swipe' ? this.comparison : null;
    if (!swipe) {
      renderer.render(scene, camera);
      return;
    }
    const left = this.conditions.get(swipe.monument, swipe.left);
    const right = this.conditions.get(swipe.monument, swipe.right);
    const x = Math.round(swipeX(viewport, swipe.position));
    renderer.setScissorTest(true);
    for (const [side, from, to] of [
      ['left', 0, x],
      ['right', x, viewport.width],
    ] as const) {
      left.object.visible = side === 'left';
      right.object.visible = side === 'right';
      renderer.setScissor(from, 0, Math.max(0, to - from), viewport.height);
      renderer.render(scene, camera);
    }
    left.object.visible = right.object.visible = true;
    renderer.setScissorTest(false);
  }

  private hidePlans(): void {
    const there = this.release.monuments.filter((m) =>
      this.conditions.of(m).some((c) => c.object.visible && c.arrived),
    );
    this.footprints.hide(new Set(there.map((m) => m.id)));
  }

  private monumentAt(x: number, y: number): string | null {
    const { width, height } = this.stage.viewport;
    this.ray.setFromCamera(new Vector2((x / width) * 2 - 1, 1 - (y / height) * 2), this.stage.camera);
    const plan = this.footprints.pick(this.ray);
    let nearest = plan ? { monument: plan.feature.monument, distance: plan.distance } : null;
    for (const monument of this.release.monuments) {
      for (const c of this.conditions.of(monument)) {
        if (!c.object.visible) continue;
        const [hit] = this.ray.intersectObject(c.object, true);
        if (hit && (!nearest || hit.distance < nearest.distance))
          nearest = { monument: monument.id, distance: hit.distance };
      }
    }
    return nearest?.monument ?? null;
  }
}
