import { describe, expect, it } from 'vitest';
import { quickLook, sceneViewer } from '../../src/core/ar.ts';
import { pruned, rangeOf } from '../../src/offline/kept.ts';

interface Tile {
  content?: { uri: string };
  children?: Tile[];
  [key: string]: unknown;
}
const tile = (uri: string, ...children: Tile[]): Tile => ({
  content: { uri },
  geometricError: 1,
  ...(children.length > 0 ? { children } : {}),
});
const uris = (node: Tile): string[] => [node.content!.uri, ...(node.children ?? []).flatMap(uris)];

describe('a tileset of what is kept', () => {
  const tileset = {
    asset: { version: '1.1' },
    root: tile('r', tile('a', tile('aa'), tile('ab')), tile('b', tile('ba'), tile('bb'))),
  };

  it('is the same where everything is', () => {
    expect(pruned(tileset, () => true)).toEqual(tileset);
  });

  it('has all children of a tile or none, whatever is missing', () => {
    const all = uris(tileset.root);
    for (let mask = 0; mask < 2 ** (all.length - 1); mask++) {
      const has = (uri: string) => uri === 'r' || Boolean(mask & (1 << (all.indexOf(uri) - 1)));
      const check = (full: Tile, cut: Tile): void => {
        expect(cut.content).toEqual(full.content);
        const whole = full.children?.every((child) => has(child.content!.uri)) ?? false;
        expect(cut.children !== undefined, `${mask} ${full.content!.uri}`).toBe(whole);
        full.children?.forEach((child, i) => {
          if (whole) check(child, cut.children![i]!);
        });
      };
      check(tileset.root, pruned(tileset, has).root);
    }
  });

  it('leaves the one it was given as it was', () => {
    const before = structuredClone(tileset);
    pruned(tileset, (uri) => uri === 'r');
    expect(tileset).toEqual(before);
  });
});

describe('a range of bytes', () => {
  it('is what RFC 9110 says', () => {
    expect(rangeOf('bytes=0-', 100)).toEqual([0, 99]);
    expect(rangeOf('bytes=10-19', 100)).toEqual([10, 19]);
    expect(rangeOf('bytes=90-200', 100)).toEqual([90, 99]);
    expect(rangeOf('bytes=-5', 100)).toEqual([95, 99]);
    expect(rangeOf('bytes=-500', 100)).toEqual([0, 99]);
    expect(rangeOf('bytes=100-', 100)).toBe('none');
    expect(rangeOf('bytes=-0', 100)).toBe('none');
    for (const all of [null, 'bytes=-', 'bytes=5-2', 'lines=1-2', 'bytes=0-1,4-5']) {
      expect(rangeOf(all, 100)).toBeNull();
    }
  });
});

describe('the phone’s own viewers', () => {
  it('get a whole address, the title, and whether the size may change', () => {
    const file = 'https://example.org/r/1/gate/ar/real.glb?a=1&b';
    const intent = sceneViewer(file, 'Cổng & cửa', true, 'https://example.org/#/m/gate');
    expect(intent).toMatch(/^intent:\/\/arvr\.google\.com\/scene-viewer\/1\.2\?/);
    const [query, rest] = intent.split('?')[1]!.split('#Intent;');
    const asked = Object.fromEntries(new URLSearchParams(query));
    expect(asked).toEqual({ file, title: 'Cổng & cửa', mode: 'ar_preferred', resizable: 'false' });
    expect(rest).toContain(
      `S.browser_fallback_url=${encodeURIComponent('https://example.org/#/m/gate')};end;`,
    );
    expect(quickLook('https://example.org/a.usdz', true)).toBe(
      'https://example.org/a.usdz#allowsContentScaling=0',
    );
    expect(quickLook('https://example.org/a.usdz', false)).toBe('https://example.org/a.usdz');
  });
});
