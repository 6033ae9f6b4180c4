import { describe, expect, it } from 'vitest';
import type { Viewport } from '../../src/core/fit.ts';
import {
  halves,
  lineAt,
  middleOf,
  paneAt,
  positionAt,
  seenBy,
  seenByAll,
  whole,
} from '../../src/core/panes.ts';

const DESKTOP: Viewport = { width: 1440, height: 900, left: 420, right: 0, top: 0, bottom: 0 };
const RTL: Viewport = { width: 1440, height: 900, left: 0, right: 420, top: 0, bottom: 0 };
const PHONE: Viewport = { width: 390, height: 844, left: 0, right: 0, top: 116, bottom: 120 };
const WINDOWS = { DESKTOP, RTL, PHONE };

describe('panes', () => {
  it.each(Object.entries(WINDOWS))('cover the window once: %s', (_name, v) => {
    for (const layout of [whole(v), halves(v)]) {
      const area = layout.panes.reduce((sum, { rect }) => sum + rect.width * rect.height, 0);
      expect(area).toBe(v.width * v.height);
    }
  });

  it('lie beside each other where there is width, above each other where there is height', () => {
    expect(halves(DESKTOP).panes[1]!.rect).toEqual({ x: 930, y: 0, width: 510, height: 900 });
    expect(halves(PHONE).panes[1]!.rect).toEqual({ x: 0, y: 420, width: 390, height: 424 });
    // With the sheet half up there is more width than height, but not enough for two.
    const half = { ...PHONE, bottom: 400 };
    expect(halves(half).panes[1]!.rect).toEqual({ x: 0, y: 280, width: 390, height: 564 });
  });

  it.each(Object.entries(WINDOWS))('show the same film on both sides: %s', (_name, v) => {
    const layout = halves(v);
    const [a, b] = [middleOf(layout, 0), middleOf(layout, 1)];
    // The middles are where the free halves' middles are, and each is in its own pane.
    const free = { x: v.width - v.left - v.right, y: v.height - v.top - v.bottom };
    expect(Math.max(Math.abs(b.x - a.x - free.x / 2), 0) < 1 || Math.abs(b.y - a.y - free.y / 2) < 1).toBe(
      true,
    );
    expect(paneAt(layout, a.x, a.y)).toBe(0);
    expect(paneAt(layout, b.x, b.y)).toBe(1);
  });

  it.each(Object.entries(WINDOWS))('are seen whole by the camera that chooses tiles: %s', (_name, v) => {
    for (const layout of [whole(v), halves(v)]) {
      const all = seenByAll(layout);
      for (const pane of layout.panes) {
        const seen = seenBy(pane);
        expect(seen.x).toBeGreaterThanOrEqual(all.x);
        expect(seen.y).toBeGreaterThanOrEqual(all.y);
        expect(seen.x + seen.width).toBeLessThanOrEqual(all.x + all.width);
        expect(seen.y + seen.height).toBeLessThanOrEqual(all.y + all.height);
      }
    }
  });
});

describe('the swipe’s line', () => {
  it('goes over the free width or height, and back', () => {
    expect(lineAt(DESKTOP, 'upright', 0)).toBe(420);
    expect(lineAt(DESKTOP, 'upright', 1)).toBe(1440);
    expect(lineAt(PHONE, 'lying', 0.5)).toBe(420);
    for (const line of ['upright', 'lying'] as const) {
      const at = lineAt(PHONE, line, 0.3);
      expect(positionAt(PHONE, line, at, at)).toBeCloseTo(0.3, 9);
    }
    expect(positionAt(PHONE, 'lying', 0, 0)).toBe(0);
    expect(positionAt(PHONE, 'upright', 999, 0)).toBe(1);
  });
});
