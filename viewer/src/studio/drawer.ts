/** Where work lies that no server has yet: in this browser, beyond the page's end. */
import type { Drawer } from './core/saver.ts';

export interface Kept<T> {
  value: T;
  base: T;
  revision: string | null;
}

const nameOf = (key: string) => `heritage-studio/${key}`;

/** Work that no server had when the page ended; null where there is none. */
export function kept<T>(key: string): Kept<T> | null {
  try {
    return JSON.parse(localStorage.getItem(nameOf(key)) ?? 'null') as Kept<T> | null;
  } catch {
    return null;
  }
}

export function drawerOf<T>(key: string): Drawer<T> {
  return {
    keep: (draft) => {
      try {
        localStorage.setItem(nameOf(key), JSON.stringify(draft));
      } catch {
        // The drawer is full or locked; the page still holds the work and asks before it is left.
      }
    },
    clear: () => localStorage.removeItem(nameOf(key)),
  };
}
