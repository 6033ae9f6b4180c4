/** Measures between points of a surface, each with how far it may be off: by simplified tiles, and by the survey. */
import type { Picked } from './picked.ts';
import type { MonumentEntry, SurveyAccuracy } from './release.ts';
import { cross, dot, length, normalized, scale, sub, type Vec3 } from './vec.ts';

export type MeasureKind = 'distance' | 'height' | 'angle' | 'area';
export const MEASURE_KINDS: readonly MeasureKind[] = ['distance', 'height', 'angle', 'area'];

/** How many points a kind takes; an area is closed by hand. */
export const POINTS: Record<MeasureKind, number> = { distance: 2, height: 2, angle: 3, area: Infinity };
export const FEWEST_OF_AREA = 3;

/**
 * A point, metres; how far the surface it was picked on may be from the full one there; and how far the full one is from
 * what stood there, in 95 of 100 cases, null where that is not known.
 */
export interface MeasuredPoint {
  position_m: Vec3;
  error_m: number;
  survey_m: number | null;
}

/**
 * `value`, the limit `within` of its error by simplified tiles, and `survey`, the error by the survey that 95 of 100
 * measures stay below; null where that is not known. Metres, degrees or square metres.
 */
export interface Measured {
  value: number;
  within: number;
  survey: number | null;
}

const SIGMAS_OF_95 = 1.96;

/**
 * How far a point of a survey's surface is from what stood there, 95 of 100: the scatter of its points about the surface;
 * half their spacing, since nothing finer is in it; what its surveyor states; and where points of several surveys are
 * measured between (`joined`), how well they were aligned. True metres, as the release has them.
 */
export function surveyError(accuracy: SurveyAccuracy | null | undefined, joined: boolean): number | null {
  const { spacing_m = null, noise_m = null, stated_m = null, alignment_m = 0 } = accuracy ?? {};
  const known = [
    noise_m,
    spacing_m === null ? null : spacing_m / 2,
    stated_m === null ? null : SIGMAS_OF_95 * stated_m,
  ].filter((part) => part !== null);
  if (known.length === 0) return null;
  return Math.hypot(...known, joined ? SIGMAS_OF_95 * alignment_m : 0);
}

/** Independent errors together; null where one of them is not known. */
const together = (parts: readonly (number | null)[]): number | null =>
  parts.includes(null) ? null : Math.hypot(...(parts as number[]));

/** An error of the survey through a factor. */
const times = (p: MeasuredPoint, by: number): number | null => (p.survey_m === null ? null : p.survey_m * by);

/** What is known of a measure's error, all of it in the worst direction. */
export const off = (m: Measured): number => m.within + (m.survey ?? 0);

/** The straight distance. Each end may be off by its error in the worst direction. */
export function distance(a: MeasuredPoint, b: MeasuredPoint): Measured {
  return { value: length(sub(b.position_m, a.position_m)), ...ends(a, b) };
}

const ends = (a: MeasuredPoint, b: MeasuredPoint) => ({
  within: a.error_m + b.error_m,
  survey: together([a.survey_m, b.survey_m]),
});

/** How much higher `b` is than `a`, along `up`. */
export function height(a: MeasuredPoint, b: MeasuredPoint, up: Vec3): Measured {
  return { value: dot(sub(b.position_m, a.position_m), normalized(up)), ...ends(a, b) };
}

/** The angle at `b`, degrees 0..180. Both arms turn by at most the asin of their ends' errors over their length. */
export function angle(a: MeasuredPoint, b: MeasuredPoint, c: MeasuredPoint): Measured {
  const [p, q] = [sub(a.position_m, b.position_m), sub(c.position_m, b.position_m)];
  const degrees = 180 / Math.PI;
  const value = Math.atan2(length(cross(p, q)), dot(p, q)) * degrees;
  const turn = (error: number, arm: Vec3) =>
    Math.asin(Math.min(1, error / Math.max(length(arm), 1e-9))) * degrees;
  const within = Math.min(180, turn(a.error_m + b.error_m, p) + turn(c.error_m + b.error_m, q));
  if (a.survey_m === null || b.survey_m === null || c.survey_m === null)
    return { value, within, survey: null };
  // The corner turns both arms at once, their ends one each.
  const corner = turn(b.survey_m, p) + turn(b.survey_m, q);
  const survey = Math.min(180, Math.hypot(turn(a.survey_m, p), corner, turn(c.survey_m, q)));
  return { value, within, survey };
}

/** Twice the area as a vector across a closed outline (Newell). */
export function newell(points: readonly Vec3[]): Vec3 {
  let sum: Vec3 = [0, 0, 0];
  points.forEach((p, i) => {
    const n = cross(sub(p, points[0]!), sub(points[(i + 1) % points.length]!, points[0]!));
    sum = [sum[0] + n[0], sum[1] + n[1], sum[2] + n[2]];
  });
  return sum;
}

/** The flat area that an outline encloses, seen across; the outline's sides may each be off by its ends' errors. */
export function flatArea(points: readonly MeasuredPoint[]): Measured {
  const positions = points.map((p) => p.position_m);
  return {
    value: length(newell(positions)) / 2,
    within: outlineError(points),
    survey: surveyOfOutline(points),
  };
}

/** How much area the survey's errors at an outline's corners give or take: half the diagonal across each, times its error. */
export const surveyOfOutline = (points: readonly MeasuredPoint[]): number | null =>
  together(
    points.map((p, i) => {
      const [before, after] = [points.at(i - 1)!, points[(i + 1) % points.length]!];
      return times(p, length(sub(after.position_m, before.position_m)) / 2);
    }),
  );

/** How much area lies along an outline within its points' errors. */
export function outlineError(points: readonly MeasuredPoint[]): number {
  return points.reduce((sum, p, i) => {
    const q = points[(i + 1) % points.length]!;
    return sum + length(sub(q.position_m, p.position_m)) * Math.max(p.error_m, q.error_m);
  }, 0);
}

/** Points of a monument in true metres, each with how well its survey is known; nothing is so of an interpretation. */
export function surveyed(points: readonly Picked[], monument: MonumentEntry): MeasuredPoint[] {
  const factor = monument.placement.scale;
  const joined = new Set(points.map((p) => p.shown.epoch)).size > 1;
  return points.map(({ position_m, error_m, shown }) => {
    const survey = monument.epochs.find((e) => e.id === shown.epoch);
    return {
      position_m: scale(position_m, factor),
      error_m: error_m * factor,
      survey_m: survey ? surveyError(survey.accuracy, joined) : null,
    };
  });
}
