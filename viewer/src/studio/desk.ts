/** A document on the desk: its history, its saving, what others save meanwhile, and where they are. */
import { type Api, type Here, type Opened, quietly } from './core/api.ts';
import type { Fields, Shape } from './core/fields.ts';
import { History } from './core/history.ts';
import { Saver } from './core/saver.ts';
import { drawerOf, keepSteps, kept, takeSteps } from './drawer.ts';

const POLL_MS = 5000;
/** This page among those that are open. */
const PAGE = crypto.randomUUID();

export abstract class Desk<T> {
  readonly key: string;
  readonly kind: string;
  readonly history: History<T>;
  readonly saver: Saver<T>;
  /** Whether work of another time was brought back from this browser. */
  readonly restored: boolean;
  others: readonly Here[] = [];
  onChange: () => void = () => {};
  protected readonly api: Api;
  private readonly shape: Shape<T>;
  private readonly drawer: string;
  protected ended = false;
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();

  /** `who`: whose drawer it is; another's unsaved work is not brought back as theirs. */
  protected constructor(
    api: Api,
    shape: Shape<T>,
    { key, kind, revision }: Opened<T>,
    value: T,
    who: string,
  ) {
    this.api = api;
    this.shape = shape;
    this.key = key;
    this.kind = kind;
    const drawer = `${who}/${key}`;
    this.drawer = drawer;
    const draft = kept<T>(drawer);
    this.restored = draft !== null;
    this.history = new History(shape, draft?.value ?? value, takeSteps(drawer));
    // What was changed offline was changed from what was known then: the server merges it, or says where it cannot.
    const saved = draft ? { value: draft.base, revision: draft.revision } : { value, revision };
    this.saver = new Saver(this.history, shape, saved, (...sent) => api.put(key, ...sent), drawerOf(drawer));
    this.history.onChange = (own) => this.took(own);
    this.saver.onChange = () => this.onChange();
  }

  get now(): T {
    return this.history.now;
  }

  /** A version of the document as fields: what people compare. */
  apart(version: T): Fields {
    return this.shape.apart(version);
  }

  /** Go back to a version of before, as a step that can be undone. */
  restore(version: T): void {
    this.history.do(this.shape.together(this.apart(version)), { key: 'step.restore' });
  }

  /** Ends the ids of what this page adds, while others may add as much: none where one is alone. */
  get mark(): string {
    return this.others.length > 0 ? `-${PAGE.slice(0, 4)}` : '';
  }

  /** The page ends, or the document leaves the desk: what was done can still be taken back. */
  putAway(): void {
    keepSteps(this.drawer, this.history.steps);
  }

  end(): void {
    this.ended = true;
    this.putAway();
    for (const timer of this.timers.values()) clearTimeout(timer);
  }

  /** The stop that is open, where the document has stops. */
  protected abstract get place(): string | null;

  /** The document is another than before, by this person or by another. */
  protected took(own: boolean): void {
    if (own) this.saver.changed();
    this.onChange();
  }

  /** What others have saved, and where they are; again and again until the document leaves the desk. */
  protected async poll(): Promise<void> {
    await this.tellWhere();
    const known = this.saver.revision;
    // What was never saved has no revision that others could have changed.
    const opened = known === null ? null : await quietly(this.api.document<T>(this.key, known));
    // An answer that was overtaken by a save would take its changes back.
    if (opened?.value && opened.revision !== null && !this.ended && this.saver.revision === known)
      this.saver.arrived(opened.value, opened.revision);
    this.later('poll', POLL_MS, () => this.poll());
  }

  protected async tellWhere(): Promise<void> {
    const where = { key: this.key, stop: this.place, page: PAGE };
    const here = await quietly(this.api.ask<Here[]>('PUT', 'presence', where));
    if (!here || this.ended) return;
    const others = here.filter((one) => one.key === this.key && one.page !== PAGE);
    if (JSON.stringify(others) === JSON.stringify(this.others)) return;
    this.others = others;
    this.onChange();
  }

  protected later(name: string, ms: number, act: () => Promise<void>): void {
    this.notLater(name);
    if (this.ended) return;
    this.timers.set(
      name,
      setTimeout(() => void act(), ms),
    );
  }

  protected notLater(name: string): void {
    clearTimeout(this.timers.get(name));
  }
}
