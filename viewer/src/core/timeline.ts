/** Conditions along time: when each was, and where its mark goes so that none hides another. */

/** First and last moment, in years with fractions. */
export interface Span {
  from: number;
  to: number;
}

/** An ISO date as a moment; null where it is none. */
export function momentOf(date: string | null): Span | null {
  const found = /^(-?\d{4,6})(?:-(\d\d))?(?:-(\d\d))?$/.exec(date ?? '');
  if (!found) return null;
  const [year, month, day] = [Number(found[1]), Number(found[2] ?? 1), Number(found[3] ?? 1)];
  const from = year + (month - 1) / 12 + (day - 1) / 372;
  return { from, to: found[3] ? from : found[2] ? from + 1 / 12 : year + 1 };
}

/** A period in EDTF (years, `18XX`, `~ ? %`, intervals, open ends) as a span; null where it is in other words. */
export function spanOf(period: string | null): Span | null {
  const [first, last, ...rest] = (period ?? '').trim().split('/');
  if (first === undefined || rest.length > 0) return null;
  const [a, b] = [partOf(first), last === undefined ? partOf(first) : partOf(last)];
  const from = a ?? (isOpen(first) ? b : null);
  const to = b ?? (last !== undefined && isOpen(last) ? a : null);
  return from && to && from.from <= to.to ? { from: from.from, to: to.to } : null;
}

const isOpen = (text: string) => text === '' || text === '..';

function partOf(text: string): Span | null {
  const plain = text.replace(/[~?%]/g, '');
  const blurred = /^(-?\d{1,3})(X{1,3})$/.exec(plain);
  if (blurred && blurred[1]!.replace('-', '').length + blurred[2]!.length === 4) {
    const size = 10 ** blurred[2]!.length;
    const first = Math.abs(Number(blurred[1])) * size;
    // Before the year 0 they count backwards: -01XX is -0199 to -0100.
    const from = blurred[1]!.startsWith('-') ? 1 - first - size : first;
    return { from, to: from + size };
  }
  return momentOf(plain);
}

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
