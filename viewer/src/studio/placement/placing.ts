/** A monument's place on the desk: what the release has of it, where it is tried, and what is written down. */
import { isoDay } from '../../core/format.ts';
import type {
  FootprintFeature,
  FootprintLayer,
  MonumentEntry,
  PlacementPlan,
  PlacementTrial,
  Release,
} from '../../core/release.ts';
import type { Release as Made } from '../core/api.ts';
import type { Json } from '../core/tour.ts';
import type { Recording } from '../recording.ts';
import type { Studio } from '../studio.ts';
import type { Model } from './model.ts';
import { Pins } from './pins.ts';
import { byHand, byPoints, confirmed, type Decided, LEFT_OUT, type Registration } from './registration.ts';
import { matrixOf } from './stand.ts';
import { Standing } from './standing.ts';
import { type Kind, Trials } from './trials.ts';

const WIDE = '(min-width: 901px)';

export class Placing {
  readonly studio: Studio;
  readonly record: Recording;
  readonly monument: string;
  readonly trials: Trials;
  onChange: () => void = () => {};
  status: 'loading' | 'ready' | 'none' = 'loading';
  entry: MonumentEntry | null = null;
  features: readonly FootprintFeature[] = [];
  /** Both are there from `ready` on. */
  standing!: Standing;
  pins!: Pins;
  /** The monument in the scene, while there is one. */
  model: Model | null = null;
  /** Whether the scene stands beside the map. */
  beside = false;
  note = '';
  said = '';
  private ended = false;

  constructor(studio: Studio, record: Recording) {
    this.studio = studio;
    this.record = record;
    this.monument = record.key.replace(/^monuments\//, '');
    this.trials = new Trials(
      (order) => studio.api.ask<PlacementTrial>('POST', `placements/${this.monument}`, order),
      () => this.onChange(),
    );
    void this.load();
  }

  get registration(): Registration {
    return ((this.record.now as { registration?: Registration }).registration ?? {}) as Registration;
  }

  get mayDecide(): boolean {
    return this.studio.state.me?.roles.some((role) => role !== 'translator') ?? false;
  }

  /** Which footprint it is to stand on. */
  get footprint(): string | null {
    const { chosen, plan } = this.standing;
    const other = chosen === null ? null : plan.places[chosen]?.footprint;
    const { footprint } = this.record.now as { footprint?: string };
    return other ?? footprint ?? this.entry?.placement.footprint ?? null;
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
    this.features = layer?.features ?? [];
    if (plan) this.begin(plan);
    else this.status = 'none';
    this.onChange();
  }

  /** Try places of a plan. */
  begin(plan: PlacementPlan): void {
    const { method, pose, points } = this.registration;
    this.standing = new Standing(plan, () => {
      this.trials.forget();
      this.tell();
      this.onChange();
    });
    this.pins = new Pins(
      points ?? [],
      this.standing,
      (take) => this.studio.staging.scene?.pick(take && ((at) => take(this.model?.own(at) ?? at))),
      () => {
        this.trials.forget();
        this.beside ||= this.pins.asking !== null;
        this.onChange();
      },
    );
    this.beside = this.pins.pairs.length > 0 || matchMedia(WIDE).matches;
    this.status = 'ready';
    // What was decided since the release was made is what one goes on from.
    if (method === 'hand' && pose)
      this.standing.stand(matrixOf({ ...LEFT_OUT, ...pose }, plan.crs_from_site));
  }

  private tell(): void {
    const { crs_m, heading_deg } = this.standing.pose;
    const [x, y] = crs_m.map((v) => v.toFixed(1));
    this.said = this.studio.state.t('place.said', { x: x!, y: y!, heading: heading_deg.toFixed(1) });
  }

  /** Have the machine work out how it stands here, where the walls fit nearby, or what the control points say. */
  async ask(kind: Kind): Promise<void> {
    const { scale, level } = this.registration;
    const byPoints = kind === 'gcp';
    const how: Registration = byPoints
      ? { method: 'gcp', points: this.pins.written }
      : { method: 'hand', pose: this.standing.pose };
    const order = {
      registration: {
        ...how,
        ...(scale ? { scale } : {}),
        ...(byPoints && level !== undefined ? { level } : {}),
      },
      refine: kind === 'refine',
      ...(this.footprint === null ? {} : { footprint: this.footprint }),
    };
    await this.trials.ask(kind, order, this.studio.state.t('failed'));
  }

  /** Take what the machine has found. */
  take(): void {
    const place = this.trials.found?.trial.plan.places[0];
    if (place) this.standing.stand(place.site_from_monument);
  }

  leave(): void {
    this.trials.forget();
    this.onChange();
  }

  /** Write it into monument.yaml: the place as it is tried, or the control points. */
  decide(by: 'place' | 'points'): void {
    const { me, t } = this.studio.state;
    const decided: Decided = { by: me?.name ?? '', when: isoDay() };
    if (this.note.trim()) decided.note = this.note.trim();
    const { registration: before, footprint } = this;
    const { chosen, pose } = this.standing;
    const { method } = this.entry?.placement ?? {};
    let registration: Registration;
    if (by === 'points') registration = byPoints(before, this.pins.written, decided);
    else if (chosen === 0 && method !== 'hand' && method !== 'none')
      registration = confirmed(before, decided);
    else registration = byHand(before, pose, decided);
    const value = this.record.now as Record<string, Json>;
    this.record.put(['registration'], registration as unknown as Json, t('page.placement'));
    if (by === 'place' && chosen !== null && chosen > 0 && footprint && value.footprint !== footprint)
      this.record.put(['footprint'], footprint, t('page.placement'));
    this.said = t('place.decided.now');
    this.onChange();
  }

  /** Show the scene beside the map, or the map alone. */
  show(beside: boolean): void {
    this.beside = beside;
    if (!beside) {
      if (this.pins.asking) this.pins.add();
      this.leaveScene();
      this.studio.staging.scene = null; // its frame goes with it
    }
    this.onChange();
  }

  /** The scene stands: it is led to the monument, and moves it as it is tried. */
  async toScene(): Promise<void> {
    const { scene } = this.studio.staging;
    if (!scene) return;
    this.leaveScene();
    scene.app.tours.end();
    scene.app.address.go({ view: 'monument', monument: this.monument });
    scene.bare(true);
    const model = await scene.model(this.monument);
    if (this.ended || scene !== this.studio.staging.scene) {
      model?.end();
      return;
    }
    this.model = model;
    this.pins.askScene();
    this.onChange();
  }

  private leaveScene(): void {
    this.model?.end();
    this.model = null;
  }

  /** The page is left. */
  end(): void {
    this.ended = true;
    this.studio.staging.scene?.pick(null);
    this.leaveScene();
  }
}
