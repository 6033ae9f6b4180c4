/**
 * A document taken apart into fields, the units that people clash on: `stops/approach/dwell_s`, `words/en/title`. A
 * pose or a comparison is one field, for halves of two people's would make a third that nobody meant.
 */
import type { Json, Tour, Words } from './tour.ts';

export type Fields = ReadonlyMap<string, Json>;

/** How a kind of document comes apart and together again. */
export interface Shape<T> {
  apart: (value: T) => Fields;
  together: (fields: Fields) => T;
}

/** The field that holds the order of the stops. */
export const ORDER = 'order';
/** Keys whose mappings are one field, as `heritage/text/merge.py` has them; a test holds the two together. */
export const ONE_VALUE: readonly string[] = [
  'brush',
  'compare',
  'decided',
  'frame',
  'lasso',
  'opening',
  'place',
  'placement',
  'pose',
  'prior',
  'section',
  'show',
  'sun',
  'view',
];

export const same = (a: unknown, b: unknown): boolean => {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [one, two] = [Object.entries(a), Object.entries(b)];
  return (
    one.length === two.length &&
    one.every(([key, value]) => Object.hasOwn(b, key) && same(value, (b as Record<string, unknown>)[key]))
  );
};

const isMapping = (value: unknown): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A mapping comes apart, all the way down; a list is one field, and so is an empty mapping. */
function spread(into: Map<string, Json>, path: string, value: Json): void {
  const whole = ONE_VALUE.includes(path.slice(path.lastIndexOf('/') + 1));
  if (!whole && isMapping(value) && Object.keys(value).length > 0)
    for (const [key, one] of Object.entries(value)) spread(into, path ? `${path}/${key}` : key, one);
  else into.set(path, value);
}

/** Put a value at a path of nested mappings. */
function put(into: Record<string, unknown>, path: readonly string[], value: Json): void {
  let at = into;
  for (const key of path.slice(0, -1)) {
    at[key] ??= {};
    at = at[key] as Record<string, unknown>;
  }
  at[path.at(-1)!] = value;
}

export const TOUR: Shape<Tour> = {
  apart({ tour, words }) {
    const fields = new Map<string, Json>();
    for (const [key, value] of Object.entries(tour)) if (key !== 'stops') spread(fields, key, value as Json);
    fields.set(
      ORDER,
      tour.stops.map((s) => s.id),
    );
    for (const { id, ...stop } of tour.stops)
      for (const [key, value] of Object.entries(stop)) spread(fields, `stops/${id}/${key}`, value as Json);
    for (const [language, { title, introduction, stops }] of Object.entries(words)) {
      fields.set(`words/${language}/title`, title);
      fields.set(`words/${language}/introduction`, introduction);
      for (const [id, said] of Object.entries(stops)) {
        fields.set(`words/${language}/stops/${id}/title`, said.title);
        fields.set(`words/${language}/stops/${id}/text`, said.text);
      }
    }
    return fields;
  },
  together(fields) {
    const order = (fields.get(ORDER) ?? []) as readonly string[];
    const stops = Object.fromEntries(order.map((id) => [id, { id } as Record<string, unknown>]));
    const tour: Record<string, unknown> = {};
    const words: Record<string, Record<string, unknown>> = {};
    for (const [field, value] of fields) {
      const path = field.split('/');
      if (field === ORDER) tour.stops = order.map((id) => stops[id]);
      else if (path[0] === 'stops') {
        const stop = stops[path[1]!];
        if (stop) put(stop, path.slice(2), value);
      } else if (path[0] === 'words') {
        words[path[1]!] ??= { title: '', introduction: '', stops: {} };
        if (path[2] !== 'stops' || stops[path[3]!]) put(words[path[1]!]!, path.slice(2), value);
      } else put(tour, path, value);
    }
    return {
      tour: tour as unknown as Tour['tour'],
      words: words as unknown as Readonly<Record<string, Words>>,
    };
  },
};

/** Any other document. */
export const RECORD: Shape<Json> = {
  apart(value) {
    const fields = new Map<string, Json>();
    spread(fields, '', value);
    return fields;
  },
  together(fields) {
    const out: Record<string, unknown> = {};
    for (const [field, value] of fields) {
      if (field === '') return value;
      put(out, field.split('/'), value);
    }
    return out as Json;
  },
};

/** The stop a field belongs to; null for those of the whole document. */
export function stopOfField(field: string): string | null {
  const path = field.split('/');
  if (path[0] === 'stops') return path[1] ?? null;
  return path[0] === 'words' && path[2] === 'stops' ? (path[3] ?? null) : null;
}

/** A stop's fields, whole: to bring back one that another has removed. */
export const fieldsOfStop = (fields: Fields, id: string): [string, Json][] =>
  [...fields].filter(([field]) => stopOfField(field) === id);
