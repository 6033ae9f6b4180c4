/** Conditions along time: when each was, and where its mark goes so that none hides another. */

import { uiLanguage } from './i18n.ts';
import type { Period } from './release.ts';

const DAY = 1 / 372; // of a year of twelve months with 31 days

/** First and last moment, in years with fractions. */
export interface Span {
  from: number;
  to: number;
}

/** An ISO date as a moment; null where it is none. */
export function momentOf(date: string | null): Span | null {
  const found = /^(-?\d{4,})(?:-(\d\d))?(?:-(\d\d))?$/.exec(date ?? '');
  if (!found) return null;
  const [year, month, day] = [Number(found[1]), Number(found[2] ?? 1), Number(found[3] ?? 1)];
  const from = year + (month - 1) / 12 + (day - 1) * DAY;
  return { from, to: found[3] ? from : found[2] ? from + 1 / 12 : year + 1 };
}

/** A period as the release has worked it out, to the end of its last day; where one bound is open, the other. */
export function spanOf(time: Period | null | undefined): Span | null {
  const [first, last] = [momentOf(time?.earliest ?? null), momentOf(time?.latest ?? null)];
  const end = last && last.from + DAY;
  const from = first?.from ?? end;
  return from === null ? null : { from, to: end ?? from };
}

/** A period in words. One that is none of EDTF, or of an older release, is told as it was written. */
export const periodWords = (
  written: string | null,
  time: Period | null | undefined,
  language: string,
): string => time?.words?.[uiLanguage(language)] ?? written ?? '';

/**
 * Places 0..1 for marks that want to be at `wanted` (rising) but at least `gap` apart: each is moved as little as the
 * others leave room for.
 */
export function spread(wanted: readonly number[], gap: number): number[] {
  const n = wanted.length;
  const step = n > 1 ? Math.min(gap, 1 / (n - 1)) : 0;
  // Without the gaps, rising places are wanted: neighbours out of order share their mean (pool adjacent violators).
  const pools: { sum: number; count: number }[] = [];
  wanted.forEach((w, i) => {
    pools.push({ sum: w - i * step, count: 1 });
    for (;;) {
      const [a, b] = [pools[pools.length - 2], pools[pools.length - 1]!];
      if (!a || a.sum / a.count <= b.sum / b.count) break;
      pools.splice(-2, 2, { sum: a.sum + b.sum, count: a.count + b.count });
    }
  });
  const flat = pools.flatMap(({ sum, count }) => Array.from({ length: count }, () => sum / count));
  const room = 1 - Math.max(0, n - 1) * step;
  return flat.map((place, i) => Math.min(room, Math.max(0, place)) + i * step);
}
