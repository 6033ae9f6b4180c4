import { describe, expect, it } from 'vitest';
import { doublings, fitOf, place, SIDE, under, widened } from '../../src/core/plan.ts';
import type { MonumentEntry, View } from '../../src/core/release.ts';

const monument = (east: number, north: number) =>
  ({
    bounds: { min: [-5, -4, 0], max: [5, 4, 9] },
    placement: { site_from_monument: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, east, north, 0, 1] },
  }) as unknown as MonumentEntry;
const fit = fitOf({
  monuments: [monument(0, 0), monument(60, 20)],
  opening: { eye_m: [20, -90, 30] } as unknown as View,
});

describe('the small map', () => {
  it('has north up and east on the right, and all monuments and the first eye on it', () => {
    const [x, y] = place(fit, [0, 0]);
    expect(place(fit, [10, 0])[0]).toBeGreaterThan(x);
    expect(place(fit, [0, 10])[1]).toBeLessThan(y);
    for (const corner of [
      [-5, -4],
      [65, 24],
      [20, -90],
    ] as const)
      for (const v of place(fit, corner)) expect(v > 20 && v < SIDE - 20).toBe(true);
  });

  it('knows the place under a pixel', () => {
    for (const at of [
      [3, 4],
      [-250, 88.5],
    ] as const) {
      const [east, north] = under(fit, place(fit, at));
      expect(east).toBeCloseTo(at[0], 9);
      expect(north).toBeCloseTo(at[1], 9);
    }
  });

  it('shows more where the camera has left it, no more than needed, and does not flicker at its edge', () => {
    expect(doublings(fit, [20, -90], 0)).toBe(0);
    for (const far of [150, 400, 1900, 6000]) {
      const doubled = doublings(fit, [far, 0], 0);
      const on = (k: number) => place(widened(fit, k), [far, 0]).every((v) => v >= 8 && v <= SIDE - 8);
      expect([on(doubled), on(doubled - 1)]).toEqual([true, false]);
    }
    expect(doublings(fit, [1e9, 0], 0)).toBe(7);
    // Just inside the edge a map that has been widened stays so; one that has not stays as it is, too.
    const edge: [number, number] = under(fit, [SIDE - 10, SIDE / 2]);
    expect(doublings(fit, edge, 0)).toBe(0);
    expect(doublings(fit, edge, 1)).toBe(1);
  });
});
