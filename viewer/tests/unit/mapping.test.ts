import { describe, expect, test } from 'vitest';
import { type AppState, toRead } from '../../src/app/state.ts';
import { termLook } from '../../src/app/termLooks.ts';
import { holds } from '../../src/core/holding.ts';
import { type Draft, draftsFile, draftsFrom, sumsOf, viewOf } from '../../src/core/mapping.ts';
import type { AnnotationEntry, MonumentEntry, ShownEntry, TermEntry } from '../../src/core/release.ts';

const note = (change: Partial<AnnotationEntry> = {}): AnnotationEntry => ({
  id: 'a',
  title: { en: 'A' },
  html: {},
  position_m: [1, 0, 1],
  normal: [0, -1, 0],
  epoch: '2019',
  shape: 'area',
  vertices_m: [
    [0, 0, 0],
    [2, 0, 0],
    [2, 0, 2],
  ],
  length_m: null,
  area_m2: 2,
  term: 'loss',
  carried: [],
  ...change,
});
const term = (id: string): TermEntry => ({ id, label: { en: id }, definition: {}, broader: null, uri: null });
const VOCABULARY = ['loss', 'growth', 'repair'].map(term);

describe('what is shown with a survey', () => {
  const verdict = (verdict: 'carried' | 'review' | 'not-comparable') =>
    note({ carried: [{ epoch: '2024', verdict, comparable: 1, unchanged: 1 }] });

  test('its own, what is for all, and what was carried to it', () => {
    expect(holds(note(), '2019')).toBe('own');
    expect(holds(note({ epoch: null }), '2024')).toBe('own');
    expect(holds(note({ epoch: null }), null)).toBe('own');
    expect(holds(verdict('carried'), '2024')).toBe('carried');
    expect(holds(verdict('review'), '2024')).toBe('review');
  });

  test('not what nobody can compare, nor another survey’s, nor with a state', () => {
    expect(holds(verdict('not-comparable'), '2024')).toBeNull();
    expect(holds(note(), '2024')).toBeNull();
    expect(holds(verdict('carried'), null)).toBeNull();
  });
});

test('a link to an annotation leads to a survey that it is shown with', () => {
  const review = { epoch: '2024', verdict: 'review' as const, comparable: 1, unchanged: 1 };
  const gate = {
    id: 'gate',
    epochs: ['2019', '2024'].map((id) => ({ id, captured: id })),
    annotations: [
      note({ id: 'always', epoch: null }),
      note({ id: 'old' }),
      note({ id: 'new', epoch: '2024' }),
      note({ id: 'carried', carried: [review] }),
    ],
  };
  const shownBy = (annotation: string, chosen: ShownEntry | null) => {
    const state = { release: { monuments: [gate] }, touring: null, shown: chosen ? { gate: chosen } : {} };
    const hit = { kind: 'annotation' as const, monument: 'gate', annotation, title: {} };
    return toRead(state as unknown as AppState, hit);
  };
  expect(shownBy('always', null)).toEqual({ annotation: 'always', shown: null });
  expect(shownBy('old', null).shown).toBe('2019');
  expect(shownBy('new', null).shown).toBeNull();
  expect(shownBy('new', { epoch: '2019', state: null }).shown).toBe('2024');
  expect(shownBy('carried', null).shown).toBeNull();
  expect(shownBy('carried', { epoch: null, state: '1885' }).shown).toBe('2019');
});

test('no two of 42 terms look the same; a term nobody knows looks like none', () => {
  const many = Array.from({ length: 42 }, (_, i) => term(`t${i}`));
  expect(new Set(many.map((t) => JSON.stringify(termLook(t.id, many)))).size).toBe(42);
  expect(termLook('x', many)).toEqual(termLook(null, many));
});

test('sums go by term in the order of the vocabulary', () => {
  const notes = [
    note({ term: 'growth', area_m2: 1.5 }),
    note({ term: 'loss', area_m2: null, length_m: 3 }),
    note({ term: 'growth', area_m2: 2 }),
    note({ term: null }),
  ];
  expect(sumsOf(notes, VOCABULARY).map((s) => [s.term.id, s.count, s.area_m2, s.length_m])).toEqual([
    ['loss', 1, 0, 3],
    ['growth', 2, 3.5, 0],
  ]);
});

test('an annotation is looked at from where its surface faces', () => {
  const view = viewOf(note(), { view: { eye_m: [9, 9, 9] } } as unknown as MonumentEntry);
  expect(view.target_m).toEqual([1, 0, 1]);
  expect(view.eye_m[0]).toBe(1);
  expect(view.eye_m[1]).toBeLessThan(-3);
  expect(view.fit_m).toEqual([
    [0, 0, 0],
    [2, 0, 2],
  ]);
});

const DRAFT: Draft = {
  id: 'drawn-1',
  title: { en: 'Moss' },
  shape: 'line',
  points: [
    [0, 0, 0.123456],
    [1, 0, 0],
  ],
  epoch: '2024',
  term: null,
};

test('drafts become the file that is imported', () => {
  expect(JSON.parse(draftsFile('gate', [DRAFT]))).toEqual({
    format: 'heritage-annotations-1',
    monument: 'gate',
    annotations: [
      {
        id: 'drawn-1',
        title: { en: 'Moss' },
        line_m: [
          [0, 0, 0.1235],
          [1, 0, 0],
        ],
        epoch: '2024',
      },
    ],
  });
});

test('drafts come back as they were kept, and what is none is dropped', () => {
  expect(draftsFrom(JSON.stringify([DRAFT]))).toEqual([DRAFT]);
  const wrong = [
    null,
    {},
    { ...DRAFT, points: [[0, 0, 0]] },
    { ...DRAFT, shape: 'x' },
    { ...DRAFT, term: 1 },
  ];
  expect(draftsFrom(JSON.stringify([...wrong, DRAFT]))).toEqual([DRAFT]);
  for (const text of [null, '', '{', '{}', 'null']) expect(draftsFrom(text)).toEqual([]);
});
