/** Interpreted states on screen, and which of their parts the visitor asks about. */
import type { Picked } from '../core/picked.ts';
import type { StateEntry, StatePartEntry } from '../core/release.ts';
import { partsOf } from '../core/states.ts';
import type { App } from './app.ts';
import { conditionName, monumentOf, shownNow, words } from './state.ts';

/** A part of a state, by the state's id and the part's place among its parts. */
export interface ChosenPart {
  state: string;
  part: number;
}

export class Interpreting {
  private readonly app: App;

  constructor(app: App) {
    this.app = app;
  }

  /** The states that are on screen, whatever way: alone, compared, or at a tour's stop. */
  get states(): readonly StateEntry[] {
    const { state, comparing } = this.app;
    const monument = monumentOf(state);
    if (!monument) return [];
    const compared = comparing.mode && state.comparing;
    const shown = compared ? [state.comparing!.left, state.comparing!.right] : [shownNow(state, monument)];
    return shown.flatMap((one) => monument.states.filter((s) => s.id === one.state));
  }

  /** The part whose grounds are open, where its state is still on screen. */
  get chosen(): { state: StateEntry; part: StatePartEntry } | null {
    const wanted = this.app.state.part;
    const state = this.states.find((s) => s.id === wanted?.state);
    const part = state && wanted && partsOf(state)[wanted.part];
    return part ? { state, part } : null;
  }

  /** Open a part's grounds, or close those that are open. */
  choose(chosen: ChosenPart | null): void {
    const { app } = this;
    const monument = monumentOf(app.state);
    const before = app.state.part;
    if (monument && app.view) {
      if (before && monument.states.some((s) => s.id === before.state)) {
        app.view.onScreen.choosePart(monument, before.state, null);
      }
      if (chosen) app.view.onScreen.choosePart(monument, chosen.state, chosen.part);
    }
    if (before !== chosen) {
      app.set({ part: chosen });
      app.address.remember();
    }
    const open = this.chosen;
    if (open) {
      const certainty = app.state.t(`certainty.${open.part.certainty}`);
      app.set({ announcement: `${this.nameOf(open.state, open.part)}: ${certainty}` });
    }
  }

  /** Open a part's grounds by its name, as an address does; nothing where its state is not on screen. */
  open({ state, id }: { state: string; id: string }): void {
    const shown = this.states.find((s) => s.id === state);
    const part = shown ? partsOf(shown).findIndex((p) => p.id === id) : -1;
    if (part >= 0) this.choose({ state, part });
  }

  /** A press on the open monument's surface: on a part of a state it opens that part's grounds. True if it did. */
  press(picked: Picked | null): boolean {
    const { state, part } = { state: picked?.shown.state ?? null, part: picked?.part ?? null };
    if (picked?.monument !== monumentOf(this.app.state)?.id || state === null || part === null) {
      this.choose(null);
      return false;
    }
    this.choose({ state, part });
    return true;
  }

  nameOf(entry: StateEntry, part: StatePartEntry): string {
    const { state } = this.app;
    const title = words(state, part.title);
    if (title) return title;
    const monument = monumentOf(state);
    if (entry.parts?.length > 1 || !monument) return part.id;
    return conditionName(state, monument, { epoch: null, state: entry.id });
  }
}
