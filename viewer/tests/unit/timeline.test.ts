import { describe, expect, it } from 'vitest';
import { momentOf, spanOf, spread } from '../../src/core/timeline.ts';

describe('time', () => {
  it.each([
    ['1885', 1885, 1886],
    ['1885~', 1885, 1886],
    ['1805/1833', 1805, 1834],
    ['1805?/1833~', 1805, 1834],
    ['18XX', 1800, 1900],
    ['184X', 1840, 1850],
    ['1844-05', 1844 + 4 / 12, 1844 + 5 / 12],
    ['../1833', 1833, 1834],
    ['1833/', 1833, 1834],
    ['-0200', -200, -199],
    ['-01XX', -199, -99],
    ['-03XX/-0200', -399, -199],
  ])('%s', (period, from, to) => {
    const span = spanOf(period)!;
    expect(span.from).toBeCloseTo(from, 9);
    expect(span.to).toBeCloseTo(to, 9);
  });

  it('is not guessed from words', () => {
    for (const text of ['', null, 'Nguyễn', '18', '1833/1805', '1800/1805/1810', '1XXXX', '..', '../..'])
      expect(spanOf(text), String(text)).toBeNull();
    expect(momentOf('2024-05-02')!.from).toBeCloseTo(2024 + 4 / 12 + 1 / 372, 9);
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
