/** One tour on the desk: its history, its saving, who else is at it, and what the linter says. */
import { type Api, type Finding, type Here, type Opened, Refusal } from './core/api.ts';
import { TOUR } from './core/fields.ts';
import { History, type Name } from './core/history.ts';
import { markdownOf, type Rendered } from './core/preview.ts';
import { Saver } from './core/saver.ts';
import {
  acceptedAt,
  idsOf,
  type Stop,
  type StopWords,
  setStop,
  setStopWords,
  setTourWords,
  type Tour,
  type Words,
} from './core/tour.ts';
import { drawerOf, kept } from './drawer.ts';

const POLL_MS = 5000;
/** This page among those that are open. */
const PAGE = crypto.randomUUID();
const RENDER_MS = 350;
const FINDINGS_MS = 2500;

export class Editing {
  readonly key: string;
  readonly id: string;
  readonly history: History<Tour>;
  readonly saver: Saver<Tour>;
  /** Whether work of another time was brought back from this browser. */
  readonly restored: boolean;
  stop: string;
  others: readonly Here[] = [];
  /** The linter's last answer, and whether another is awaited or did not come. */
  findings: readonly Finding[] = [];
  check: 'due' | 'asked' | 'answered' | 'failed' = 'due';
  readonly rendered = new Map<string, Rendered>();
  /** Seconds of recordings, by path. */
  readonly seconds = new Map<string, number>();
  onChange: (own: boolean) => void = () => {};
  private readonly api: Api;
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  private ended = false;
  /** The revision the linter was last asked about. */
  private linted: string | null = null;

  constructor(api: Api, opened: Opened<Tour>, value: Tour) {
    this.api = api;
    this.key = opened.key;
    this.id = opened.key.replace(/^tours\//, '');
    const draft = kept<Tour>(this.key);
    this.restored = draft !== null;
    this.history = new History(TOUR, draft?.value ?? value);
    // What was changed offline was changed from what was known then: the server merges it, or says where it cannot.
    const saved = draft
      ? { value: draft.base, revision: draft.revision }
      : { value, revision: opened.revision };
    this.saver = new Saver(
      this.history,
      TOUR,
      saved,
      (tour, revision, once) => api.put(this.key, tour, revision, once),
      drawerOf(this.key),
    );
    this.stop = idsOf(this.history.now)[0]!;
    this.history.onChange = (own) => this.took(own);
    this.saver.onChange = () => {
      this.lintSoon();
      this.onChange(false);
    };
    void this.poll();
    this.took(false);
    this.lintSoon();
  }

  get now(): Tour {
    return this.history.now;
  }

  do(next: Tour, name: Name, join: string | null = null): void {
    this.history.do(next, name, join);
  }

  set(id: string, change: Partial<Omit<Stop, 'id'>>, field: string, join: string | null = null): void {
    this.do(setStop(this.now, id, change), { key: 'step.set', values: { field } }, join && `${id}/${join}`);
  }

  say(language: string, id: string, change: Partial<StopWords>, field: string): void {
    const join = `${language}/${id}/${Object.keys(change)}`;
    this.do(setStopWords(this.now, language, id, change), { key: 'step.set', values: { field } }, join);
  }

  sayTour(language: string, change: Partial<Pick<Words, 'title' | 'introduction'>>, field: string): void {
    const join = `${language}/${Object.keys(change)}`;
    this.do(setTourWords(this.now, language, change), { key: 'step.set', values: { field } }, join);
  }

  choose(stop: string): void {
    if (stop === this.stop) return;
    this.stop = stop;
    void this.tellWhere();
    this.onChange(false);
  }

  /** Take a recording's length from its own file. */
  measure(path: string): void {
    if (this.seconds.has(path)) return;
    this.seconds.set(path, Number.NaN);
    const audio = new Audio(`./files/${path}`);
    audio.preload = 'metadata';
    audio.addEventListener('loadedmetadata', () => {
      this.seconds.set(path, Math.round(audio.duration * 10) / 10);
      this.onChange(false);
    });
  }

  end(): void {
    this.ended = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
  }

  /** The tour is another than before, by this person or by another. */
  private took(own: boolean): void {
    if (own) this.saver.changed();
    const ids = idsOf(this.now);
    if (!ids.includes(this.stop)) this.stop = ids[0]!;
    for (const stop of this.now.tour.stops)
      for (const path of Object.values(stop.narration ?? {})) this.measure(path);
    this.later('render', RENDER_MS, () => this.render());
    this.onChange(own);
  }

  private later(name: string, ms: number, act: () => Promise<void>): void {
    clearTimeout(this.timers.get(name));
    if (!this.ended)
      this.timers.set(
        name,
        setTimeout(() => void act(), ms),
      );
  }

  private async render(): Promise<void> {
    const wanted = markdownOf(this.now).filter((text) => !this.rendered.has(text));
    if (wanted.length === 0) return;
    const found = await this.quietly(this.api.render(wanted));
    found?.forEach((one, k) => {
      this.rendered.set(wanted[k]!, one);
    });
    if (found) this.onChange(false);
  }

  /** What others have saved, and where they are. */
  private async poll(): Promise<void> {
    await this.tellWhere();
    const opened = await this.quietly(this.api.document<Tour>(this.key, this.saver.revision));
    if (opened?.value && !this.ended) this.saver.arrived(opened.value, opened.revision);
    this.later('poll', POLL_MS, () => this.poll());
  }

  private async tellWhere(): Promise<void> {
    const here = await this.quietly(
      this.api.ask<Here[]>('PUT', 'presence', { key: this.key, stop: this.stop, page: PAGE }),
    );
    if (!here || this.ended) return;
    const others = here.filter((one) => one.key === this.key && one.page !== PAGE);
    if (JSON.stringify(others) === JSON.stringify(this.others)) return;
    this.others = others;
    this.onChange(false);
  }

  /** What was found at a stop, or about the whole tour (null), and has not been accepted since. */
  foundAt(stop: string | null): Finding[] {
    const accepted = acceptedAt(this.now, stop);
    return this.findings.filter((f) => f.stop === stop && !(f.acceptable && Object.hasOwn(accepted, f.code)));
  }

  /** Ask the linter about what is saved; it takes a while, for it looks at the surfaces. */
  async lint(): Promise<void> {
    this.linted = this.saver.revision;
    this.check = 'asked';
    this.onChange(false);
    const found = await this.quietly(this.api.ask<Finding[]>('GET', `findings/${this.id}`));
    this.check = found ? 'answered' : 'failed';
    if (found) this.findings = found;
    this.onChange(false);
    this.lintSoon();
  }

  /** What is saved has come to rest: one question at a time, and none twice. */
  private lintSoon(): void {
    if (this.check !== 'asked' && this.saver.revision !== this.linted)
      this.later('findings', FINDINGS_MS, () => this.lint());
  }

  /** What the server says, or null where it says no or nothing: work goes on, and the saving tells how the line is. */
  private async quietly<T>(asked: Promise<T>): Promise<T | null> {
    try {
      return await asked;
    } catch (error) {
      if (error instanceof Refusal) return null;
      throw error;
    }
  }
}
