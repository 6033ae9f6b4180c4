/** A survey's corrections on the desk: what is drawn, what it would move, and the build that applies it. */
import type { CleaningDocument, EpochEntry } from '../../core/release.ts';
import { add, sub, type Vec3 } from '../../core/vec.ts';
import type { Api, Build, Opened, Release } from '../core/api.ts';
import { put } from '../core/schema.ts';
import type { Json } from '../core/tour.ts';
import { Desk } from '../desk.ts';
import type { Handle } from '../scene/handle.ts';
import type { Cloud } from './cloud.ts';
import type { Correction, Label, Vec2 } from './region.ts';
import { CORRECTIONS, type Corrections } from './shape.ts';

export type Tool = 'look' | 'brush' | 'lasso';

/** What one begins with; every correction keeps its own. */
export interface Settings {
  tool: Tool;
  was: readonly Label[];
  becomes: Label;
  radius_m: number;
  /** Only what is seen, so deep behind what is foremost; or all the way through. */
  seen: boolean;
  behind_m: number;
  far_m: number | null;
  hidden: readonly string[];
}

const FOLLOW_MS = 2000;
const STEP = 0.5; // radii between the balls of a stroke

export class Cleaning extends Desk<Corrections> {
  readonly monument: string;
  readonly epoch: string;
  readonly who: string;
  settings: Settings = {
    tool: 'look',
    was: ['vegetation'],
    becomes: 'kept',
    radius_m: 0.5,
    seen: true,
    behind_m: 0.5,
    far_m: null,
    hidden: [],
  };
  cloud: Cloud | null = null;
  /** What the release on screen says of the survey, and what the one before this build said. */
  made: CleaningDocument | null = null;
  before: CleaningDocument | null = null;
  /** Why nothing can be corrected here: the release is older than this, or its frame is another. */
  hindrance: 'older' | 'frame' | null = null;
  /** Points that each correction that is not built moves, of those loaded. */
  moved: ReadonlyMap<string, number> = new Map();
  chosen: string | null = null;
  /** The correction under the hand, and how many points it would move. */
  draft: { correction: Correction; moved: number } | null = null;
  build: Build | null = null;
  protected readonly place = null;
  private scene: Handle | null = null;
  /** Whether brush and depth are as large as fits the monument. */
  private started = false;
  private survey: EpochEntry | null = null;

  constructor(api: Api, opened: Opened<Corrections>, value: Corrections, who: string) {
    super(api, CORRECTIONS, opened, value, who);
    this.who = who;
    [, this.monument, , this.epoch] = opened.key.split('/') as [string, string, string, string];
    void this.poll();
  }

  /** The scene stands, or another one does. */
  async take(scene: Handle | null): Promise<void> {
    if (scene === this.scene) return;
    this.scene = scene;
    this.cloud = null;
    if (!scene) return;
    const found = await scene.cloud(this.monument, this.epoch);
    if (scene !== this.scene || this.ended) return;
    this.survey =
      scene.app.state.release?.monuments
        .find((m) => m.id === this.monument)
        ?.epochs.find((e) => e.id === this.epoch) ?? null;
    const made = found ? await scene.app.document<CleaningDocument>(this.survey!.cleaning!) : null;
    const { frame } = this.now;
    const same = made && made.up === frame.up && made.metres_per_unit === frame.metres_per_unit;
    this.hindrance = !made ? 'older' : same || this.now.corrections.length === 0 ? null : 'frame';
    this.made = made;
    if (found && !this.hindrance) {
      if (!this.started) this.settings = { ...this.settings, ...startFor(found.size_m) };
      this.started = true;
      this.cloud = found;
      found.onLoaded = () => this.weigh();
      found.onDrawn = () => this.onChange();
      found.show(this.settings.hidden);
      this.weigh();
    }
    this.onChange();
  }

  override end(): void {
    super.end();
    this.cloud?.end();
  }

  set(change: Partial<Settings>): void {
    this.settings = { ...this.settings, ...change };
    if (change.hidden) this.cloud?.show(change.hidden);
    this.onChange();
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

  /** A stroke of the brush goes on at a position of the window. */
  stroke(x: number, y: number): void {
    const at = this.cloud?.pick(x, y);
    if (at) this.strokeAt(at);
  }

  private strokeAt(at: Vec3): void {
    const { radius_m } = this.settings;
    const before = this.draft?.correction.brush?.at_m ?? [];
    const last = before.at(-1);
    if (last && Math.hypot(...sub(at, last)) < STEP * radius_m) return;
    this.sketch({ brush: { radius_m, at_m: [...before, at] } });
  }

  /** A ball by numbers. */
  dab(at: Vec3): void {
    this.draft = null;
    this.sketch({ brush: { radius_m: this.settings.radius_m, at_m: [at] } });
    this.keep();
  }

  /** What is drawn round so far. */
  draw(line: readonly Vec2[]): void {
    const { seen, behind_m, far_m } = this.settings;
    const lasso = this.cloud?.lasso(line, seen ? { behind_m } : null, far_m);
    if (lasso) this.sketch({ lasso });
  }

  private sketch(region: Pick<Correction, 'brush' | 'lasso'>): void {
    const { was, becomes } = this.settings;
    const correction: Correction = {
      id: this.draft?.correction.id ?? this.freshId(becomes),
      was,
      becomes,
      ...region,
    };
    this.draft = { correction, moved: this.cloud?.sketch(correction) ?? 0 };
    this.onChange();
  }

  /** Let go of what is being drawn. */
  drop(): void {
    this.draft = null;
    this.cloud?.sketch(null);
    this.onChange();
  }

  /** What was drawn becomes a correction. */
  keep(): void {
    const { draft } = this;
    this.draft = null;
    if (!draft || !this.made) return;
    const { now } = this;
    // Drawn in the frame that the release has; written in the one that the file has.
    const first = now.corrections.length === 0;
    const { up, metres_per_unit, origin_m } = this.made;
    const frame = first ? { up, metres_per_unit, origin_m } : now.frame;
    const shift = sub(origin_m as Vec3, frame.origin_m as unknown as Vec3);
    const when = new Date().toISOString().slice(0, 10);
    const made = { ...shifted(draft.correction, shift), who: this.who, when };
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
    const unbuilt = this.unbuilt;
    const moved = this.cloud?.preview(unbuilt.map((one) => this.here(one))) ?? [];
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

  /** Build a release with what is saved, and follow it; `tried` says why that cannot be, `look` is shown what came of it. */
  async start(
    tried: <A>(asked: Promise<A>) => Promise<A | null>,
    look: (release: Release) => void,
  ): Promise<void> {
    const build = await tried(this.api.ask<Build>('POST', 'builds', { monument: null }));
    if (!build) return;
    this.build = build;
    this.onChange();
    await this.follow(look);
  }

  async cancel(): Promise<void> {
    if (this.build) await this.quietly(this.api.ask('DELETE', `builds/${this.build.id}`));
  }

  private async follow(look: (release: Release) => void): Promise<void> {
    const builds = await this.quietly(this.api.ask<Build[]>('GET', 'builds'));
    const build = builds?.find((one) => one.id === this.build?.id);
    if (build) this.build = build;
    this.onChange();
    if (!build || build.status === 'running') {
      this.later('build', FOLLOW_MS, () => this.follow(look));
      return;
    }
    if (build.status !== 'done' || !build.release) return;
    const releases = await this.quietly(this.api.ask<Release[]>('GET', 'releases'));
    const made = releases?.find((one) => one.id === build.release);
    if (!made) return;
    this.before = this.made;
    look(made);
  }
}

/** Brush and depth by the monument's size: a temple is not a stele. */
function startFor(size_m: number): Pick<Settings, 'radius_m' | 'behind_m'> {
  const radius_m = Number(Math.max(size_m / 60, 0.005).toPrecision(1));
  return { radius_m, behind_m: radius_m };
}

function shifted(one: Correction, by: Vec3): Correction {
  if (by.every((c) => c === 0)) return one;
  if (one.brush) return { ...one, brush: { ...one.brush, at_m: one.brush.at_m.map((p) => add(p, by)) } };
  return one.lasso ? { ...one, lasso: { ...one.lasso, eye_m: add(one.lasso.eye_m, by) } } : one;
}
