/** What the machine says of a place: how the monument stands there, where its walls fit nearby, what control points give. */
import type { PlacementTrial } from '../../core/release.ts';
import type { Registration } from './registration.ts';

export type Kind = 'measure' | 'refine' | 'gcp';

/** As the server's `PlacementOrder`. */
export interface Order {
  registration: Registration;
  refine: boolean;
  footprint?: string;
}

export class Trials {
  busy: Kind | null = null;
  /** What was asked for last: what is answered, or went wrong, stands beside it. */
  asked: Kind = 'measure';
  problem = '';
  /** What was found, to be taken or left. */
  found: { kind: Kind; trial: PlacementTrial } | null = null;
  private readonly send: (order: Order) => Promise<PlacementTrial>;
  private readonly told: () => void;
  /** Counts what makes an answer one about something else. */
  private turns = 0;

  constructor(send: (order: Order) => Promise<PlacementTrial>, told: () => void) {
    this.send = send;
    this.told = told;
  }

  /** What was found is of a place that nobody tries any more. */
  forget(): void {
    this.turns++;
    this.found = null;
    this.problem = '';
  }

  async ask(kind: Kind, order: Order, failed: string): Promise<void> {
    this.forget();
    const turn = this.turns;
    this.busy = kind;
    this.asked = kind;
    this.told();
    try {
      const trial = await this.send(order);
      // What was moved meanwhile stands elsewhere than what the answer is about.
      if (turn === this.turns) this.found = { kind, trial };
    } catch (error) {
      this.problem = error instanceof Error && error.message ? error.message : failed;
    }
    this.busy = null;
    this.told();
  }
}
