/** The colours and patterns of terms, the same as in the condition report. */
import table from '../../../assets/colours/terms.json';
import { type Look, lookOf } from '../core/mapping.ts';
import type { TermEntry } from '../core/release.ts';

export const termLook = (term: string | null, vocabulary: readonly TermEntry[]): Look =>
  lookOf(term, vocabulary, table);
