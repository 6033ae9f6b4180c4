/** The scene as the rest of the viewer sees it: show conditions, fly to poses, tell where things are on screen. */
import { sizeOf } from '../core/extent.ts';
import { fitted, type Viewport } from '../core/fit.ts';
import { centre as centreOf, type Pose } from '../core/frames.ts';
import type { Orbit } from '../core/orbit.ts';
import type { Easing } from '../core/path.ts';
import type { Picked } from '../core/picked.ts';
import type { FootprintFeature, MonumentEntry, Release } from '../core/release.ts';
import type { SunPosition } from '../core/sun.ts';
import { length, sub, type Vec3 } from '../core/vec.ts';
import type { Ahead } from './ahead.ts';
import type { BuildingInfo } from './buildingTable.ts';
import { Conditions } from './conditions.ts';
import { farther, nearer } from './controls.ts';
import { handheld } from './device.ts';
import { Drawing, type Pair } from './drawing.ts';
import { OnScreen } from './onScreen.ts';
import { listen, type SceneEvents } from './presses.ts';
import { Rig } from './rig.ts';
import { Seeing } from './seeing.ts';
import { Setting } from './setting.ts';
import { Stage } from './stage.ts';
import { THEMES } from './theme.ts';

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
  readonly onScreen: OnScreen;
  readonly rig: Rig;
  private readonly setting: Setting;
  driver: Driver | null = null;
  /** Fetches what a tour shows next, once there is a tour. */
  ahead: Ahead | null = null;
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
    this.conditions = new Conditions(this.stage, release, base, table);
    this.onScreen = new OnScreen(this.stage, this.conditions, graphics.strong && !handheld());
    this.onScreen.onLayout = events.onLayout;
    this.onScreen.onChange = () => {
      this.ahead?.prepare(null);
      this.hidePlans();
    };
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
    this.stage.draw = () => {
      const { pair, mixed } = this.onScreen;
      if (this.driver?.draw) this.driver.draw(pair);
      else this.drawing.draw(pair, mixed);
    };
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

  /** Tell of a building of the map as soon as its tile is there, if the view that comes has it; null: of none any more. */
  seek(building: string | null, found: (building: BuildingInfo) => void): void {
    const { buildings } = this.setting;
    if (building === null) buildings?.rest();
    else buildings?.seek(building, found);
    this.stage.invalidate();
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
    return this.seeing.covered(p, this.rig.orbit, this.onScreen.standing);
  }

  /** The point of a monument's surface at a position of the window: on the side of the comparison that is seen there. */
  surfaceAt(x: number, y: number): Picked | null {
    return this.seeing.surfaceAt(x, y, this.onScreen.standing, this.onScreen.pair);
  }

  /** Whether a camera that goes from place to place of the site frame meets a surface that is shown. */
  meets(places: readonly Vec3[]): boolean {
    return this.seeing.meets(places, this.onScreen.standing);
  }

  /** Whether nothing more comes of the monuments, as where none is in view. */
  private get monumentsDone(): boolean {
    return this.onScreen.standing.every((c) => !c.loading);
  }

  /** Everything that is fetched. */
  private get parts(): { loading: boolean; failed: boolean; retry: () => void }[] {
    return [...this.onScreen.standing, ...this.setting.parts];
  }

  get loading(): boolean {
    return !this.ahead?.resting(this.rig.orbit) && this.parts.some((c) => c.loading);
  }

  get failed(): boolean {
    return this.parts.some((c) => c.failed);
  }

  /** Whether the named monuments are all on screen, as far as they ever will be. */
  shows(monuments: readonly string[]): boolean {
    const own = this.onScreen.standing.filter((c) => monuments.includes(c.of.monument.id));
    return own.every((c) => c.arrived || !c.loading);
  }

  /** Whether there is a picture: tiles of some monument, or nothing more to come. */
  get arrived(): boolean {
    return this.monumentsDone || this.onScreen.standing.some((c) => c.arrived);
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
    this.conditions.share();
    this.ahead?.update(this.rig.orbit, !moving && !this.loading, this.onScreen.standing);
    for (const c of this.onScreen.standing) c.update(this.stage);
    // The monuments first: what stands around them shall not take their place on a slow line.
    if (this.monumentsDone || this.onScreen.standing.some((c) => c.arrived || c.failed))
      this.setting.update();
    // Whoever is sought and is not in the finest map of this view is not here: an address may be old.
    if (!moving && !this.loading) this.setting.buildings?.rest();
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
