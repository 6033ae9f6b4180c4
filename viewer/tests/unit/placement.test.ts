/** Moving and turning a monument, and saying so as monument.yaml has it. */
import { describe, expect, it } from 'vitest';
import en from '../../../assets/i18n/placement/en.json';
import fr from '../../../assets/i18n/placement/fr.json';
import vi from '../../../assets/i18n/placement/vi.json';
import { multiply, point } from '../../src/core/frames.ts';
import { translator, type UiLanguage } from '../../src/core/i18n.ts';
import { reasonsSaid } from '../../src/core/placementWords.ts';
import type { PlacementPlan, PlacementTrial } from '../../src/core/release.ts';
import type { Vec3 } from '../../src/core/vec.ts';
import { barOf, placeAt, viewOf } from '../../src/studio/placement/map.ts';
import { Pins } from '../../src/studio/placement/pins.ts';
import { byHand, byPoints, confirmed } from '../../src/studio/placement/registration.ts';
import {
  affineInverse,
  headingOf,
  matrixOf,
  moved,
  poseOf,
  snapped,
  turned,
  turnTo,
} from '../../src/studio/placement/stand.ts';
import { Standing } from '../../src/studio/placement/standing.ts';
import { Trials } from '../../src/studio/placement/trials.ts';

// A projection: the plan shrunk by 4 parts in ten thousand and turned a little, heights kept; far from its origin.
const c = 0.9996 * Math.cos(0.006);
const s = 0.9996 * Math.sin(0.006);
const CRS = [c, s, 0, 0, -s, c, 0, 0, 1e-5, -2e-5, 1, 0, 775241.4064, 1822581.9783, 4.2, 1];
const POINTS: readonly Vec3[] = [
  [0, 0, 0],
  [12, -7, 3],
  [-40, 25, 11],
];
const apart = (a: readonly number[], b: readonly number[]) =>
  Math.max(...POINTS.map((p) => Math.hypot(...point(a, p).map((v, k) => v - point(b, p)[k]!))));

// As the build wrote it of the sample's stele house: the machine's own matrix, pose and map.
const BUILT = {
  matrix: [
    -0.5479197231519746, -0.8365309156549489, 6.430051622023961e-5, 0.0, 0.8365308203589447,
    -0.547919694659064, -0.0004413550828575594, 0.0, 0.0004044386908056139, -0.00018803779122781008,
    0.9999999005355623, 0.0, 29.745463423233943, 12.869924252132652, -1.3214168959613897, 1.0,
  ],
  pose: {
    crs_m: [775279.7536, 1822584.3099, 3.6787],
    heading_deg: 123.224416,
    scale: 1.0,
    up: [6.4301e-5, -0.000441355, 0.999999901],
  },
  crs_from_site: [
    1.0004548556370223, 0.012770466140545876, 3.792633265261132e-6, 0.0, -0.012770466088925824,
    1.0004548508413384, 1.9709345201457396e-6, 0.0, -3.76918379237437e-6, -2.020259424639903e-6,
    0.9999999997162818, 0.0, 775250.1589741331, 1822571.0542745881, 5.0017106272130505, 1.0,
  ],
} as const;

describe('a pose', () => {
  it('is read and written as the machine does it', () => {
    const matrix = matrixOf(BUILT.pose as never, BUILT.crs_from_site);
    // The map of the working CRS is exact to some millimetres, and moves all alike.
    expect(apart(matrix, BUILT.matrix)).toBeLessThan(0.004);
    const pose = poseOf(BUILT.matrix, BUILT.crs_from_site);
    expect(pose.heading_deg).toBeCloseTo(BUILT.pose.heading_deg, 5);
    expect(pose.up.map((v, k) => Math.abs(v - BUILT.pose.up[k]!) < 1e-8)).toEqual([true, true, true]);
  });

  it.each([
    [33.485012, 1, [0, 0, 1]],
    [321.96857, 0.37, [6.4301e-5, -0.000441355, 0.999999901]],
    [180, 2, [0.06, -0.08, 0.994987437]],
  ] as const)('at %d degrees says the same as its matrix', (heading_deg, scale, up) => {
    const pose = { crs_m: [775250.5, 1822590.25, 3.7] as Vec3, heading_deg, scale, up: [...up] as Vec3 };
    const matrix = matrixOf(pose as never, CRS);
    const again = poseOf(matrix, CRS);
    expect(again.heading_deg).toBeCloseTo(heading_deg, 5);
    expect(again.crs_m.map((v, k) => Math.abs(v - pose.crs_m[k]!) < 2e-4)).toEqual([true, true, true]);
    expect(apart(matrixOf(again, CRS), matrix)).toBeLessThan(5e-4);
    // Up is up: what stands along it in the monument's frame stands vertical on the site.
    const [x, y, z] = point(matrix, up.map((v) => v * 10) as unknown as Vec3).map(
      (v, k) => v - point(matrix, [0, 0, 0])[k]!,
    );
    expect(Math.hypot(x!, y!)).toBeLessThan(1e-5);
    expect(z!).toBeCloseTo(10 * scale, 6);
  });

  it('is moved by metres and turned clockwise about a place that stays', () => {
    const matrix = matrixOf({ crs_m: [775250, 1822590, 4], heading_deg: 40, scale: 1, up: [0, 0, 1] }, CRS);
    const there = point(moved(matrix, [2, -1, 0.5]), [5, 5, 5]).map(
      (v, k) => v - point(matrix, [5, 5, 5])[k]!,
    );
    expect(there.map((v) => Number(v.toFixed(9)))).toEqual([2, -1, 0.5]);
    const [e, n] = point(matrix, [6, 2, 0]);
    const after = turned(matrix, [e, n], 5);
    expect(headingOf(after)).toBeCloseTo(45, 9);
    expect(point(after, [6, 2, 0])[0]).toBeCloseTo(e, 9);
    expect(point(after, [6, 2, 0])[1]).toBeCloseTo(n, 9);
    expect(apart(turned(after, [e, n], -5), matrix)).toBeLessThan(1e-9);
    expect(turnTo(350, 10)).toBe(20);
    expect(turnTo(10, 350)).toBe(-20);
  });

  it('goes to the working CRS and back by the inverse of a map that is no similarity', () => {
    const product = multiply(affineInverse(CRS), CRS);
    expect(product.map((v, k) => Math.abs(v - Number(k % 5 === 0)) < 1e-6)).not.toContain(false);
  });
});

describe('the map', () => {
  it('shows every corner, and a pixel is the place under it', () => {
    const corners = [
      [-20, 5],
      [60, 30],
    ] as const;
    for (const [width, height] of [
      [900, 600],
      [390, 430],
    ] as const) {
      const view = viewOf(corners, width, height);
      // The buttons are 60 pixels wide at most.
      const [low, high] = [placeAt(view, 0, height), placeAt(view, width - 60, 0)];
      for (const [e, n] of corners) {
        expect(e).toBeGreaterThan(low[0]);
        expect(e).toBeLessThan(high[0]);
        expect(n).toBeGreaterThan(low[1]);
        expect(n).toBeLessThan(high[1]);
      }
      expect(placeAt(view, width / 2, height / 2)).toEqual(view.middle);
    }
  });

  it('takes a click near a corner of a plan for the corner, another as it is', () => {
    const plans = [[[[0, 0], [10, 0], [10, 6], [0, 6]]]] as const; // biome-ignore format: one plan
    expect(snapped([9.7, 6.2], plans, 0.5)).toEqual([10, 6]);
    expect(snapped([9, 5], plans, 0.5)).toEqual([9, 5]);
  });

  it.each([
    [14, 10],
    [9.9, 5],
    [0.3, 0.2],
    [100, 100],
  ])('has a bar of a round length within %d m', (most, bar) => {
    expect(barOf(most)).toBeCloseTo(bar, 9);
  });
});

/** A plan of one place: a house of 8 x 4 m about (1, 2). */
const PLAN = {
  cells_m: [[-3, 0, 0], [5, 0, 0], [5, 4, 0], [-3, 4, 0]],
  crs_from_site: CRS,
  places: [{ site_from_monument: BUILT.matrix, pose: BUILT.pose }],
} as unknown as PlacementPlan; // biome-ignore format: four corners

describe('where it is tried', () => {
  it('is moved and turned about the middle of its walls, and told', () => {
    let told = 0;
    const standing = new Standing(PLAN, () => told++);
    expect(standing.middle).toEqual([1, 2, 0]);
    expect(standing.reach).toBeCloseTo(Math.hypot(4, 2), 6);
    expect(standing.pose).toBe(PLAN.places[0]!.pose);
    const before = standing.at;
    standing.turn(90);
    expect(standing.at.map((v, k) => Math.abs(v - before[k]!) < 1e-9)).toEqual([true, true, true]);
    expect(turnTo(BUILT.pose.heading_deg, standing.heading)).toBeCloseTo(90, 5);
    standing.move([3, -4, 0]);
    expect(standing.chosen).toBeNull();
    expect(standing.awayFrom(BUILT.matrix).metres).toBeCloseTo(5, 9);
    expect(standing.awayFrom(BUILT.matrix).deg).toBeCloseTo(-90, 9);
    standing.put([775250, 1822590, 4]);
    expect(standing.pose.crs_m.map((v) => Math.round(v * 1000) / 1000)).toEqual([775250, 1822590, 4]);
    standing.choose(0);
    expect(standing.matrix).toBe(BUILT.matrix);
    expect(told).toBe(4);
  });
});

describe('a control point', () => {
  it('is pressed in the scene, then on the map; asked again, half a point is none', () => {
    let take: ((at: Vec3) => void) | null = null;
    const standing = new Standing(PLAN, () => {});
    const pins = new Pins([], standing, (asked) => { take = asked; }, () => {}); // biome-ignore format: short
    pins.add();
    take!([5, 4, 1]);
    expect([pins.asking, take, pins.written.length]).toEqual(['map', null, 0]);
    pins.add();
    expect([pins.asking, pins.pairs.length]).toEqual([null, 0]);
    pins.add();
    take!([5, 4, 1]);
    const [e, n, up] = point(BUILT.matrix, [5, 4, 1]);
    pins.answerMap(e + 3, n + 4);
    expect([pins.asking, pins.controls, pins.pairs[0]!.name]).toEqual([null, 1, 'P1']);
    const { at, placed } = pins.placed(pins.pairs[0]!);
    expect(Math.hypot(at![0] - placed[0], at![1] - placed[1])).toBeCloseTo(5, 2);
    expect(placed[2]).toBeCloseTo(up, 9);
  });
});

describe('what the machine answers', () => {
  it('is shown of the place it was asked for, and not of one that it was moved to meanwhile', async () => {
    const answers: ((trial: PlacementTrial) => void)[] = [];
    const trials = new Trials(
      () => new Promise((resolve) => answers.push(resolve)),
      () => {},
    );
    const standing = new Standing(PLAN, () => trials.forget());
    for (const stays of [true, false]) {
      const asked = trials.ask('measure', { registration: {}, refine: false }, '');
      expect(trials.busy).toBe('measure');
      if (!stays) standing.move([1, 0, 0]);
      answers.at(-1)!({} as PlacementTrial);
      await asked;
      expect(trials.found !== null).toBe(stays);
      expect(trials.busy).toBeNull();
    }
  });

  it('is a sentence where it says no', async () => {
    const no = async () => Promise.reject(new Error(''));
    const trials = new Trials(no, () => {});
    await trials.ask('refine', { registration: {}, refine: true }, 'it failed');
    expect([trials.problem, trials.asked, trials.busy]).toEqual(['it failed', 'refine', null]);
  });
});

describe('a person’s word in monument.yaml', () => {
  const decided = { by: 'Hoa', when: '2026-11-29' };
  const before = { method: 'gcp', points: [], settled: false, scale: 'free', level: true };
  const pose = { crs_m: [1, 2, 3] as [number, number, number], heading_deg: 40, scale: 1 };

  it('takes the place of what was said before, and leaves alone what is of another matter', () => {
    expect(byHand(before, { ...pose, up: [0, 0, 1] }, decided)).toEqual({
      method: 'hand',
      pose: { crs_m: [1, 2, 3], heading_deg: 40 },
      scale: 'free',
      level: true,
      decided,
    });
    expect(byHand({}, { ...pose, scale: 2, up: [0, 0.1, 0.9] }, decided).pose).toEqual({
      ...pose,
      scale: 2,
      up: [0, 0.1, 0.9],
    });
    expect(byPoints({ method: 'hand', pose: { crs_m: [1, 2, 3], heading_deg: 0 } }, [], decided)).toEqual({
      method: 'gcp',
      points: [],
      decided,
    });
    expect(confirmed(before, decided)).toEqual({ ...before, settled: true, decided });
  });
});

describe('why it stands there', () => {
  it('is told in the language, with figures as it writes them', () => {
    const told = (language: UiLanguage) =>
      reasonsSaid(
        [
          { code: 'others-turned', figures: { headings_deg: [180, 91.26] }, names: {} },
          { code: 'walls-elsewhere', figures: { away_m: 0.032, turned_deg: 0.5 }, names: {} },
          { code: 'little-cover', figures: { cover_share: 0.394 }, names: {} },
          { code: 'among', figures: { tried: 3 }, names: { footprint: 'hall' } },
        ],
        translator({ en, vi, fr }[language]),
        language,
      );
    expect(told('en')).toEqual([
      'Turned to heading 180°, 91.3° it fits nearly as well: a heading that is known would decide.',
      'The walls fit best 32 mm and 0.5° from there.',
      'Only 39\u00a0% of the ground plan’s edges have a wall on them.',
      'On the ground plan hall, chosen among 3.',
    ]);
    expect(told('fr')[1]).toMatch(/^Les murs conviennent le mieux à 32\smm et 0,5° de là\.$/);
    expect(told('vi')[3]).toBe('Trên mặt bằng hall, chọn trong số 3.');
  });
});
