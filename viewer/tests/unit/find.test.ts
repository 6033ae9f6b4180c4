import { describe, expect, it } from 'vitest';
import { choices, EVERYTHING, passes, search } from '../../src/core/find.ts';
import { fold, score } from '../../src/core/fold.ts';
import type { MonumentEntry, Release } from '../../src/core/release.ts';

const monument = (id: string, more: Partial<MonumentEntry>) =>
  ({
    id,
    title: { vi: id },
    type: null,
    protection: null,
    built: null,
    annotations: [],
    ...more,
  }) as MonumentEntry;
const built = (earliest: string | null, latest: string | null) => ({
  earliest,
  latest,
  uncertain: false,
  approximate: false,
  words: {},
});
const GATE = monument('gate', {
  title: { vi: 'Ngọ Môn', en: 'Meridian Gate' },
  type: { vi: 'cổng', en: 'gate' },
  protection: 'national',
  built: built('1833-01-01', '1833-12-31'),
  annotations: [{ id: 'ridge', title: { vi: 'Bờ nóc' } }] as unknown as MonumentEntry['annotations'],
});
const HALL = monument('hall', {
  title: { vi: 'Điện Thái Hòa' },
  type: 'hall',
  built: built('1805-01-01', null),
});
const OLD = monument('old', { title: { en: 'Tower' }, built: built('-0050-01-01', '0100-12-31') });
const WORDS = monument('words', { title: { ar: 'قصر الحمراء' } });
const ALL = [GATE, HALL, OLD, WORDS];
const release = {
  monuments: ALL,
  tours: [{ id: 'walk', title: { en: 'Before the gate' } }],
} as unknown as Release;
const more = {
  stops: [{ tour: 'walk', stop: 'roof', title: { fr: 'Le toit doré' } }],
  places: [
    {
      id: 'G1',
      name: 'Nhà thờ Đốc Sơ',
      monument: null,
      at_m: [0, 0, 0] as [number, number, number],
      radius_m: 5,
    },
    {
      id: 'f-gate',
      name: 'Ngọ Môn',
      monument: 'gate',
      at_m: [0, 0, 0] as [number, number, number],
      radius_m: 5,
    },
  ],
};

describe('folding', () => {
  it.each([
    ['Ngọ Môn', 'ngo mon'],
    ['Điện Thái Hòa', 'dien thai hoa'],
    ['Điện Thái Hoà', 'dien thai hoa'],
    ['ĐÌNH LÀNG', 'dinh lang'],
    ['Æbelø – Straße', 'aebelo strasse'],
    ['L’Église d’été', 'l eglise d ete'],
    ['قصر', 'قصر'],
    ['ﬁne', 'fine'],
  ])('%s', (text, folded) => {
    expect(fold(text)).toBe(folded);
    expect(fold(text.normalize('NFD'))).toBe(folded);
  });

  it('ranks names that begin so above names that hold it', () => {
    expect(score('ngo mon', 'ngo mon')).toBeGreaterThan(score('ngo mon lau', 'ngo mon'));
    expect(score('ngo mon lau', 'ngo mon')).toBeGreaterThan(score('lau ngo mon', 'ngo mon'));
    expect(score('lau ngo mon', 'mon lau')).toBeGreaterThan(0);
    expect(score('meridian', 'ridi')).toBeGreaterThan(0);
    expect(score('meridian', 'ri')).toBe(0);
  });
});

describe('search', () => {
  const kinds = (q: string) => search(release, more, q).map((hit) => hit.kind);

  it('finds in any language and without diacritics, over everything with a name', () => {
    expect(search(release, more, 'ngo mon')[0]).toMatchObject({ kind: 'monument', monument: 'gate' });
    expect(kinds('ngo mon')).toEqual(['monument']);
    expect(kinds('GATE')).toEqual(['monument', 'tour']);
    expect(kinds('toit dore')).toEqual(['stop']);
    expect(kinds('bo noc')).toEqual(['annotation']);
    expect(kinds('doc so')).toEqual(['place']);
    expect(kinds('قصر')).toEqual(['monument']);
    expect(kinds('  ')).toEqual([]);
    expect(kinds('nothing of the kind')).toEqual([]);
  });
});

describe('filters', () => {
  const ids = (find: Partial<typeof EVERYTHING>) =>
    ALL.filter((m) => passes(m, { ...EVERYTHING, ...find }, ['vi', 'en'])).map((m) => m.id);

  it('choose by type, protection, words and years that overlap', () => {
    expect(ids({})).toEqual(['gate', 'hall', 'old', 'words']);
    // Per language it goes by the site's first, so that an address means the same in every language.
    expect(ids({ type: 'cổng' })).toEqual(['gate']);
    expect(ids({ type: 'gate' })).toEqual([]);
    expect(ids({ type: 'hall' })).toEqual(['hall']);
    expect(ids({ q: 'cong' })).toEqual(['gate']);
    expect(ids({ protection: 'national' })).toEqual(['gate']);
    expect(ids({ q: 'thai hoa' })).toEqual(['hall']);
    expect(ids({ q: 'bo noc' })).toEqual(['gate']);
    expect(ids({ from: 1800, to: 1810 })).toEqual(['hall']);
    expect(ids({ from: 1900 })).toEqual(['hall']);
    expect(ids({ to: 0 })).toEqual(['old']);
    expect(ids({ from: 1833, to: 1833 })).toEqual(['gate', 'hall']);
  });

  it('offers what there is', () => {
    expect(choices(ALL, ['vi', 'en'])).toEqual({
      types: [
        { name: 'cổng', words: { vi: 'cổng', en: 'gate' } },
        { name: 'hall', words: 'hall' },
      ],
      protections: ['national'],
      years: { first: -50, last: 1833 },
    });
    expect(choices([WORDS], []).years).toBeNull();
  });
});
