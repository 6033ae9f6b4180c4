/** What the studio's page shows. */
import type { Translate } from '../core/i18n.ts';
import type { Cleaning } from './cleaning/desk.ts';
import type { Listed, Me, Placed } from './core/api.ts';
import type { Editing } from './editing.ts';
import type { Page } from './pages.ts';
import type { Recording } from './recording.ts';
import type { Frames } from './scene/handle.ts';
import type { FieldWords } from './words.ts';

/** What stands over the desk. */
export type Sheet = 'history' | 'releases' | 'new' | null;

export interface StudioState {
  status: 'starting' | 'signed-out' | 'ready' | 'failed';
  me: Me | null;
  /** How one can come in, and the invitation that the address holds. */
  ways: { mode: Me['mode']; openid?: string | null };
  invitation: string | null;
  t: Translate;
  language: string;
  /** Of the forms' fields, in this language. */
  fields: FieldWords;
  documents: readonly Listed[];
  /** Monuments that stand where nobody is sure of. */
  undecided: readonly Placed[];
  editing: Editing | null;
  /** Any document that is no tour. */
  record: Recording | Cleaning | null;
  /** What is open of `pages.ts`. */
  page: { id: string; page: Page } | null;
  /** Whether the draft is played, looked at with the visitor's tools, or made. */
  mode: 'make' | 'explore' | 'play';
  screen: 'fit' | 'phone' | 'desktop';
  /** A point of the surface is asked for: what for. */
  picking: 'target' | 'fit' | null;
  flight: boolean;
  frames: Frames | null;
  sheet: Sheet;
  /** Said once, in a line of its own. */
  notice: string;
}
