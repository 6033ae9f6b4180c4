/** What an interpreted state says of itself: its parts, and what of them is sure. */
import type { StateEntry, StatePartEntry } from './release.ts';

export type Certainty = StateEntry['certainty'];

/** From the surest to the least sure. */
export const CERTAINTIES: readonly Certainty[] = ['documented', 'probable', 'conjectural'];

/** A state's parts, in the order of their feature ids; a release from before there were parts has one. */
export function partsOf(state: StateEntry): readonly StatePartEntry[] {
  if (state.parts?.length) return state.parts;
  const { id, title, certainty, evidence, author, period, time } = state;
  return [{ id, title, certainty, evidence, author, period, time, without_evidence: null }];
}

/** The certainties that states have, from the surest to the least sure. */
export function certaintiesOf(states: readonly StateEntry[]): Certainty[] {
  const found = new Set(states.flatMap((state) => partsOf(state).map((part) => part.certainty)));
  return CERTAINTIES.filter((certainty) => found.has(certainty));
}
