/** What is on screen, apart from the camera: one value, replaced on every change. */
import type { Find, Hit } from '../core/find.ts';
import { holds } from '../core/holding.ts';
import type { LangText, Pieces, Translate, Words } from '../core/i18n.ts';
import { pick, pickWords } from '../core/i18n.ts';
import type { LoadProblem } from '../core/load.ts';
import { type Look, parseLook } from '../core/look.ts';
import type { Mark } from '../core/marks.ts';
import type { Line } from '../core/panes.ts';
import type { PlayerState, Timing } from '../core/player.ts';
import type {
  ComparisonDocument,
  DataDocument,
  MonumentEntry,
  Release,
  SearchDocument,
  ShownEntry,
  TourDocument,
} from '../core/release.ts';
import { parseRoute, type Route } from '../core/route.ts';
import type { SunTime } from '../core/sun.ts';
import { periodWords } from '../core/timeline.ts';
import type { BuildingInfo } from '../scene/buildingTable.ts';
import type { ChosenPart } from './interpreting.ts';
import type { Near } from './nearby.ts';

export interface ComparingState {
  left: ShownEntry;
  right: ShownEntry;
  position: number;
  /** How the swipe's line stands. */
  line: Line;
  /** The change map's colour table. */
  colours: string;
  range_m: number;
  threshold_m: number;
  document: ComparisonDocument | null;
  /** The region of change that is marked. */
  region: string | null;
  /** The figures could not be had. */
  failed: boolean;
}

/** How an epoch's measured points are looked at instead of its surface. */
export interface PointsState {
  byLabel: boolean;
  /** Labels that are not drawn. */
  hidden: readonly string[];
}

export interface TouringState {
  document: TourDocument;
  player: PlayerState;
  timings: readonly Timing[];
  position_s: number;
  caption: string;
  captions: boolean;
  muted: boolean;
  /** How fast it goes: 1 as written. */
  speed: number;
  /** What is said at the stop; `at` is the sentence that is heard. */
  transcript: { sentences: readonly string[]; at: number; voice: 'recorded' | 'computer' | null };
  /** Whether a computer's voice could read this stop, and whether it is asked to. */
  readable: boolean;
  aloud: boolean;
  /** What was answered to the stop's question (`core/tried.ts`). */
  tried: readonly number[];
  /** The stop the visitor left the tour at, until they have answered whether to go on there. */
  left: string | null;
}

/** A visitor on foot: on the way there, walking, or waiting for ground that has not come. */
export interface WalkingState {
  status: 'coming' | 'walking' | 'waiting' | 'failed' | 'nowhere';
}

export interface AppState {
  status: 'loading' | 'ready' | 'failed' | 'no-webgl' | 'lost';
  problem: LoadProblem | null;
  base: string;
  release: Release | null;
  language: string;
  t: Translate;
  route: Route;
  /** The condition chosen for each monument. */
  shown: Readonly<Record<string, ShownEntry>>;
  /** Set while measured points are shown instead of the surface. */
  points: PointsState | null;
  comparing: ComparingState | null;
  touring: TouringState | null;
  walking: WalkingState | null;
  /** What there is to say of the headset: why it was not entered, or why it was left. */
  headset: string | null;
  annotation: string | null;
  /** The part of a state whose grounds are open. */
  part: ChosenPart | null;
  /** The building of the map that was pressed last, or that the address names. */
  building: BuildingInfo | null;
  /** The site's time whose sun lights the map; null: the map's own light. */
  sun: SunTime | null;
  find: Find;
  /** What can be found beside monuments and tours, once it was wanted. */
  searching: SearchDocument | null;
  /** The building that was found by its name. */
  place: string | null;
  /** The monument pointed at, in the list or on the map. */
  pointed: string | null;
  near: Near;
  /** What is drawn over the scene, in the open monument's frame. */
  marks: readonly Mark[];
  /** Points of the surface are being asked for: the crosshair stands in the middle. */
  picking: boolean;
  /** Whether the small map is open. */
  overview: boolean;
  /** The open data's table of contents, once it was wanted. */
  data: DataDocument | 'failed' | null;
  tilesLoading: boolean;
  tilesFailed: boolean;
  arrived: boolean;
  offline: boolean;
  help: boolean;
  /** The dialog for taking tours along is open. */
  takingAlong: boolean;
  /** Said to screen readers. */
  announcement: string | Pieces;
}

/** A window with room for the small map beside what is looked at. */
export const ROOMY = '(min-width: 47.5625em) and (min-height: 35.0625em)';

/** What is known before the release has come: what the address and the browser say. */
export function initialState(base: string, t: Translate, language: string): AppState {
  return {
    status: 'loading',
    problem: null,
    base,
    release: null,
    language,
    t,
    route: parseRoute(location.hash) ?? { view: 'site' },
    shown: {},
    points: null,
    comparing: null,
    touring: null,
    walking: null,
    headset: null,
    annotation: null,
    part: null,
    building: null,
    sun: null,
    find: parseLook(location.hash).find,
    searching: null,
    place: null,
    pointed: null,
    near: { status: 'off' },
    marks: [],
    picking: false,
    overview: window.matchMedia(ROOMY).matches,
    data: null,
    tilesLoading: false,
    tilesFailed: false,
    arrived: false,
    offline: !navigator.onLine,
    help: false,
    takingAlong: false,
    announcement: '',
  };
}

/** The monument a route is about. */
export function monumentIn(release: Release, route: Route): MonumentEntry | null {
  if (route.view === 'site' || route.view === 'data') return null;
  const id =
    route.view === 'tour' ? release.tours.find((t) => t.id === route.tour)?.monument : route.monument;
  return release.monuments.find((m) => m.id === id) ?? null;
}

/** The open monument. */
export function monumentOf({ release, route }: AppState): MonumentEntry | null {
  return release && monumentIn(release, route);
}

/** Words of the site in the chosen language, or the nearest it has. */
export function words(state: AppState, text: LangText): string {
  return pick(text, state.language, state.release?.languages ?? []).text;
}

/** Words that may be the same in every language. */
export function said(state: AppState, text: Words): string {
  return pickWords(text, state.language, state.release?.languages ?? []);
}

/** The newest survey: what a visitor would see on the spot. */
export function newest(monument: MonumentEntry): ShownEntry {
  const dated = [...monument.epochs].sort((a, b) => (a.captured ?? '').localeCompare(b.captured ?? ''));
  return { epoch: dated.at(-1)!.id, state: null };
}

/** The condition of the open monument on screen: the stop's, else the visitor's choice, else the newest survey. */
export function shownNow(state: AppState, monument: MonumentEntry): ShownEntry {
  const stop = state.touring?.document.stops[state.touring.player.stop];
  if (stop) return stop.show ?? { epoch: monument.reference_epoch, state: null };
  return state.shown[monument.id] ?? newest(monument);
}

/** What a link to an annotation says: with its own survey where it is not shown with the newest, or with the visitor's choice. */
export function toRead(state: AppState, hit: Extract<Hit, { kind: 'annotation' }>): Partial<Look> {
  const monument = state.release?.monuments.find((m) => m.id === hit.monument);
  const found = monument?.annotations.find((a) => a.id === hit.annotation);
  const seen = monument && found && [newest(monument), shownNow(state, monument)];
  const held = seen?.every(({ epoch }) => holds(found!, epoch)) ?? true;
  return { annotation: hit.annotation, shown: held ? null : (found?.epoch ?? null) };
}

/** The epoch of the open monument whose measured points can be shown, where the release has them. */
export function pointsEpoch(state: AppState, monument: MonumentEntry) {
  const { epoch } = shownNow(state, monument);
  return monument.epochs.find((e) => e.id === epoch && e.points_tileset) ?? null;
}

/** A condition from its id; epochs come before states of the same name. */
export function shownById(monument: MonumentEntry, id: string): ShownEntry | null {
  if (monument.epochs.some((e) => e.id === id)) return { epoch: id, state: null };
  return monument.states.some((s) => s.id === id) ? { epoch: null, state: id } : null;
}

export const idOf = (shown: ShownEntry): string => shown.epoch ?? shown.state ?? '';

/** What a condition is called: its own title, else its period or year. */
export function conditionName(state: AppState, monument: MonumentEntry, shown: ShownEntry): string {
  const entry =
    monument.epochs.find((e) => e.id === shown.epoch) ?? monument.states.find((s) => s.id === shown.state);
  if (!entry) return idOf(shown);
  const title = words(state, entry.title);
  if (title) return title;
  return ('period' in entry && periodWords(entry.period, entry.time, state.language)) || entry.id;
}

/** The comparison measured between two epochs, in this direction. */
export function measured(monument: MonumentEntry, left: ShownEntry, right: ShownEntry) {
  return monument.comparisons.find((c) => c.reference === left.epoch && c.compared === right.epoch) ?? null;
}
