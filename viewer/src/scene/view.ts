/** The scene as the rest of the viewer sees it: show conditions, fly to poses, tell where things are on screen. */
import { sizeOf } from '../core/extent.ts';
import { fitted, type Viewport } from '../core/fit.ts';
import { centre as centreOf, type Pose } from '../core/frames.ts';
import type { Orbit } from '../core/orbit.ts';
import type { Easing } from '../core/path.ts';
import type { Picked } from '../core/picked.ts';
import type { FootprintFeature, MonumentEntry, Release, ShownEntry } from '../core/release.ts';
import type { SunPosition } from '../core/sun.ts';
import { length, sub, type Vec3 } from '../core/vec.ts';
import type { Ahead } from './ahead.ts';
import type { BuildingInfo } from './buildingTable.ts';
import { type Condition, Conditions, type Drawn } from './conditions.ts';
import { farther, nearer } from './controls.ts';
import { type Comparison, Drawing, fades, type Pair } from './drawing.ts';
import { listen, type SceneEvents } from './presses.ts';
import { Rig } from './rig.ts';
import { Seeing } from './seeing.ts';
import { Setting } from './setting.ts';
import { Stage } from './stage.ts';
import { THEMES } from './theme.ts';
import { handheld } from './tileset.ts';
import { LABELS } from './uniforms.ts';

/** What draws here: whether edges may be smoothed, and whether two pictures may be mixed instead of dithered. */
export interface Graphics {
  smooth: boolean;
  strong: boolean;
}

/** Somebody who moves the camera in place of the visitor's hand: on foot, or in a headset. */
export interface Driver {
  /** Called before each frame; true while something moves. */
  advance: (seconds: number) => boolean;
  /** Flights and views that others ask for are not followed. */
  holds: boolean;
  /** Draws the frame in place of the screen's own picture. */
  draw?: (pair: Pair | null) => void;
}

export class View {
  readonly stage: Stage;
  readonly conditions: Conditions;
  readonly rig: Rig;
  private readonly setting: Setting;
  /** Whether a blend is mixed; else it is dithered, which draws everything once instead of twice. */
  mixed: boolean;
  driver: Driver | null = null;
  /** Fetches what a tour shows next, once there is a tour. */
  ahead: Ahead | null = null;
  private readonly onLayout: () => void;
  private pair: Pair | null = null;
  private shown: Condition[] = [];
  /** While set, presses on the scene ask for points of the surface instead of opening what they hit. */
  onPoint: ((picked: Picked | null) => void) | null = null;
  private readonly release: Release;
  /** Ground plans of the monuments and of what stands nearest. */
  readonly features: readonly FootprintFeature[];
  private readonly drawing: Drawing;
  private readonly seeing: Seeing;
  private readonly hands: () => () => void;
  private letGo: () => void;

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
    this.features = features;
    this.stage = new Stage(canvas, graphics.smooth);
    this.mixed = graphics.strong && !handheld();
    this.onLayout = events.onLayout;
    this.conditions = new Conditions(this.stage, release, base, table);
    this.setting = new Setting(this.stage, release, base, features, () => events.onProgress());
    this.rig = new Rig(this.setting.overall);
    this.rig.limits = this.setting.limits;
    this.rig.onTaken = events.onTaken;
    this.conditions.onChange = () => {
      this.hidePlans();
      events.onProgress();
      this.stage.invalidate();
    };
    this.stage.onDrawn = events.onDrawn;
    this.stage.onLost = events.onLost;
    this.stage.onRestored = events.onRestored;
    this.drawing = new Drawing(this.stage);
    this.seeing = new Seeing(this.stage, this.conditions, this.setting.buildings);
    this.stage.onFrame = ({ seconds }) => this.advance(seconds);
    this.stage.draw = () =>
      this.driver?.draw ? this.driver.draw(this.pair) : this.drawing.draw(this.pair, this.mixed);
    this.hands = () => listen(canvas, this, this.seeing, events);
    this.letGo = this.hands();
  }

  /** Let other hands steer, which `take` connects; what is returned gives the scene back to the usual ones. */
  lend(take: () => () => void): () => void {
    this.letGo();
    this.letGo = take();
    return () => {
      this.letGo();
      this.letGo = this.hands();
    };
  }

  paint(theme: keyof typeof THEMES): void {
    this.setting.paint(THEMES[theme]);
  }

  /** Light what is not measured as the sun at a position does, or by the map's own light. */
  shine(position: SunPosition | null): void {
    this.setting.shine(position);
  }

  /** Show one condition of each named monument, and nothing else. */
  show(conditions: readonly { monument: MonumentEntry; shown: Drawn }[]): void {
    this.pair = null;
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
    this.split(comparison.mode === 'side');
    const left = this.conditions.get(comparison.monument, comparison.left);
    const right = this.conditions.get(comparison.monument, comparison.right);
    this.pair = { comparison, left, right };
    const drawn = comparison.mode === 'change' ? [right] : [left, right];
    this.reveal([...others.map(({ monument, shown }) => this.conditions.get(monument, shown)), ...drawn]);
    const { change } = comparison;
    if (comparison.mode === 'change' && change) {
      right.showChange(change, this.conditions.table(change.table));
    }
    if (fades(comparison.mode) && !this.mixed) {
      if (comparison.mode === 'blend') left.uniforms.keep.value = [comparison.position, 1];
      right.uniforms.keep.value = [0, comparison.position];
    }
    this.stage.invalidate();
  }

  /** Tell of a building of the map as soon as its tile is there; null: of none any more. */
  seek(building: string | null, found: (building: BuildingInfo) => void): void {
    this.setting.buildings?.seek(building, found);
    this.stage.invalidate();
  }

  private reveal(conditions: Condition[]): void {
    this.ahead?.prepare(null);
    for (const c of this.conditions.all()) {
      c.object.visible = conditions.includes(c);
      c.uniforms.change.value = 0;
      c.uniforms.keep.value = [0, 1];
    }
    this.shown = conditions;
    this.conditions.keep(conditions);
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
    if (this.driver?.holds) return;
    this.rig.fly(to, seconds, easing);
    this.stage.invalidate();
  }

  place(orbit: Orbit): void {
    if (this.driver?.holds) return;
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
    return this.seeing.covered(p, this.rig.orbit, this.shown);
  }

  /** The point of a monument's surface at a position of the window: on the side of the comparison that is seen there. */
  surfaceAt(x: number, y: number): Picked | null {
    return this.seeing.surfaceAt(x, y, this.shown, this.pair);
  }

  /** Whether a camera that goes from place to place of the site frame meets a surface that is shown. */
  meets(places: readonly Vec3[]): boolean {
    return this.seeing.meets(places, this.shown);
  }

  /** The conditions on screen. */
  get standing(): readonly Condition[] {
    return this.shown;
  }

  /** Whether nothing more comes of the monuments, as where none is in view. */
  private get monumentsDone(): boolean {
    return this.shown.every((c) => !c.loading);
  }

  /** Everything that is streamed. */
  private get parts(): { loading: boolean; failed: boolean; retry: () => void }[] {
    return [...this.shown, ...this.setting.parts];
  }

  get loading(): boolean {
    return !this.ahead?.resting(this.rig.orbit) && this.parts.some((c) => c.loading);
  }

  get failed(): boolean {
    return this.parts.some((c) => c.failed);
  }

  /** Whether the named monuments are all on screen, as far as they ever will be. */
  shows(monuments: readonly string[]): boolean {
    const own = this.shown.filter((c) => monuments.includes(c.of.monument.id));
    return own.every((c) => c.arrived || !c.loading);
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
    const driven = this.driver?.advance(seconds) ?? false;
    const moving = this.rig.update(seconds) || driven;
    this.stage.place(this.rig.orbit);
    this.ahead?.update(this.rig.orbit, !moving && !this.loading, this.shown);
    for (const c of this.shown) c.update(this.stage);
    // The monuments first: what stands around them shall not take their place on a slow line.
    if (this.monumentsDone || this.shown.some((c) => c.arrived || c.failed)) this.setting.update();
    return moving;
  }

  private hidePlans(): void {
    const there = this.release.monuments.filter((m) =>
      this.conditions.of(m).some((c) => c.object.visible && c.arrived),
    );
    this.setting.buildings?.hide(new Set(there.map((m) => m.id)));
    this.stage.shadowsChanged();
  }
}
