/** The window as one picture, or as two beside or above each other that one camera looks through. */
import { freeArea, type Viewport } from './fit.ts';
import { clamp } from './vec.ts';

/** A rectangle, CSS pixels. */
export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A part of the window that is drawn by itself; `origin` is where the film's corner lies in the window. */
export interface Pane {
  rect: Rect;
  origin: { x: number; y: number };
}

/** `film` is what the camera's field of view and the framing are meant for; every pane shows it, and its surroundings. */
export interface Layout {
  film: Viewport;
  panes: readonly [Pane] | readonly [Pane, Pane];
}

/** The whole window as one picture. */
export function whole(v: Viewport): Layout {
  return {
    film: v,
    panes: [{ rect: { x: 0, y: 0, width: v.width, height: v.height }, origin: { x: 0, y: 0 } }],
  };
}

const NARROW_PX = 240; // a pane; buildings are broader than high, and a camera that backs off puts trees before them

/** Two panes of the same film: beside each other where that leaves them some width, else above each other. */
export function halves(v: Viewport): Layout {
  const free = { width: v.width - v.left - v.right, height: v.height - v.top - v.bottom };
  if (free.width >= free.height * 0.9 && free.width >= 2 * NARROW_PX) {
    const width = Math.max(1, Math.round(free.width / 2));
    const cut = v.left + width;
    return {
      film: { ...v, width, left: 0, right: 0 },
      panes: [
        { rect: { x: 0, y: 0, width: cut, height: v.height }, origin: { x: v.left, y: 0 } },
        { rect: { x: cut, y: 0, width: v.width - cut, height: v.height }, origin: { x: cut, y: 0 } },
      ],
    };
  }
  const height = Math.max(1, Math.round(free.height / 2));
  const cut = v.top + height;
  return {
    film: { ...v, height, top: 0, bottom: 0 },
    panes: [
      { rect: { x: 0, y: 0, width: v.width, height: cut }, origin: { x: 0, y: v.top } },
      { rect: { x: 0, y: cut, width: v.width, height: v.height - cut }, origin: { x: 0, y: cut } },
    ],
  };
}

/** Which pane a position of the window is in. */
export function paneAt(layout: Layout, x: number, y: number): number {
  const [, second] = layout.panes;
  return second && x >= second.rect.x && y >= second.rect.y ? 1 : 0;
}

/** The part of the film, as seen from its corner, that a pane shows. */
export function seenBy(pane: Pane): Rect {
  const { rect, origin } = pane;
  return { ...rect, x: rect.x - origin.x, y: rect.y - origin.y };
}

/** The least rectangle on the film that holds what every pane shows: tiles are chosen for it. */
export function seenByAll(layout: Layout): Rect {
  const all = layout.panes.map(seenBy);
  const x = Math.min(...all.map((r) => r.x));
  const y = Math.min(...all.map((r) => r.y));
  const right = Math.max(...all.map((r) => r.x + r.width));
  const bottom = Math.max(...all.map((r) => r.y + r.height));
  return { x, y, width: right - x, height: bottom - y };
}

/** The middle of the film's free area in a pane, CSS pixels of the window. */
export function middleOf(layout: Layout, pane: number): { x: number; y: number } {
  const { film } = layout;
  const { origin } = layout.panes[pane] ?? layout.panes[0];
  const { shiftX, shiftY } = freeArea(film);
  return { x: origin.x + film.width / 2 + shiftX, y: origin.y + film.height / 2 + shiftY };
}

/** A dividing line: upright and moved from side to side, or lying and moved up and down. */
export type Line = 'upright' | 'lying';

/** Where the swipe's line stands in the free area, CSS pixels from the window's left or top. */
export function lineAt(v: Viewport, line: Line, position: number): number {
  const [from, to] = line === 'upright' ? [v.left, v.width - v.right] : [v.top, v.height - v.bottom];
  return from + (to - from) * position;
}

/** The position, 0..1, of a line through a place of the window. */
export function positionAt(v: Viewport, line: Line, x: number, y: number): number {
  const [from, to] = line === 'upright' ? [v.left, v.width - v.right] : [v.top, v.height - v.bottom];
  return clamp(((line === 'upright' ? x : y) - from) / Math.max(1, to - from), 0, 1);
}
