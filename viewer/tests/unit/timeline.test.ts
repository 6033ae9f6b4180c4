import { describe, expect, it } from 'vitest';
import type { Period } from '../../src/core/release.ts';
import { momentOf, periodWords, spanOf, spread } from '../../src/core/timeline.ts';

const time = (
  earliest: string | null,
  latest: string | null,
  words: Record<string, string> = {},
): Period => ({
  earliest,
  latest,
  uncertain: false,
  approximate: false,
  words,
});

describe('time', () => {
  it.each([
    ['1885-01-01', '1885-12-31', 1885, 1886],
    ['1805-01-01', '1833-12-31', 1805, 1834],
    ['1844-05-01', '1844-05-31', 1844 + 4 / 12, 1844 + 5 / 12],
    ['1844-05-02', '1844-05-02', 1844 + 4 / 12 + 1 / 372, 1844 + 4 / 12 + 2 / 372],
    ['-0399-01-01', '-0200-12-31', -399, -199],
    ['-0099-01-01', '0000-12-31', -99, 1],
    ['20000-01-01', '170000002-12-31', 20000, 170000003],
    // Where one side is open, the bound that is known.
    [null, '1833-12-31', 1834, 1834],
    ['1833-01-01', null, 1833, 1833],
  ])('%s to %s', (earliest, latest, from, to) => {
    const span = spanOf(time(earliest, latest))!;
    expect(span.from).toBeCloseTo(from, 9);
    expect(span.to).toBeCloseTo(to, 9);
  });

  it('is not guessed', () => {
    for (const none of [null, undefined, time(null, null)]) expect(spanOf(none)).toBeNull();
    for (const text of ['', null, 'Nguyễn', '18', 'roof-1885'])
      expect(momentOf(text), String(text)).toBeNull();
    expect(momentOf('2024-05-02')!.from).toBeCloseTo(2024 + 4 / 12 + 1 / 372, 9);
    expect(momentOf('2024')).toEqual({ from: 2024, to: 2025 });
  });

  it('is told in the language of the interface, and as it was written where there are no words', () => {
    const around = time('1844-01-01', '1844-12-31', {
      en: 'around 1844',
      vi: 'khoảng năm 1844',
      fr: 'vers 1844',
    });
    expect(
      ['en', 'vi', 'fr', 'fr-CA', 'zh'].map((language) => periodWords('1844~', around, language)),
    ).toEqual(['around 1844', 'khoảng năm 1844', 'vers 1844', 'vers 1844', 'around 1844']);
    const { words, ...older } = around;
    expect(periodWords('1844~', older as Period, 'en')).toBe('1844~');
    expect(periodWords('Nguyễn dynasty', null, 'en')).toBe('Nguyễn dynasty');
    expect(periodWords(null, undefined, 'en')).toBe('');
  });
});

describe('marks', () => {
  const apart = (places: number[]) => places.slice(1).map((p, i) => p - places[i]!);

  it('stay where they want to be when there is room', () => {
    expect(spread([0, 0.4, 1], 0.2)).toEqual([0, 0.4, 1]);
    expect(spread([], 0.2)).toEqual([]);
    expect(spread([0.7], 0.2)).toEqual([0.7]);
  });

  it('keep their distance and stay inside, moved as little as can be', () => {
    const places = spread([0, 0.95, 1], 0.25);
    for (const gap of apart(places)) expect(gap).toBeGreaterThanOrEqual(0.25 - 1e-12);
    expect(places[0]).toBe(0);
    expect(places[2]).toBeLessThanOrEqual(1);
    // Against a search over a fine grid: no other allowed places are nearer in the sum of squares.
    const cost = (p: readonly number[]) => p.reduce((sum, x, i) => sum + (x - [0, 0.95, 1][i]!) ** 2, 0);
    let best = Number.POSITIVE_INFINITY;
    for (let a = 0; a <= 100; a++)
      for (let b = a + 25; b <= 100; b++)
        for (let c = b + 25; c <= 100; c++) best = Math.min(best, cost([a / 100, b / 100, c / 100]));
    expect(cost(places)).toBeLessThanOrEqual(best + 1e-9);
  });

  it('share the width evenly where they are too many for the gap', () => {
    const places = spread([0.5, 0.5, 0.5, 0.5, 0.5], 0.4);
    expect(places.map((p) => Math.round(p * 100))).toEqual([0, 25, 50, 75, 100]);
  });
});
