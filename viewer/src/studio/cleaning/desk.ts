/** A survey's corrections on the desk: what is drawn, what it would move, and what the release on screen has of it. */
import { isoDay } from '../../core/format.ts';
import type { CleaningDocument, EpochEntry } from '../../core/release.ts';
import { add, sub, type Vec3 } from '../../core/vec.ts';
import type { Api, Opened, Release } from '../core/api.ts';
import { put } from '../core/schema.ts';
import type { Json } from '../core/tour.ts';
import { Desk } from '../desk.ts';
import type { Handle } from '../scene/handle.ts';
import { Building } from './building.ts';
import type { Cloud } from './cloud.ts';
import { Drawing } from './drawing.ts';
import type { Correction, Label } from './region.ts';
import { CORRECTIONS, type Corrections } from './shape.ts';

export class Cleaning extends Desk<Corrections> {
  readonly monument: string;
  readonly epoch: string;
  readonly who: string;
  readonly drawing: Drawing = new Drawing(
    (becomes) => this.freshId(becomes),
    () => this.onChange(),
  );
  readonly building: Building;
  /** What the release on screen says of the survey, and what the one before this build said. */
  made: CleaningDocument | null = null;
  before: CleaningDocument | null = null;
  /** Points that each correction that is not built moves, of those loaded. */
  moved: ReadonlyMap<string, number> = new Map();
  chosen: string | null = null;
  protected readonly place = null;
  private scene: Handle | null = null;
  /** Whether the release is older than what says how points were cleaned. */
  private older = false;
  private survey: EpochEntry | null = null;

  constructor(api: Api, opened: Opened<Corrections>, value: Corrections, who: string) {
    super(api, CORRECTIONS, opened, value, who);
    this.who = who;
    this.building = new Building(api, () => this.onChange());
    [, this.monument, , this.epoch] = opened.key.split('/') as [string, string, string, string];
    void this.poll();
  }

  /** The survey's points; null: not there yet, or nothing can be corrected. */
  get cloud(): Cloud | null {
    return this.hindrance ? null : this.drawing.cloud;
  }

  /** Why nothing can be corrected here: the release is older than this, or its frame is another than the file's. */
  get hindrance(): 'older' | 'frame' | null {
    if (this.older) return 'older';
    const { frame, corrections } = this.now;
    if (!this.made || corrections.length === 0) return null;
    const same = this.made.up === frame.up && this.made.metres_per_unit === frame.metres_per_unit;
    return same ? null : 'frame';
  }

  /** The scene stands, or another one does. */
  async take(scene: Handle | null): Promise<void> {
    if (scene === this.scene) return;
    this.scene = scene;
    this.drawing.cloud = null;
    if (!scene) return;
    const found = await scene.cloud(this.monument, this.epoch);
    if (scene !== this.scene || this.ended) {
      found?.end();
      return;
    }
    this.survey =
      scene.app.state.release?.monuments
        .find((m) => m.id === this.monument)
        ?.epochs.find((e) => e.id === this.epoch) ?? null;
    const made = found ? await scene.app.document<CleaningDocument>(this.survey!.cleaning!) : null;
    this.older = !made;
    this.made = made;
    if (found && made) {
      found.onLoaded = () => this.weigh();
      found.onDrawn = () => this.onChange();
      this.drawing.on(found);
      this.weigh();
    }
    this.onChange();
  }

  override end(): void {
    super.end();
    this.building.end();
    this.drawing.cloud?.end();
  }

  /** The corrections that the release on screen does not have yet. */
  get unbuilt(): readonly Correction[] {
    const built = new Set(this.made?.corrections.map((one) => one.id));
    return this.now.corrections.filter((one) => !built.has(one.id));
  }

  /** Corrections that are taken away, and still in the release on screen. */
  get gone(): readonly string[] {
    const there = new Set(this.now.corrections.map((one) => one.id));
    return (this.made?.corrections ?? []).filter((one) => !there.has(one.id)).map((one) => one.id);
  }

  /** How many points a correction of the release on screen moved in the build; null where it is not in it. */
  builtOf(id: string): number | null {
    const found = this.made?.corrections.find((one) => one.id === id);
    return found ? Object.values(found.was).reduce((sum, n) => sum + n, 0) : null;
  }

  /** What was drawn becomes a correction. */
  keep(): void {
    const drawn = this.drawing.take();
    if (!drawn || !this.made || this.hindrance) return;
    const { now } = this;
    // Drawn in the frame that the release has; written in the one that the file has.
    const first = now.corrections.length === 0;
    const { up, metres_per_unit, origin_m } = this.made;
    const frame = first ? { up, metres_per_unit, origin_m } : now.frame;
    const shift = sub(origin_m as Vec3, frame.origin_m as unknown as Vec3);
    const when = isoDay();
    const made = { ...shifted(drawn, shift), who: this.who, when };
    this.chosen = made.id;
    this.history.do({ frame, corrections: [...now.corrections, made] }, { key: 'step.correct' });
  }

  remove(id: string): void {
    const corrections = this.now.corrections.filter((one) => one.id !== id);
    this.chosen = null;
    this.history.do({ ...this.now, corrections }, { key: 'step.uncorrect' });
  }

  note(id: string, text: string): void {
    const k = this.now.corrections.findIndex((one) => one.id === id);
    const value = this.now as unknown as Json;
    const next = put(value, ['corrections', k, 'note'], text === '' ? undefined : text);
    this.history.do(next as unknown as Corrections, { key: 'cleaning.note' }, `note/${id}`);
  }

  /** A correction where the release on screen has it. */
  here(one: Correction): Correction {
    const { made } = this;
    return made ? shifted(one, sub(this.now.frame.origin_m as unknown as Vec3, made.origin_m as Vec3)) : one;
  }

  protected override took(own: boolean): void {
    this.weigh();
    super.took(own);
  }

  private weigh(): void {
    // A version of before may be in another frame: its regions would mean other points here.
    const unbuilt = this.hindrance ? [] : this.unbuilt;
    const moved = this.drawing.cloud?.preview(unbuilt.map((one) => this.here(one))) ?? [];
    this.moved = new Map(unbuilt.map((one, k) => [one.id, moved[k] ?? 0]));
    this.onChange();
  }

  private freshId(becomes: Label): string {
    const taken = new Set(this.now.corrections.map((one) => one.id));
    const stem = becomes.replace('_', '-');
    for (let k = 1; ; k++) {
      const id = `${stem}-${k}${this.mark}`;
      if (!taken.has(id) && !this.made?.corrections.some((one) => one.id === id)) return id;
    }
  }

  /** Build a release with what is saved; `look` is shown what came of it, beside what there was. */
  async start(
    tried: <A>(asked: Promise<A>) => Promise<A | null>,
    look: (release: Release) => void,
  ): Promise<void> {
    await this.building.start(tried, (release) => {
      this.before = this.made;
      look(release);
    });
  }
}

function shifted(one: Correction, by: Vec3): Correction {
  if (by.every((c) => c === 0)) return one;
  if (one.brush) return { ...one, brush: { ...one.brush, at_m: one.brush.at_m.map((p) => add(p, by)) } };
  return one.lasso ? { ...one, lasso: { ...one.lasso, eye_m: add(one.lasso.eye_m, by) } } : one;
}
