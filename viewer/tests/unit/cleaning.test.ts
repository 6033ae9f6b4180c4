/** The cleaning page: its preview means the points that the build means, and corrections come apart and together. */
import { describe, expect, it } from 'vitest';
import {
  type Brush,
  basis,
  type Correction,
  corners,
  inBrush,
  type Lasso,
  Looking,
  tangents,
} from '../../src/studio/cleaning/region.ts';
import { CORRECTIONS, type Corrections } from '../../src/studio/cleaning/shape.ts';
import { merged } from '../../src/studio/core/merge.ts';
import cases from './region-cases.json';

interface Case {
  brush?: Brush;
  lasso?: Lasso;
  xyz: number[][];
  opaque: boolean[];
  inside: boolean[];
}

describe('regions', () => {
  // tests/ops/test_corrections.py holds the build against the same points, which were told by hand.
  it.each(cases as unknown as Case[])('takes in the points that the build does (%#)', (one) => {
    const xyz = one.xyz.flat();
    let inside = one.brush && inBrush(one.brush);
    if (one.lasso) {
      const looking = new Looking(one.lasso);
      if (one.lasso.seen) for (const k of one.opaque.keys()) if (one.opaque[k]) looking.block(xyz, k);
      inside = looking.inside;
    }
    expect(one.xyz.map((_, k) => inside!(xyz, k))).toEqual(one.inside);
  });

  it('tells no place in the picture of what lies behind the eye', () => {
    const axes = basis([0, 2, 0]);
    expect(tangents(axes, [1, 2, 0.5])).toEqual([0.5, 0.25]);
    expect(tangents(axes, [1, -2, 0.5])).toBeNull();
  });

  it('keeps a hand’s line to corners that are apart, and not too many', () => {
    const line = Array.from({ length: 1000 }, (_, k): [number, number] => [k, 0]);
    expect(corners(line, 2.5, 500).slice(0, 3)).toEqual([
      [0, 0],
      [3, 0],
      [6, 0],
    ]);
    expect(corners(line, 1, 300).length).toBe(250);
  });
});

describe('corrections as fields', () => {
  const one = (id: string, more: Partial<Correction> = {}): Correction => ({
    id,
    was: ['vegetation'],
    becomes: 'kept',
    brush: { radius_m: 1, at_m: [[0, 0, 0]] },
    ...more,
  });
  const of = (...corrections: Correction[]): Corrections => ({
    frame: { up: 'z', metres_per_unit: 1, origin_m: [0, 0, 0] },
    corrections,
  });
  const { apart, together } = CORRECTIONS;

  it('come together as they were', () => {
    const value = of(one('b'), one('a', { note: 'moss' }));
    expect(together(apart(value))).toEqual(value);
  });

  it('of two people are both kept, and what both changed is told', () => {
    const base = of(one('a'));
    const [mine, theirs] = [of(one('a'), one('mine')), of(one('a'), one('theirs'))];
    const both = merged(apart(base), apart(mine), apart(theirs));
    expect(both.clashes).toEqual([]);
    expect(
      together(both.fields)
        .corrections.map(({ id }) => id)
        .sort(),
    ).toEqual(['a', 'mine', 'theirs']);
    const [left, right] = [of(one('a', { becomes: 'ground' })), of(one('a', { becomes: 'halo' }))];
    expect(merged(apart(base), apart(left), apart(right)).clashes.map((c) => c.field)).toEqual([
      'corrections/a',
    ]);
  });
});
