/** A condition of a monument: an epoch or a state, as the release has it. */

import type { MonumentEntry, ShownEntry } from './release.ts';

/** The release's file that a condition is streamed from. */
export function tilesetOf(monument: MonumentEntry, { epoch, state }: ShownEntry): string {
  const found = monument.epochs.find((e) => e.id === epoch) ?? monument.states.find((s) => s.id === state);
  if (!found) throw new Error(`${epoch ?? state} is no condition of ${monument.id}`);
  return found.tileset;
}
