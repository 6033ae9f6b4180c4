import { describe, expect, it } from 'vitest';
import { finest, type TileNode, tilesFor } from '../../src/core/tree.ts';
import type { Vec3 } from '../../src/core/vec.ts';

const IDENTITY = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
/** A tile over `x` ± `half`, one high and deep. */
const tile = (uri: string, x: number, half: number, error: number, children: TileNode[] = []): TileNode => ({
  boundingVolume: { box: [x, 0, 0, half, 0, 0, 0, 1, 0, 0, 0, 1] },
  geometricError: error,
  content: { uri },
  children,
});
const tree = tile('root', 0, 8, 1, [
  tile('w', -4, 4, 0.4, [tile('ww', -6, 2, -0, []), tile('we', -2, 2, 0, [])]),
  tile('e', 4, 4, 0.4, [tile('ew', 2, 2, 0, []), tile('ee', 6, 2, 0, [])]),
]);
const over = (from: number, to: number) => (corners: readonly Vec3[]) => {
  const xs = corners.map((p) => p[0]);
  return Math.min(...xs) <= to && Math.max(...xs) >= from;
};
const names = (wanted: { uri: string }[]) => wanted.map((w) => w.uri);

describe('tiles of a region', () => {
  it('are as fine as asked, and only where the region is', () => {
    expect(names(tilesFor(tree, IDENTITY, 0, over(-9, 9)))).toEqual(['ww', 'we', 'ew', 'ee']);
    expect(names(tilesFor(tree, IDENTITY, 0.4, over(-9, 9)))).toEqual(['w', 'e']);
    expect(names(tilesFor(tree, IDENTITY, 0, over(5, 5.5)))).toEqual(['ee']);
    expect(tilesFor(tree, IDENTITY, 0, over(20, 21))).toEqual([]);
  });

  it('are placed by the transforms above them', () => {
    const moved = { ...tree, transform: [...IDENTITY.slice(0, 12), 100, 0, 0, 1] };
    const [only] = tilesFor(moved, IDENTITY, 0, over(105, 105.5));
    expect(only!.uri).toBe('ee');
    expect(only!.monument_from_tile[12]).toBe(100);
    expect(only!.error_m).toBe(0);
  });

  it('are coarser where there would be too many', () => {
    expect(names(finest(tree, IDENTITY, 4, over(-9, 9)))).toEqual(['ww', 'we', 'ew', 'ee']);
    expect(names(finest(tree, IDENTITY, 3, over(-9, 9)))).toEqual(['w', 'e']);
    expect(names(finest(tree, IDENTITY, 1, over(-9, 9)))).toEqual(['root']);
    expect(names(finest(tree, IDENTITY, 9, over(-9, 9), 0.5))).toEqual(['w', 'e']);
  });
});
