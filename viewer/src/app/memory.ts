/** Where a visitor left each tour of this site, in the browser's own box. */
import * as kept from '../core/kept.ts';

const NOTHING: kept.Box = { getItem: () => null, setItem: () => {}, removeItem: () => {} };

/** The browser's own box; some give none. */
function box(): kept.Box {
  try {
    return window.localStorage;
  } catch {
    return NOTHING;
  }
}

export const leftAt = (tour: string, stops: readonly string[]): string | null =>
  kept.leftAt(box(), location.pathname, tour, stops);

export const leave = (tour: string, stop: string | null): void =>
  kept.leave(box(), location.pathname, tour, stop);
