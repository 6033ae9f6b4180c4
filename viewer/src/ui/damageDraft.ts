/** What a visitor has written of a report, kept on this device until it has arrived. */
import type { Vec3 } from '../core/vec.ts';

export interface Draft {
  text: string;
  /** Monument frame, metres. */
  at: Vec3 | null;
  /** The same for every try of one report: what has arrived already, although its answer was lost, is not there twice. */
  once: string;
  /** The photo of the last try under that key; '' without one, null before the first. */
  tried: string | null;
}

/** 128 random bits, also where the page has no secure context. */
const key = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

export const blank = (): Draft => ({ text: '', at: null, once: key(), tried: null });

/** What a photo is known by when it is chosen again. */
const nameOf = (photo: File | null): string =>
  photo ? `${photo.name}:${photo.size}:${photo.lastModified}` : '';

/** As it is before `photo` goes along: another photo than the one that may have arrived already is another report. */
export function before(draft: Draft, photo: File | null): Draft {
  const { once, tried } = draft;
  // Words without their photo are the same.
  const other = photo !== null && tried !== null && tried !== nameOf(photo);
  return {
    ...draft,
    once: other ? key() : once,
    tried: photo || tried === null ? nameOf(photo) : tried,
  };
}

const drawer = (monument: string) => `heritage-report:${location.pathname}:${monument}`;

/** What was written of a monument and has not arrived. */
export function kept(monument: string): Draft {
  try {
    // A draft of an older version has no key.
    const found = JSON.parse(localStorage.getItem(drawer(monument)) ?? 'null') as Partial<Draft> | null;
    return { ...blank(), ...found };
  } catch {
    return blank();
  }
}

/** Keep what is written; `null` when it has arrived. */
export function keep(monument: string, draft: Draft | null): void {
  try {
    if (draft) localStorage.setItem(drawer(monument), JSON.stringify(draft));
    else localStorage.removeItem(drawer(monument));
  } catch {
    // No box, or a full one: the page itself still holds it.
  }
}
