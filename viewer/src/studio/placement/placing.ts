/** What is done with a monument's place: where it is tried, what the machine says of it, and what is written down. */
import { isoDay } from '../../core/format.ts';
import { point } from '../../core/frames.ts';
import type {
  FootprintFeature,
  FootprintLayer,
  MonumentEntry,
  PlacementPlan,
  PlacementTrial,
  Pose,
  Release,
} from '../../core/release.ts';
import type { Mat4, Vec3 } from '../../core/vec.ts';
import type { Release as Made } from '../core/api.ts';
import type { Json } from '../core/tour.ts';
import type { Recording } from '../recording.ts';
import type { Studio } from '../studio.ts';
import {
  byHand,
  byPoints,
  confirmed,
  type Decided,
  LEFT_OUT,
  type Pair,
  type Registration,
} from './registration.ts';
import { affineInverse, headingOf, matrixOf, middleOf, moved, poseOf, turned, turnTo } from './stand.ts';

export class Placing {
  readonly studio: Studio;
  readonly record: Recording;
  readonly monument: string;
  onChange: () => void = () => {};
  status: 'loading' | 'ready' | 'none' = 'loading';
  entry: MonumentEntry | null = null;
  plan: PlacementPlan | null = null;
  features: readonly FootprintFeature[] = [];
  /** Where it is tried. */
  matrix: Mat4 = [];
  /** Which of the plan's places it was begun from; null once it was moved. */
  chosen: number | null = 0;
  pairs: Pair[] = [];
  /** Whether the scene stands beside the map. */
  pinning = false;
  /** Where the next spot is asked for. */
  asking: 'scene' | 'map' | null = null;
  busy: 'measure' | 'refine' | 'gcp' | null = null;
  problem = '';
  /** What was asked for last: what is answered, or went wrong, stands beside it. */
  asked: 'measure' | 'refine' | 'gcp' = 'measure';
  /** What the machine has found, to be taken or left. */
  found: { kind: 'measure' | 'refine' | 'gcp'; trial: PlacementTrial } | null = null;
  note = '';
  said = '';
  private middle: Vec3 = [0, 0, 0];
  private ended = false;

  constructor(studio: Studio, record: Recording) {
    this.studio = studio;
    this.record = record;
    this.monument = record.key.replace(/^monuments\//, '');
    void this.load();
  }

  get registration(): Registration {
    return ((this.record.now as { registration?: Registration }).registration ?? {}) as Registration;
  }

  get turnedAbout(): Vec3 {
    return this.middle;
  }

  get mayDecide(): boolean {
    return this.studio.state.me?.roles.some((role) => role !== 'translator') ?? false;
  }

  /** Which footprint it is to stand on. */
  get footprint(): string | null {
    const other = this.chosen === null ? null : (this.plan?.places[this.chosen]?.footprint ?? null);
    return (
      other ??
      (this.record.now as { footprint?: string }).footprint ??
      this.entry?.placement.footprint ??
      null
    );
  }

  private async load(): Promise<void> {
    const { studio } = this;
    // What is tried is tried on the newest release, so that is what is looked at.
    const [newest] = (await studio.tried(studio.api.ask<Made[]>('GET', 'releases'))) ?? [];
    if (this.ended) return;
    if (newest && newest.id !== studio.staging.release?.id) {
      studio.staging.look(newest);
      void studio.staging.findSurveys();
    }
    const { release } = studio.staging;
    const file = async <T>(path: string): Promise<T | null> => {
      const answer = await fetch(`${release?.base}${path}`).catch(() => null);
      return answer?.ok ? ((await answer.json()) as T) : null;
    };
    const document = release && (await file<Release>('release.json'));
    this.entry = document?.monuments.find((m) => m.id === this.monument) ?? null;
    const [plan, layer] = await Promise.all([
      this.entry?.plan ? file<PlacementPlan>(this.entry.plan) : null,
      document?.footprints ? file<FootprintLayer>(document.footprints) : null,
    ]);
    this.plan = plan;
    this.features = layer?.features ?? [];
    this.status = plan ? 'ready' : 'none';
    if (plan) {
      this.middle = middleOf(plan.cells_m);
      this.pairs = [...(this.registration.points ?? [])];
      this.pinning = this.pairs.length > 0;
      const { method, pose } = this.registration;
      // What was decided since the release was made is what one goes on from.
      if (method === 'hand' && pose) this.stand(matrixOf({ ...LEFT_OUT, ...pose }, plan.crs_from_site), null);
      else this.choose(0);
    }
    this.onChange();
  }

  /** Begin from one of the places. */
  choose(k: number): void {
    const place = this.plan?.places[k];
    if (place) this.stand(place.site_from_monument, k);
  }

  private stand(matrix: Mat4, chosen: number | null): void {
    this.matrix = matrix;
    this.chosen = chosen;
    this.found = null;
    this.problem = '';
    this.onChange();
  }

  move(by: Vec3): void {
    this.stand(moved(this.matrix, by), null);
    this.tell();
  }

  turn(deg: number): void {
    const [e, n] = point(this.matrix, this.middle);
    this.stand(turned(this.matrix, [e, n], deg), null);
    this.tell();
  }

  turnToHeading(deg: number): void {
    this.turn(turnTo(headingOf(this.matrix), deg));
  }

  /** Put the origin at working coordinates. */
  put(crs_m: Vec3): void {
    const site = point(affineInverse(this.plan!.crs_from_site), crs_m);
    this.move([site[0] - this.matrix[12]!, site[1] - this.matrix[13]!, site[2] - this.matrix[14]!]);
  }

  get pose(): Pose {
    const place = this.chosen === null ? null : this.plan!.places[this.chosen];
    return place?.pose ?? poseOf(this.matrix, this.plan!.crs_from_site);
  }

  private tell(): void {
    const { crs_m, heading_deg } = this.pose;
    const { t } = this.studio.state;
    const [x, y] = crs_m.map((v) => v.toFixed(1));
    this.said = t('place.said', { x: x!, y: y!, heading: heading_deg.toFixed(1) });
  }

  /** Have the machine work out how it stands here, where the walls fit nearby, or what the control points say. */
  async ask(kind: 'measure' | 'refine' | 'gcp'): Promise<void> {
    const { t } = this.studio.state;
    const { scale, level } = this.registration;
    const { matrix, pairs } = this;
    const how: Registration =
      kind === 'gcp' ? { method: 'gcp', points: this.written() } : { method: 'hand', pose: this.pose };
    const order = {
      registration: {
        ...how,
        ...(scale ? { scale } : {}),
        ...(kind === 'gcp' && level !== undefined ? { level } : {}),
      },
      refine: kind === 'refine',
      ...(this.footprint === null ? {} : { footprint: this.footprint }),
    };
    this.busy = kind;
    this.asked = kind;
    this.problem = '';
    this.found = null;
    this.onChange();
    try {
      const trial = await this.studio.api.ask<PlacementTrial>('POST', `placements/${this.monument}`, order);
      // What was moved meanwhile stands elsewhere than what the answer is about.
      if (kind === 'gcp' ? pairs === this.pairs : matrix === this.matrix) this.found = { kind, trial };
    } catch (error) {
      this.problem = error instanceof Error && error.message ? error.message : t('failed');
    }
    this.busy = null;
    this.onChange();
  }

  /** Take what the machine has found. */
  take(): void {
    const place = this.found?.trial.plan.places[0];
    if (place) this.stand(place.site_from_monument, null);
    this.tell();
  }

  /** How far a place is from where the monument is tried: at the middle of its plan. */
  awayFrom(matrix: Mat4): { metres: number; deg: number } {
    const [here, there] = [this.matrix, matrix].map((m) => point(m, this.middle)) as [Vec3, Vec3];
    return {
      metres: Math.hypot(there[0] - here[0], there[1] - here[1]),
      deg: turnTo(headingOf(this.matrix), headingOf(matrix)),
    };
  }

  leave(): void {
    this.found = null;
    this.onChange();
  }

  /** Ask for a spot in the scene; then it is asked for on the map. Asked again, nothing more is. */
  addPair(): void {
    const { scene } = this.studio.staging;
    this.pinning = true;
    if (this.asking === 'map') this.pairs = this.pairs.slice(0, -1); // half a point is none
    this.asking = this.asking ? null : 'scene';
    if (this.asking) this.askScene();
    else scene?.pick(null);
    this.onChange();
  }

  private askScene(): void {
    const { scene } = this.studio.staging;
    scene?.pick((at) => {
      scene.pick(null);
      const used = new Set(this.pairs.map((p) => p.name));
      let k = 1;
      while (used.has(`P${k}`)) k++;
      this.pairs = [...this.pairs, { name: `P${k}`, role: 'control', at_m: at, crs_m: null }];
      this.asking = 'map';
      this.onChange();
    });
  }

  /** The spot on the map; its height stays as the monument stands now, for a map tells none. */
  answerMap(east: number, north: number): void {
    const last = this.pairs.at(-1);
    if (this.asking !== 'map' || !last) return;
    const up = point(this.matrix, last.at_m)[2];
    this.change(this.pairs.length - 1, { crs_m: this.crs([east, north, up]) });
    this.asking = null;
    this.onChange();
  }

  change(k: number, change: Partial<Pair>): void {
    this.pairs = this.pairs.map((pair, n) => (n === k ? { ...pair, ...change } : pair));
    this.found = null;
    this.onChange();
  }

  remove(k: number): void {
    if (k === this.pairs.length - 1) this.asking = null;
    this.pairs = this.pairs.filter((_, n) => n !== k);
    this.found = null;
    this.onChange();
  }

  /** Where the spot is on the map, and where the tried place puts it: their distance is its residual. */
  onMap({ at_m, crs_m }: Pair): { at: [number, number] | null; placed: [number, number] } {
    const placed = point(this.matrix, at_m);
    const at = crs_m ? point(affineInverse(this.plan!.crs_from_site), crs_m) : null;
    return { at: at ? [at[0], at[1]] : null, placed: [placed[0], placed[1]] };
  }

  private crs(site: Vec3): Vec3 {
    return point(this.plan!.crs_from_site, site).map((v) => Number(v.toFixed(3))) as unknown as Vec3;
  }

  private written(): Pair[] {
    return this.pairs.filter((pair) => pair.crs_m !== null);
  }

  get controls(): number {
    return this.written().filter((pair) => pair.role === 'control').length;
  }

  /** Write it into monument.yaml: the place as it is tried, or the control points. */
  decide(by: 'place' | 'points'): void {
    const { me, t } = this.studio.state;
    const decided: Decided = { by: me?.name ?? '', when: isoDay() };
    if (this.note.trim()) decided.note = this.note.trim();
    const { registration: before } = this;
    const { method } = this.entry?.placement ?? {};
    let registration: Registration;
    if (by === 'points') registration = byPoints(before, this.written(), decided);
    else if (this.chosen === 0 && method !== 'hand' && method !== 'none')
      registration = confirmed(before, decided);
    else registration = byHand(before, this.pose, decided);
    const footprint = this.footprint;
    const value = this.record.now as Record<string, Json>;
    this.record.put(['registration'], registration as unknown as Json, t('page.placement'));
    if (
      by === 'place' &&
      this.chosen !== null &&
      this.chosen > 0 &&
      footprint &&
      value.footprint !== footprint
    )
      this.record.put(['footprint'], footprint, t('page.placement'));
    this.said = t('place.decided.now');
    this.onChange();
  }

  /** The page is left. */
  end(): void {
    this.ended = true;
    this.studio.staging.scene?.pick(null);
  }

  /** Lead the scene to the monument, where its spots are clicked. */
  toScene(): void {
    const { scene } = this.studio.staging;
    scene?.app.tours.end();
    scene?.app.address.go({ view: 'monument', monument: this.monument });
    scene?.bare(true);
    if (this.asking === 'scene') this.askScene();
  }
}
