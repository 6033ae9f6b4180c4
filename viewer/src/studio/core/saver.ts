/**
 * Saving as one writes: a moment after each change, with the revision it was made from, once only however often the
 * line breaks. What cannot be saved stays here, is said, and is tried again.
 */
import { ORDER, type Shape, same } from './fields.ts';
import type { History } from './history.ts';
import { type Clash, decided, merged } from './merge.ts';

/** As the server tells it: where, what was found there, what is allowed, what to do. */
export interface Problem {
  where: string;
  found: string;
  allowed?: string;
  remedy?: string;
}

/** A problem as one line. */
export const sentence = ({ where, found, allowed, remedy }: Problem): string =>
  [[where, found].filter(Boolean).join(': '), allowed, remedy].filter(Boolean).join('; ');

export type Reply<T> =
  | { kind: 'saved'; revision: string; value: T; merged: boolean; problems: readonly Problem[] }
  | { kind: 'clash'; clashes: readonly Clash[]; revision: string; theirs: T }
  | { kind: 'refused'; problems: readonly Problem[] }
  /** The line is down, or the server asks for patience. */
  | { kind: 'again'; after_s: number | null; offline: boolean }
  | { kind: 'signed-out' }
  | { kind: 'forbidden'; message: string };

/** `revision` null: a document that must not exist yet. `once`: the same for every try of one save. */
export type Put<T> = (value: T, revision: string | null, once: string) => Promise<Reply<T>>;

export type Status =
  | 'saved'
  | 'changed'
  | 'saving'
  | 'offline'
  | 'waiting'
  | 'clash'
  | 'refused'
  | 'signed-out'
  | 'forbidden';

/** Where work survives that no server has yet, the page's end included. */
export interface Drawer<T> {
  keep: (draft: { value: T; base: T; revision: string | null }) => void;
  clear: () => void;
}

const SETTLE_MS = 1200;
const FIRST_RETRY_S = 1;
const LONGEST_RETRY_S = 30;

export class Saver<T> {
  status: Status = 'saved';
  clashes: readonly Clash[] = [];
  /** Of the last save: why it was refused, or what does not hinder it. */
  problems: readonly Problem[] = [];
  message = '';
  onChange: () => void = () => {};
  private readonly history: History<T>;
  private readonly shape: Shape<T>;
  private readonly put: Put<T>;
  private readonly drawer: Drawer<T>;
  private base: T;
  private known: string | null;
  /**
   * What the server has while a person still has to decide: `base` stays what mine began from, so that what lies in the
   * drawer is a clash again after the page's end, and never saved over theirs.
   */
  private theirs: { value: T; revision: string } | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  /** What is under way or to be tried again: the same bytes under the same key. */
  private sent: { value: T; once: string; revision: string | null } | null = null;
  private flying = false;
  private tries = 0;

  /** `value` and `revision` as the server has them; `history` may hold more already. */
  constructor(
    history: History<T>,
    shape: Shape<T>,
    saved: { value: T; revision: string | null },
    put: Put<T>,
    drawer: Drawer<T>,
  ) {
    this.history = history;
    this.shape = shape;
    this.base = saved.value;
    this.known = saved.revision;
    this.put = put;
    this.drawer = drawer;
    if (this.dirty) this.changed();
  }

  get revision(): string | null {
    return this.known;
  }

  /** Whether there is anything that the server has not said it has. */
  get dirty(): boolean {
    return this.sent !== null || this.clashes.length > 0 || !this.isSaved(this.history.now);
  }

  /** The person has changed something. */
  changed(): void {
    if (this.dirty) this.drawer.keep({ value: this.history.now, base: this.base, revision: this.known });
    if (this.sent || this.clashes.length > 0) return;
    if (!this.dirty) {
      this.cancel();
      this.settled();
      return;
    }
    this.tell('changed');
    this.later(SETTLE_MS);
  }

  /** Save now, without the moment's wait: before one leaves, when the line is back, when asked to. */
  now(): void {
    if (this.flying || this.clashes.length > 0) return;
    this.cancel();
    void this.send();
  }

  /** Somebody else's revision has come. */
  arrived(value: T, revision: string): void {
    if (this.sent || this.clashes.length > 0 || revision === this.known) return;
    this.rebase(this.base, value, revision);
  }

  /** A person's choice in a clash; when all are made, it is saved. */
  decide(clash: Clash, choice: 'mine' | 'theirs'): void {
    const { apart, together } = this.shape;
    this.clashes = this.clashes.filter((c) => c !== clash);
    this.history.adopt(together(decided(apart(this.history.now), clash, choice)));
    if (this.clashes.length > 0) this.tell('clash');
    else {
      const { value, revision } = this.theirs!;
      this.theirs = null;
      this.takeBase(value, revision);
      if (this.dirty) this.now();
    }
  }

  private isSaved(value: T): boolean {
    return sameFields(this.shape, value, this.base);
  }

  private settled(): void {
    this.drawer.clear();
    this.tries = 0;
    this.tell('saved');
  }

  private tell(status: Status): void {
    this.status = status;
    this.onChange();
  }

  private cancel(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private later(ms: number): void {
    this.cancel();
    this.timer = setTimeout(() => {
      this.timer = null;
      void this.send();
    }, ms);
  }

  private async send(): Promise<void> {
    if (this.flying) return;
    if (!this.sent) {
      if (!this.dirty) return;
      this.sent = { value: this.history.now, once: crypto.randomUUID(), revision: this.known };
    }
    const { sent } = this;
    this.flying = true;
    this.tell('saving');
    const reply = await this.put(sent.value, sent.revision, sent.once);
    this.flying = false;
    this.take(reply, sent.value);
  }

  private take(reply: Reply<T>, sent: T): void {
    switch (reply.kind) {
      case 'again': {
        const wait_s = reply.after_s ?? Math.min(LONGEST_RETRY_S, FIRST_RETRY_S * 2 ** this.tries);
        this.tries++;
        this.tell(reply.offline ? 'offline' : 'waiting');
        this.later(wait_s * 1000);
        return;
      }
      case 'saved':
        this.sent = null;
        this.tries = 0;
        this.problems = reply.problems;
        this.rebase(sent, reply.value, reply.revision);
        return;
      case 'clash':
        this.sent = null;
        // What was typed meanwhile is mine as well.
        this.rebase(this.base, reply.theirs, reply.revision, reply.clashes);
        return;
      case 'refused':
        // Only another change can help; it is not tried again as it stands.
        this.sent = null;
        this.problems = reply.problems;
        if (sameFields(this.shape, sent, this.history.now)) this.tell('refused');
        else this.changed(); // written while it was under way
        return;
      case 'signed-out':
        this.tell('signed-out');
        return;
      case 'forbidden':
        this.sent = null;
        this.message = reply.message;
        this.tell('forbidden');
    }
  }

  /** Take over the server's value; what this person has changed since `common` stays on top of it. */
  private rebase(common: T, theirs: T, revision: string, told: readonly Clash[] = []): void {
    const { apart, together } = this.shape;
    const { fields, clashes } = merged(apart(common), apart(this.history.now), apart(theirs));
    // The server sees two moves of one stop; here the order is one field.
    const [base, mine, other] = [common, this.history.now, theirs].map((value) => apart(value).get(ORDER));
    if (base && told.some((c) => c.field === ORDER))
      clashes.push({ field: ORDER, base, mine, theirs: other });
    const who = (field: string) =>
      told.find(
        (c) => c.field === field || c.field.startsWith(`${field}/`) || field.startsWith(`${c.field}/`),
      )?.who;
    this.clashes = clashes.map((c) => ({ ...c, who: who(c.field) }));
    this.history.adopt(together(fields));
    if (this.clashes.length > 0) {
      this.theirs = { value: theirs, revision };
      this.changed();
      this.tell('clash');
    } else this.takeBase(theirs, revision);
  }

  private takeBase(value: T, revision: string): void {
    this.base = value;
    this.known = revision;
    this.changed();
  }
}

function sameFields<T>(shape: Shape<T>, a: T, b: T): boolean {
  const [one, two] = [shape.apart(a), shape.apart(b)];
  return one.size === two.size && [...one].every(([field, value]) => same(value, two.get(field)));
}

/** The first of some problems as one line; undefined where there is none. */
export const firstOf = (problems: readonly Problem[] | undefined): string | undefined =>
  problems?.[0] && sentence(problems[0]);
