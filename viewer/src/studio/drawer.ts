/**
 * What outlives the page in this browser: work that no server has yet, for every page to come; and the steps that can be
 * taken back, for this tab.
 */
import type { Steps } from './core/history.ts';
import type { Drawer } from './core/saver.ts';

export interface Kept<T> {
  value: T;
  base: T;
  revision: string | null;
}

const nameOf = (key: string) => `heritage-studio/${key}`;
const stepsOf = (key: string) => `heritage-studio/steps/${key}`;

/** What `storage` holds by a name; null where it holds nothing that can be read, or is locked. */
function held<A>(storage: () => Storage, name: string): A | null {
  try {
    return JSON.parse(storage().getItem(name) ?? 'null') as A | null;
  } catch {
    return null;
  }
}

/** Work that no server had when the page ended; null where there is none. */
export const kept = <T>(key: string): Kept<T> | null => held(() => localStorage, nameOf(key));

/** The steps of the page before this one in this tab. They are taken out: another page's would not end where this one does. */
export function takeSteps(key: string): Steps | undefined {
  const steps = held<Steps>(() => sessionStorage, stepsOf(key));
  if (steps) sessionStorage.removeItem(stepsOf(key));
  return steps ?? undefined;
}

export function keepSteps(key: string, steps: Steps): void {
  try {
    sessionStorage.setItem(stepsOf(key), JSON.stringify(steps));
  } catch {
    // Too many for the browser, or it keeps nothing: they end with the page, and the document's earlier versions stay.
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
    clear: () => {
      try {
        localStorage.removeItem(nameOf(key));
      } catch {
        // Locked, so nothing lies in it; what was saved is saved all the same.
      }
    },
  };
}
