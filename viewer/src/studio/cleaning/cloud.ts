/** A survey's labelled points in the scene: what is loaded of them, what corrections would make of it, what is under a hand. */
import type { App } from '../../app/app.ts';
import { inverse, multiply } from '../../core/frames.ts';
import type { CleaningDocument, EpochEntry, MonumentEntry } from '../../core/release.ts';
import { length, sub, type Vec3 } from '../../core/vec.ts';
import type { Condition } from '../../scene/conditions.ts';
import { HeldPoints } from './points.ts';
import type { Correction } from './region.ts';
import { millimetres, Sight } from './sight.ts';

const CHANGES = ['load-model', 'dispose-model'] as const;
const SOON_MS = 200;
const FINGER_PX = 14; // how far from the pointer a point is still meant

export class Cloud {
  readonly epoch: EpochEntry;
  readonly sight: Sight;
  /** Told when other points are loaded than before. */
  onLoaded: () => void = () => {};
  /** Told when the scene was drawn: what lies over it may have moved. */
  onDrawn: () => void = () => {};
  private readonly app: App;
  private readonly others: () => void;
  private readonly monument: MonumentEntry;
  private readonly condition: Condition;
  private readonly points: HeldPoints;
  private pending: readonly Correction[] = [];
  private soon = 0;
  private took_ms = 0;

  constructor(app: App, monument: MonumentEntry, epoch: EpochEntry, cleaning: CleaningDocument) {
    this.app = app;
    this.monument = monument;
    this.epoch = epoch;
    const site_from_epoch = multiply(monument.placement.site_from_monument, cleaning.monument_from_epoch);
    this.sight = new Sight(app, epoch, site_from_epoch);
    this.condition = app.view!.conditions.get(monument, { epoch: epoch.id, state: null, points: true });
    this.points = new HeldPoints(this.condition, inverse(site_from_epoch));
    for (const what of CHANGES) this.condition.tiles.addEventListener(what, this.changed);
    const { stage } = app.view!;
    this.others = stage.onDrawn;
    stage.onDrawn = () => {
      this.others();
      this.onDrawn();
    };
    this.points.gather();
  }

  /** Nobody looks at it any more: the points are as the release has them. */
  end(): void {
    // Points that come later are another's to colour.
    for (const what of CHANGES) this.condition.tiles.removeEventListener(what, this.changed);
    clearTimeout(this.soon);
    this.preview([]);
    this.onLoaded = this.onDrawn = () => {};
    if (this.app.view) this.app.view.stage.onDrawn = this.others;
  }

  /** Show the points by label, without the `hidden` labels; at first as the monument is seen when one comes to it. */
  show(hidden: readonly string[]): void {
    const { app, monument, epoch } = this;
    const points = { byLabel: true, hidden: [...hidden] };
    const { route } = app.state;
    if (route.view !== 'monument' || route.monument !== monument.id || !app.state.points)
      app.address.go({ view: 'monument', monument: monument.id }, { shown: epoch.id, points });
    else app.showing.points(points);
  }

  /** How many points are loaded. */
  get loaded(): number {
    return this.points.count;
  }

  /** Colour the loaded points as `corrections` would label them; how many each of them moves. */
  preview(corrections: readonly Correction[]): number[] {
    this.pending = corrections;
    const moved = this.points.correct(corrections);
    this.app.view?.stage.invalidate();
    return moved;
  }

  /** The same with one more, which is being drawn; how many it moves. */
  sketch(correction: Correction | null): number {
    const moved = this.points.sketch(correction);
    this.app.view?.stage.invalidate();
    return moved;
  }

  /** The nearest point drawn at a position of the window, in the epoch's frame; null where there is none. */
  pick(x: number, y: number): Vec3 | null {
    const { origin, direction } = this.sight.ray(x, y);
    const found = this.points.nearest(origin, direction, FINGER_PX * this.sight.tangentOfPixel());
    return found && millimetres(found);
  }

  /** How large the monument is, metres: what a brush begins with goes by it. */
  get size_m(): number {
    const { min, max } = this.epoch.bounds;
    return length(sub(max as Vec3, min as Vec3));
  }

  zoom(inwards: boolean): void {
    this.app.view?.zoom(inwards);
  }

  private readonly changed = (): void => {
    if (this.soon) return;
    this.soon = window.setTimeout(
      () => {
        this.soon = 0;
        const begun = performance.now();
        this.points.gather();
        this.preview(this.pending);
        this.onLoaded();
        this.took_ms = performance.now() - begun;
      },
      // Many corrections take long; the page is not to do nothing else while points arrive.
      Math.max(SOON_MS, 2 * this.took_ms),
    );
  };
}
