/** A tour on the desk: which stop is open, what its words become, and what the linter says. */
import { type Api, type Finding, type Opened, quietly } from './core/api.ts';
import { TOUR } from './core/fields.ts';
import type { Name } from './core/history.ts';
import { markdownOf, type Rendered } from './core/preview.ts';
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
import { Desk } from './desk.ts';

const RENDER_MS = 350;
const FINDINGS_MS = 2500;
/** The check is asked again by itself, after pauses that double: a server that is busy shall not be kept busy by asking. */
const AGAIN_MS = 30_000;
const AGAIN_AT_MOST_MS = 15 * 60_000;

export class Editing extends Desk<Tour> {
  readonly id: string;
  stop: string;
  /** The linter's last answer, and whether another is awaited or did not come. */
  findings: readonly Finding[] = [];
  check: 'due' | 'asked' | 'answered' | 'failed' = 'due';
  /** How often it was asked since it last gave an answer. */
  unanswered = 0;
  readonly rendered = new Map<string, Rendered>();
  /** Seconds of recordings, by path. */
  readonly seconds = new Map<string, number>();
  /** The revision the linter was last asked about. */
  private linted: string | null = null;

  constructor(api: Api, opened: Opened<Tour>, value: Tour, who: string) {
    super(api, TOUR, opened, value, who);
    this.id = opened.key.replace(/^tours\//, '');
    this.stop = idsOf(this.now)[0]!;
    this.saver.onChange = () => {
      this.lintSoon();
      this.onChange();
    };
    void this.poll();
    this.took(false);
    this.lintSoon();
  }

  protected get place(): string {
    return this.stop;
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
    this.onChange();
  }

  /** Take a recording's length from its own file. */
  measure(path: string): void {
    if (this.seconds.has(path)) return;
    this.seconds.set(path, Number.NaN);
    const audio = new Audio(`./files/${path}`);
    audio.preload = 'metadata';
    audio.addEventListener('loadedmetadata', () => {
      this.seconds.set(path, Math.round(audio.duration * 10) / 10);
      this.onChange();
    });
  }

  protected override took(own: boolean): void {
    const ids = idsOf(this.now);
    if (!ids.includes(this.stop)) this.stop = ids[0]!;
    for (const stop of this.now.tour.stops)
      for (const path of Object.values(stop.narration ?? {})) this.measure(path);
    this.later('render', RENDER_MS, () => this.render());
    super.took(own);
  }

  private async render(): Promise<void> {
    const wanted = markdownOf(this.now).filter((text) => !this.rendered.has(text));
    if (wanted.length === 0) return;
    const found = await quietly(this.api.render(wanted));
    found?.forEach((one, k) => {
      this.rendered.set(wanted[k]!, one);
    });
    if (found) this.onChange();
  }

  /** What was found at a stop, or about the whole tour (null), and has not been accepted since. */
  foundAt(stop: string | null): Finding[] {
    const accepted = acceptedAt(this.now, stop);
    return this.findings.filter((f) => f.stop === stop && !(f.acceptable && Object.hasOwn(accepted, f.code)));
  }

  /** Ask the linter about what is saved; it takes a while, for it looks at the surfaces. */
  async lint(): Promise<void> {
    this.notLater('findings');
    this.linted = this.saver.revision;
    this.check = 'asked';
    this.onChange();
    const found = await quietly(this.api.ask<Finding[]>('GET', `findings/${this.id}`));
    if (found) {
      this.check = 'answered';
      this.findings = found;
      this.unanswered = 0;
    } else {
      this.check = 'failed';
      const pause = Math.min(AGAIN_MS * 2 ** this.unanswered++, AGAIN_AT_MOST_MS);
      this.later('findings', pause, () => this.lint());
    }
    this.onChange();
    this.lintSoon();
  }

  /** What is saved has come to rest: one question at a time, and none twice. */
  private lintSoon(): void {
    if (this.check !== 'asked' && this.saver.revision !== this.linted)
      this.later('findings', FINDINGS_MS, () => this.lint());
  }
}
