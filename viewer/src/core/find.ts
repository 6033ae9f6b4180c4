/** What a visitor looks for: words over everything that has a name, and filters over the monuments. */
import { fold, score } from './fold.ts';
import { type LangText, pickWords, type Words } from './i18n.ts';
import type { MonumentEntry, Release, SearchDocument } from './release.ts';

/** Empty texts and null years choose everything. Years are astronomical: 0 is 1 BC. A type is named by `typeName`. */
export interface Find {
  q: string;
  type: string;
  protection: string;
  from: number | null;
  to: number | null;
}

export const EVERYTHING: Find = { q: '', type: '', protection: '', from: null, to: null };

export const isEverything = (find: Find): boolean =>
  (Object.keys(EVERYTHING) as (keyof Find)[]).every((key) => find[key] === EVERYTHING[key]);

export type Hit =
  | { kind: 'monument'; monument: string; title: LangText }
  | { kind: 'tour'; tour: string; title: LangText }
  | { kind: 'stop'; tour: string; stop: string; title: LangText }
  | { kind: 'annotation'; monument: string; annotation: string; title: LangText }
  | { kind: 'place'; place: string; title: LangText };

/** The first and last year of a monument, null where open; none at all where its period is words. */
export function yearsOf(monument: MonumentEntry): { from: number | null; to: number | null } | null {
  const { built } = monument;
  if (!built) return null;
  const year = (day: string | null) => (day === null ? null : Number.parseInt(day, 10));
  return { from: year(built.earliest), to: year(built.latest) };
}

/** What a type is called where all languages share it, as in an address: by the site's first language. */
export const typeName = (type: Words, languages: readonly string[]): string =>
  pickWords(type, languages[0] ?? '', languages);

/** Whether a monument is among what is looked for. One whose time is not known does not meet a range of years. */
export function passes(monument: MonumentEntry, find: Find, languages: readonly string[]): boolean {
  if (find.type && (!monument.type || typeName(monument.type, languages) !== find.type)) return false;
  if (find.protection && monument.protection !== find.protection) return false;
  if (find.from !== null || find.to !== null) {
    const years = yearsOf(monument);
    if (!years) return false;
    if (find.to !== null && years.from !== null && years.from > find.to) return false;
    if (find.from !== null && years.to !== null && years.to < find.from) return false;
  }
  const query = fold(find.q);
  if (query === '') return true;
  // A monument also answers to its kind and to what stands on it.
  const { title, type, annotations } = monument;
  const own = [
    title,
    typeof type === 'string' ? { '': type } : (type ?? {}),
    ...annotations.map((a) => a.title),
  ];
  return best(own.flatMap(Object.values), query) > 0;
}

const best = (names: readonly string[], query: string): number =>
  Math.max(0, ...names.map((name) => score(fold(name), query)));

/** Everything that answers to the words, best first, monuments before what is on them. */
export function search(release: Release, more: SearchDocument | null, q: string, most = 40): Hit[] {
  const query = fold(q);
  if (query === '') return [];
  const every: Hit[] = [
    ...release.monuments.map((m) => ({ kind: 'monument' as const, monument: m.id, title: m.title })),
    ...release.tours.map((t) => ({ kind: 'tour' as const, tour: t.id, title: t.title })),
    ...release.monuments.flatMap((m) =>
      m.annotations.map((a) => ({
        kind: 'annotation' as const,
        monument: m.id,
        annotation: a.id,
        title: a.title,
      })),
    ),
    ...(more?.stops ?? []).map((s) => ({
      kind: 'stop' as const,
      tour: s.tour,
      stop: s.stop,
      title: s.title,
    })),
    // A monument's own plan is the monument.
    ...(more?.places ?? [])
      .filter((p) => p.monument === null)
      .map((p) => ({ kind: 'place' as const, place: p.id, title: { '': p.name } })),
  ];
  return every
    .map((hit, at) => ({ hit, at, score: best(Object.values(hit.title), query) }))
    .filter((found) => found.score > 0)
    .sort((a, b) => b.score - a.score || a.at - b.at)
    .slice(0, most)
    .map(({ hit }) => hit);
}

/** The values a filter can take, in their order, and the span of years that the monuments cover. */
export function choices(monuments: readonly MonumentEntry[], languages: readonly string[]) {
  const distinct = (values: (string | null)[]) =>
    [...new Set(values.filter((v): v is string => Boolean(v)))].sort((a, b) => a.localeCompare(b));
  const types = new Map(monuments.flatMap(({ type }) => (type ? [[typeName(type, languages), type]] : [])));
  const years = monuments.flatMap((m) => {
    const found = yearsOf(m);
    return found ? [found.from, found.to].filter((y) => y !== null) : [];
  });
  return {
    types: [...types].map(([name, words]) => ({ name, words })),
    protections: distinct(monuments.map((m) => m.protection)),
    years: years.length > 0 ? { first: Math.min(...years), last: Math.max(...years) } : null,
  };
}
