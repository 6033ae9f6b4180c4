/** A tour as its files say it: structure and words together, the unit that is edited and saved. */
import type { Easing } from '../../core/path.ts';
import type { Mode } from '../../core/route.ts';
import type { Vec3 } from '../../core/vec.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Exactly one of the two. */
export interface Shown {
  readonly epoch?: string;
  readonly state?: string;
}

export interface Compare {
  readonly left: Shown;
  readonly right: Shown;
  readonly mode?: Mode;
  readonly position?: number;
}

/** Monument frame, metres. */
export interface Pose {
  readonly eye_m: Vec3;
  readonly target_m: Vec3;
  readonly fov_deg?: number;
  readonly fit_m?: readonly [Vec3, Vec3];
}

/** A control point of a flight: it bends towards it. */
export type FlightPoint = Pick<Pose, 'eye_m' | 'target_m'>;

export interface Stop {
  readonly id: string;
  readonly show?: Shown;
  readonly compare?: Compare;
  readonly section?: Json;
  readonly view?: Pose;
  readonly place?: Json;
  readonly sun?: { readonly day: string; readonly time: string };
  readonly move?: {
    readonly seconds?: number;
    readonly easing?: Easing;
    readonly via?: readonly FlightPoint[];
  };
  readonly dwell_s?: number;
  readonly narration?: Readonly<Record<string, string>>;
  readonly captions?: Readonly<Record<string, string>>;
  readonly annotations?: readonly string[];
  readonly accept?: Readonly<Record<string, string>>;
}

export interface StopWords {
  readonly title: string | null;
  readonly text: string;
}

export interface Words {
  readonly title: string;
  readonly introduction: string;
  readonly stops: Readonly<Record<string, StopWords>>;
}

export interface Tour {
  readonly tour: { readonly monument: string; readonly stops: readonly Stop[] } & {
    readonly [key: string]: unknown;
  };
  /** Per language. */
  readonly words: Readonly<Record<string, Words>>;
}

export const DEFAULT_MOVE_S = 4;
export const ID = /^[a-z0-9-]{1,64}$/;

export const idsOf = (tour: Tour): string[] => tour.tour.stops.map((s) => s.id);
export const stopOf = (tour: Tour, id: string): Stop | undefined => tour.tour.stops.find((s) => s.id === id);

/** What a stop is called in a language, or in the first that has a title; its id where none has. */
export function titleOf(tour: Tour, id: string, language: string): string {
  const all = [tour.words[language], ...Object.values(tour.words)];
  return all.map((w) => w?.stops[id]?.title).find(Boolean) ?? id.replaceAll('-', ' ');
}

export type IdProblem = 'form' | 'taken';

/** Why `to` cannot be the id of the stop `id`; null where it can. */
export function idProblem(tour: Tour, id: string, to: string): IdProblem | null {
  if (!ID.test(to)) return 'form';
  return to !== id && stopOf(tour, to) ? 'taken' : null;
}

/** An id that no stop has: `wanted`, or `wanted` with a number. */
export function freeId(tour: Tour, wanted: string): string {
  const stem = wanted.replace(/-\d+$/, '').slice(0, 58);
  if (!stopOf(tour, wanted)) return wanted;
  for (let n = 2; ; n++) if (!stopOf(tour, `${stem}-${n}`)) return `${stem}-${n}`;
}

/** A tour to begin with: one stop, without words in any language. */
export function newTour(monument: string, title: string, languages: readonly string[]): Tour {
  const id = 'stop-1';
  const words: Words = { title, introduction: '', stops: { [id]: { title: null, text: '' } } };
  return {
    tour: { monument, stops: [{ id }] },
    words: Object.fromEntries(languages.map((l) => [l, words])),
  };
}

const withStops = (tour: Tour, stops: readonly Stop[]): Tour => ({ ...tour, tour: { ...tour.tour, stops } });

const eachWords = (tour: Tour, change: (words: Words) => Words): Tour => ({
  ...tour,
  words: Object.fromEntries(Object.entries(tour.words).map(([language, words]) => [language, change(words)])),
});

/**
 * A new stop after the stop `after` (null: at the end), with empty words in every language. `mark` ends its id, so that
 * two people who add a stop at once add two.
 */
export function addStop(
  tour: Tour,
  after: string | null,
  given: Omit<Stop, 'id'>,
  mark = '',
): { tour: Tour; id: string } {
  const stops = tour.tour.stops;
  const id = freeId(tour, `stop-${stops.length + 1}${mark}`);
  const at = after === null ? stops.length : stops.findIndex((s) => s.id === after) + 1;
  const next = withStops(tour, [...stops.slice(0, at), { id, ...given }, ...stops.slice(at)]);
  const words = (w: Words): Words => ({ ...w, stops: { ...w.stops, [id]: { title: null, text: '' } } });
  return { tour: eachWords(next, words), id };
}

/** The same stop again, right after itself, with its words. `mark` as in `addStop`. */
export function duplicateStop(tour: Tour, from: string, mark = ''): { tour: Tour; id: string } {
  const stops = tour.tour.stops;
  const at = stops.findIndex((s) => s.id === from);
  const id = freeId(tour, `${from.slice(0, 56)}-2${mark}`);
  const next = withStops(tour, [...stops.slice(0, at + 1), { ...stops[at]!, id }, ...stops.slice(at + 1)]);
  const words = (w: Words): Words =>
    w.stops[from] ? { ...w, stops: { ...w.stops, [id]: w.stops[from] } } : w;
  return { tour: eachWords(next, words), id };
}

/** A tour keeps at least one stop: the last one stays. */
export function removeStop(tour: Tour, id: string): Tour {
  const stops = tour.tour.stops.filter((s) => s.id !== id);
  if (stops.length === 0) return tour;
  const words = (w: Words): Words => {
    const { [id]: _gone, ...rest } = w.stops;
    return { ...w, stops: rest };
  };
  return eachWords(withStops(tour, stops), words);
}

/** Put a stop at a place of the order, counted from 0; beyond the ends: at the end. */
export function moveStop(tour: Tour, id: string, to: number): Tour {
  const stop = stopOf(tour, id);
  if (!stop) return tour;
  const rest = tour.tour.stops.filter((s) => s.id !== id);
  const at = Math.max(0, Math.min(rest.length, to));
  const stops = [...rest.slice(0, at), stop, ...rest.slice(at)];
  return stops.every((s, i) => s === tour.tour.stops[i]) ? tour : withStops(tour, stops);
}

export function renameStop(tour: Tour, id: string, to: string): Tour {
  if (to === id || idProblem(tour, id, to)) return tour;
  const stops = tour.tour.stops.map((s) => (s.id === id ? { ...s, id: to } : s));
  const words = (w: Words): Words => ({
    ...w,
    stops: Object.fromEntries(Object.entries(w.stops).map(([key, value]) => [key === id ? to : key, value])),
  });
  return eachWords(withStops(tour, stops), words);
}

/** Change fields of a stop; undefined takes a field away. */
export function setStop(tour: Tour, id: string, change: Partial<Omit<Stop, 'id'>>): Tour {
  const stops = tour.tour.stops.map((s) => {
    if (s.id !== id) return s;
    const kept = Object.entries({ ...s, ...change }).filter(([, value]) => value !== undefined);
    return Object.fromEntries(kept) as unknown as Stop;
  });
  return withStops(tour, stops);
}

/** Accept a finding at a stop, or about the whole tour (null), for a reason; without one it is accepted no more. */
export function accept(tour: Tour, id: string | null, code: string, why: string | null): Tour {
  const { [code]: _before, ...rest } = acceptedAt(tour, id);
  const all = why === null ? rest : { ...rest, [code]: why };
  const next = Object.keys(all).length > 0 ? all : undefined;
  if (id !== null) return setStop(tour, id, { accept: next });
  const { accept: _all, ...others } = tour.tour;
  return { ...tour, tour: (next ? { ...others, accept: next } : others) as Tour['tour'] };
}

/** What is accepted at a stop, or about the whole tour (null): reasons by code. */
export const acceptedAt = (tour: Tour, id: string | null): Readonly<Record<string, string>> =>
  (id === null ? (tour.tour.accept as Stop['accept']) : stopOf(tour, id)?.accept) ?? {};

export function setStopWords(tour: Tour, language: string, id: string, change: Partial<StopWords>): Tour {
  const words = tour.words[language];
  if (!words || !stopOf(tour, id)) return tour; // somebody has removed it meanwhile
  const before = words.stops[id] ?? { title: null, text: '' };
  const next = { ...words, stops: { ...words.stops, [id]: { ...before, ...change } } };
  return { ...tour, words: { ...tour.words, [language]: next } };
}

export function setTourWords(
  tour: Tour,
  language: string,
  change: Partial<Pick<Words, 'title' | 'introduction'>>,
): Tour {
  const words = tour.words[language];
  return words ? { ...tour, words: { ...tour.words, [language]: { ...words, ...change } } } : tour;
}
