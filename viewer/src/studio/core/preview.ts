/** A draft as the visitors' player plays it: what a build would resolve, resolved here, without geometry. */
import type { MonumentEntry, StopEntry, TourDocument, TourEntry, View } from '../../core/release.ts';
import { same } from './fields.ts';
import { DEFAULT_MOVE_S, type Stop, type Tour } from './tour.ts';

/** Markdown as a release would show it (`heritage/web/studio/words.py`). */
export interface Rendered {
  html: string;
  text: string;
  question: StopEntry['question'][string] | null;
}

// As heritage/pipeline/pictures/views.py reads: 180 words a minute, or 240 letters of Chinese and Japanese, and a moment to
// look; tests hold the two together.
const LOOK_S = 3;
const WORDS_PER_S = 3;
const LETTERS_PER_S = 4;
const LETTER =
  /[\u3041-\u3096\u30a1-\u30fa\u30fc-\u30fe\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{323af}]/gu;
const AFTER_NARRATION_S = 1;

export function readingSeconds(text: string): number {
  const letters = text.match(LETTER)?.length ?? 0;
  const words = text.replace(LETTER, ' ').match(/[\p{L}\p{N}_]+/gu)?.length ?? 0;
  return Math.round((LOOK_S + words / WORDS_PER_S + letters / LETTERS_PER_S) * 10) / 10;
}

export interface Sources {
  monument: MonumentEntry;
  /** Markdown by its source; what has not come yet is left out. */
  rendered: ReadonlyMap<string, Rendered>;
  /** Seconds of the recordings that are known, by path. */
  seconds: ReadonlyMap<string, number>;
  /** From the release's address to the site's own files. */
  files: string;
  /** The tour as it was released last: ways around what stands between are found by a build. */
  released: TourDocument | null;
}

const shownOf = (shown: { epoch?: string; state?: string }) => ({
  epoch: shown.epoch ?? null,
  state: shown.state ?? null,
});

/** A stop's view; without one that which a build has found for the same annotations, else the monument's first. */
function viewOf({ id, view, annotations }: Stop, { monument, released }: Sources): View {
  if (view) return { fov_deg: 50, ...view, fit_m: view.fit_m ?? null } as unknown as View;
  const known = released?.stops.find((s) => s.id === id);
  return known && same(known.annotations, annotations ?? []) ? known.view : monument.view;
}

/** How long a stop dwells in a language, seconds. */
export function dwellOf(tour: Tour, stop: Stop, language: string, { seconds, rendered }: Sources): number {
  if (stop.dwell_s !== undefined) return stop.dwell_s;
  const spoken = seconds.get(stop.narration?.[language] ?? '');
  if (spoken !== undefined) return spoken + AFTER_NARRATION_S;
  const markdown = tour.words[language]?.stops[stop.id]?.text ?? '';
  return readingSeconds(rendered.get(markdown)?.text ?? markdown);
}

function stopEntry(tour: Tour, stop: Stop, k: number, sources: Sources): StopEntry {
  const { monument, rendered, files, released, seconds } = sources;
  const languages = Object.keys(tour.words);
  // What is not translated yet is shown in another language, as visitors would have it.
  const told = languages.filter((l) => tour.words[l]!.stops[stop.id]?.text.trim());
  const perLanguage = <T>(of: (language: string) => T | null | undefined): Record<string, T> =>
    Object.fromEntries(
      (told.length > 0 ? told : languages).flatMap((l) => {
        const value = of(l);
        return value === null || value === undefined ? [] : [[l, value]];
      }),
    );
  const said = (language: string) => rendered.get(tour.words[language]!.stops[stop.id]?.text ?? '');
  const view = viewOf(stop, sources);
  const before = tour.tour.stops[k - 1];
  const known = released?.stops.find((s) => s.id === stop.id);
  const knownBefore = known && released?.stops[released.stops.indexOf(known) - 1];
  const sameWay =
    known &&
    before &&
    knownBefore?.id === before.id &&
    same(known.view, view) &&
    same(knownBefore.view, viewOf(before, sources));
  const via = (stop.move?.via ?? []).map(({ eye_m, target_m }) => ({
    eye_m: [...eye_m] as [number, number, number],
    target_m: [...target_m] as [number, number, number],
  }));
  const [hours = 0, minutes = 0] = (stop.sun?.time ?? '').split(':').map(Number);
  return {
    id: stop.id,
    title: perLanguage((l) => tour.words[l]!.stops[stop.id]?.title ?? stop.id.replaceAll('-', ' ')),
    html: perLanguage((l) => said(l)?.html ?? ''),
    text: perLanguage((l) => said(l)?.text ?? ''),
    question: perLanguage((l) => said(l)?.question),
    show: stop.compare
      ? null
      : stop.show
        ? shownOf(stop.show)
        : { epoch: monument.reference_epoch, state: null },
    compare: stop.compare
      ? {
          left: shownOf(stop.compare.left),
          right: shownOf(stop.compare.right),
          mode: stop.compare.mode ?? 'swipe',
          position: stop.compare.position ?? 0.5,
        }
      : null,
    section: stop.section ? { plane: stop.section as never, pictures: {} } : null,
    view,
    place: null,
    sun: stop.sun ? { date: stop.sun.day, minutes: hours * 60 + minutes } : null,
    move_s: stop.move?.seconds ?? DEFAULT_MOVE_S,
    easing: stop.move?.easing ?? 'smooth',
    via: via.length > 0 ? via : sameWay ? known.via : [],
    dwell_s: Object.fromEntries(languages.map((l) => [l, dwellOf(tour, stop, l, sources)])),
    narration: Object.fromEntries(
      Object.entries(stop.narration ?? {}).flatMap(([l, path]) => {
        const length = seconds.get(path);
        const captions = stop.captions?.[l];
        return length === undefined
          ? []
          : [[l, { audio: files + path, captions: captions ? files + captions : null, seconds: length }]];
      }),
    ),
    annotations: [...(stop.annotations ?? [])],
  };
}

/** The draft as a document of a release. */
export function draftDocument(id: string, tour: Tour, sources: Sources): TourDocument {
  const { rendered } = sources;
  return {
    id,
    monument: tour.tour.monument,
    title: Object.fromEntries(Object.entries(tour.words).map(([l, w]) => [l, w.title || id])),
    html: Object.fromEntries(
      Object.entries(tour.words).map(([l, w]) => [l, rendered.get(w.introduction)?.html ?? '']),
    ),
    stops: tour.tour.stops.map((stop, k) => stopEntry(tour, stop, k, sources)),
  };
}

/** The draft's line in the release's list. */
export const draftEntry = (document: TourDocument): TourEntry => ({
  id: document.id,
  monument: document.monument,
  title: document.title,
  url: `draft/${document.id}.json`,
  stops: document.stops.length,
  seconds: {},
  pages: {},
  take_along: null,
});

/** All Markdown of a tour, to be rendered. */
export const markdownOf = (tour: Tour): string[] => [
  ...new Set(
    Object.values(tour.words).flatMap((w) => [w.introduction, ...Object.values(w.stops).map((s) => s.text)]),
  ),
];
