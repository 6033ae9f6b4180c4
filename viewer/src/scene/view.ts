/** The scene as the rest of the viewer sees it: show conditions, fly to poses, tell where things are on screen. */
import { Raycaster, Vector2 } from 'three';
import { mapRadius, reach, sizeOf } from '../core/extent.ts';
import { fitted, type Viewport } from '../core/fit.ts';
import { centre as centreOf, inverse, multiply, type Pose, three_from_site } from '../core/frames.ts';
import { eyeOf, type Orbit } from '../core/orbit.ts';
import { type Line, lineAt, paneAt } from '../core/panes.ts';
import type { Easing } from '../core/path.ts';
import type { Picked } from '../core/picked.ts';
import type { FootprintFeature, MonumentEntry, Release, ShownEntry } from '../core/release.ts';
import type { Mode } from '../core/route.ts';
import type { SunPosition } from '../core/sun.ts';
import { length, sub, type Vec3 } from '../core/vec.ts';
import { type BuildingInfo, Buildings } from './buildings.ts';
import { type Condition, Conditions, type Drawn } from './conditions.ts';
import { connect, farther, nearer } from './controls.ts';
import { Dissolve } from './dissolve.ts';
import { Surroundings, THEMES } from './ground.ts';
import { pickSurface } from './pick.ts';
import { Rig } from './rig.ts';
import { Stage, toThree } from './stage.ts';
import { LABELS } from './surface.ts';
import { handheld } from './tileset.ts';

/** Two conditions of one monument on one screen. */
export interface Comparison {
  monument: MonumentEntry;
  left: ShownEntry;
  right: ShownEntry;
  mode: Mode;
  /** The swipe's or the blend's position, 0..1 over the free width or height. */
  position: number;
  /** How the swipe's line stands. */
  line: Line;
  change: {
    attribute: string;
    scale_m: number;
    range_m: number;
    threshold_m: number;
    /** RGBA bytes from lost to gained. */
    table: Uint8Array;
  } | null;
}

/** What draws here: whether edges may be smoothed, and whether two pictures may be mixed instead of dithered. */
export interface Graphics {
  smooth: boolean;
  strong: boolean;
}

export interface SceneEvents {
  /** A monument was pressed, where its surface was: `picked`. */
  onPick: (monument: string, picked: Picked | null) => void;
  /** A building was pressed, or nothing was. */
  onBuilding: (building: BuildingInfo | null) => void;
  onTaken: () => void;
  onDrawn: () => void;
  onProgress: () => void;
  /** The window is one picture now, or two. */
  onLayout: () => void;
  onLost: () => void;
  onRestored: () => void;
}

const EYE_ABOVE_GROUND_M = 0.4;
const HOVER_MS = 60;

export class View {
  readonly stage: Stage;
  readonly conditions: Conditions;
  readonly rig: Rig;
  private readonly buildings: Buildings | null;
  private readonly surroundings: Surroundings;
  /** Whether a blend is mixed; else it is dithered, which draws everything once instead of twice. */
  mixed: boolean;
  private readonly dissolve = new Dissolve();
  private readonly onLayout: () => void;
  private comparison: Comparison | null = null;
  private shown: Condition[] = [];
  /** While set, presses on the scene ask for points of the surface instead of opening what they hit. */
  onPoint: ((picked: Picked | null) => void) | null = null;
  private readonly release: Release;
  private readonly ray = new Raycaster();
  private hovered = 0;

  constructor(
    canvas: HTMLCanvasElement,
    release: Release,
    base: string,
    features: readonly FootprintFeature[],
    table: Uint8Array,
    graphics: Graphics,
    events: SceneEvents,
  ) {
    this.release = release;
    this.ray.params.Points.threshold = 0; // leaves are not for clicking, and hide nothing
    this.stage = new Stage(canvas, graphics.smooth);
    this.mixed = graphics.strong && !handheld();
    this.onLayout = events.onLayout;
    this.conditions = new Conditions(this.stage, release, base, table);
    // The tiles' root transforms lead to ECEF; in double precision the two large moves cancel.
    const three_from_ecef = multiply(three_from_site, inverse(release.frame.ecef_from_site));
    const { map } = release;
    const owners = new Map(release.monuments.flatMap((m) => (m.footprint ? [[m.footprint, m.id]] : [])));
    this.buildings = map?.buildings
      ? new Buildings(base + map.buildings, three_from_ecef, this.stage, owners, () => events.onProgress())
      : null;
    const { centre, radius, ground } = reach(release, features);
    const wide = map ? Math.max(radius, mapRadius(map, centre)) : radius;
    const smallest = Math.min(...release.monuments.map(sizeOf), radius);
    this.surroundings = new Surroundings(
      features,
      centre,
      Math.max(radius * 4, wide * 1.8, 160),
      map,
      base,
      three_from_ecef,
      this.stage,
    );
    this.stage.scene.add(this.surroundings.group);
    this.rig = new Rig({ target: centre, distance: radius, heading: 0, pitch: 0.5, fovDeg: 45 });
    this.rig.limits = {
      nearest: Math.min(0.8, smallest * 0.25),
      farthest: Math.max(radius * 3.2, wide * 2),
      floor: ground + Math.min(EYE_ABOVE_GROUND_M, smallest * 0.1),
      floorAt: (east, north) => this.surroundings.terrain?.heightAt(east, north) ?? null,
      centre,
      radius: Math.max(radius * 1.4, wide),
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
        if (this.onPoint) {
          this.onPoint(this.surfaceAt(x, y));
          return;
        }
        const { monument, building } = this.at(x, y);
        if (monument) events.onPick(monument, this.surfaceAt(x, y));
        else events.onBuilding(building);
      },
      onHover: (x, y) => {
        const now = performance.now();
        if (now - this.hovered < HOVER_MS) return;
        this.hovered = now;
        if (this.onPoint) return;
        const { monument, building } = this.at(x, y);
        canvas.classList.toggle('pointing', Boolean(monument ?? building));
      },
    });
  }

  paint(theme: keyof typeof THEMES): void {
    this.surroundings.paint(THEMES[theme]);
    this.buildings?.paint(THEMES[theme]);
    this.stage.invalidate();
  }

  /** Light what is not measured as the sun at a position does, or by the map's own light. */
  shine(position: SunPosition | null): void {
    this.stage.daylight.set(position);
    this.buildings?.shine(position !== null);
    this.surroundings.shine(position);
    this.stage.shadowsChanged();
    this.stage.invalidate();
  }

  /** Show one condition of each named monument, and nothing else. */
  show(conditions: readonly { monument: MonumentEntry; shown: Drawn }[]): void {
    this.comparison = null;
    this.split(false);
    this.reveal(conditions.map(({ monument, shown }) => this.conditions.get(monument, shown)));
  }

  /** Mark one part of a state, by its feature id; null for none. */
  choosePart(monument: MonumentEntry, state: string, part: number | null): void {
    this.conditions.get(monument, { epoch: null, state }).uniforms.chosenPart.value = part ?? -1;
    this.stage.invalidate();
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
    this.split(comparison.mode === 'side');
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
      right.uniforms.changeTable.value = this.conditions.table(change.table);
    }
    if (comparison.mode === 'blend' && !this.mixed) {
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

  private split(split: boolean): void {
    if (split === this.stage.layout.panes.length > 1) return;
    this.stage.layOut(split);
    this.onLayout();
  }

  /** The way to a pose, framed for this window. */
  framed(pose: Pose): Orbit {
    return fitted(pose, this.stage.layout.film);
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

  /** Whether nothing more comes of the monuments, as where none is in view. */
  private get monumentsDone(): boolean {
    return this.shown.every((c) => !c.loading);
  }

  /** Everything that is streamed. */
  private get parts(): { loading: boolean; failed: boolean; retry: () => void }[] {
    return [...this.shown, this.buildings, this.surroundings.terrain].filter((c) => c !== null);
  }

  get loading(): boolean {
    return this.parts.some((c) => c.loading);
  }

  get failed(): boolean {
    return this.parts.some((c) => c.failed);
  }

  /** Whether there is a picture: tiles of some monument, or nothing more to come. */
  get arrived(): boolean {
    return this.monumentsDone || this.shown.some((c) => c.arrived);
  }

  retry(): void {
    for (const c of this.parts) c.retry();
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
    // The monuments first: what stands around them shall not take their place on a slow line.
    if (this.monumentsDone || this.shown.some((c) => c.arrived || c.failed)) {
      this.surroundings.terrain?.update(this.stage);
      this.buildings?.update(this.stage);
    }
    return moving;
  }

  private draw(): void {
    const { comparison, stage } = this;
    const { renderer, scene, camera } = stage;
    if (!comparison || comparison.mode === 'change' || (comparison.mode === 'blend' && !this.mixed)) {
      renderer.render(scene, camera);
      return;
    }
    const left = this.conditions.get(comparison.monument, comparison.left);
    const right = this.conditions.get(comparison.monument, comparison.right);
    const only = (condition: Condition, render: () => void) => {
      left.object.visible = condition === left;
      right.object.visible = condition === right;
      render();
      left.object.visible = right.object.visible = true;
    };
    if (comparison.mode === 'blend') {
      const render = () => renderer.render(scene, camera);
      this.dissolve.draw(
        renderer,
        () => only(left, render),
        () => only(right, render),
        comparison.position,
      );
    } else if (comparison.mode === 'side') {
      only(left, () => stage.drawPane(0));
      only(right, () => stage.drawPane(1));
    } else
      this.drawSwipe(
        comparison,
        (r) => only(left, r),
        (r) => only(right, r),
      );
  }

  private drawSwipe(
    { line, position }: Comparison,
    first: (render: () => void) => void,
    second: (render: () => void) => void,
  ): void {
    const { renderer, scene, camera, viewport } = this.stage;
    const { width, height } = viewport;
    const cut = Math.round(lineAt(viewport, line, position));
    const upright = line === 'upright';
    const render = () => renderer.render(scene, camera);
    renderer.setScissorTest(true);
    // three counts rows from the bottom.
    if (upright) renderer.setScissor(0, 0, cut, height);
    else renderer.setScissor(0, height - cut, width, cut);
    first(render);
    if (upright) renderer.setScissor(cut, 0, width - cut, height);
    else renderer.setScissor(0, 0, width, height - cut);
    second(render);
    renderer.setScissorTest(false);
  }

  private hidePlans(): void {
    const there = this.release.monuments.filter((m) =>
      this.conditions.of(m).some((c) => c.object.visible && c.arrived),
    );
    this.buildings?.hide(new Set(there.map((m) => m.id)));
    this.stage.shadowsChanged();
  }

  /** The point of a monument's surface at a position of the window: on the side of the swipe that is seen there. */
  surfaceAt(x: number, y: number): Picked | null {
    this.aim(x, y);
    return pickSurface(this.ray, this.seenAt(x, y));
  }

  /** The surfaces that are drawn at a position of the window. */
  private seenAt(x: number, y: number): Condition[] {
    const { comparison, stage } = this;
    if (comparison?.mode !== 'swipe' && comparison?.mode !== 'side') return this.shown;
    const along = comparison.line === 'upright' ? x : y;
    const second =
      comparison.mode === 'side'
        ? paneAt(stage.layout, x, y) === 1
        : along >= lineAt(stage.viewport, comparison.line, comparison.position);
    const hidden = this.conditions.get(comparison.monument, second ? comparison.left : comparison.right);
    return this.shown.filter((c) => c !== hidden);
  }

  private aim(x: number, y: number): void {
    const at = this.stage.aim(x, y);
    this.ray.setFromCamera(new Vector2(at.x, at.y), this.stage.camera);
  }

  /** What is at a position of the window: a monument, else a building. */
  private at(x: number, y: number): { monument: string | null; building: BuildingInfo | null } {
    this.aim(x, y);
    const hit = this.buildings?.pick(this.ray) ?? null;
    let nearest = hit?.distance ?? Number.POSITIVE_INFINITY;
    let found = { monument: hit?.monument ?? null, building: hit?.building ?? null };
    for (const monument of this.release.monuments) {
      for (const c of this.conditions.of(monument)) {
        if (!c.object.visible) continue;
        const [first] = this.ray.intersectObject(c.object, true);
        if (first && first.distance < nearest) {
          nearest = first.distance;
          found = { monument: monument.id, building: null };
        }
      }
    }
    return found;
  }
}
