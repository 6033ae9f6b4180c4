/** Builds and releases as the server has them, asked for again and again while somebody looks. */
import type { Api, Build, Release } from './api.ts';

const FOLLOW_MS = 2000;

/** Asks, or does not while nobody would be answered; null where the server says no, or nothing. */
export type Hear = <A>(ask: () => Promise<A>) => Promise<A | null>;

export class Builds {
  /** Of both the newest first. */
  builds: readonly Build[] = [];
  releases: readonly Release[] = [];
  private readonly api: Api;
  private readonly hear: Hear;
  private readonly told: () => void;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = 0;
  private followed = false;

  /** `told`: that there is an answer, or that none came. */
  constructor(api: Api, hear: Hear, told: () => void) {
    this.api = api;
    this.hear = hear;
    this.told = told;
  }

  /** Ask, and again until `end`. */
  async follow(): Promise<void> {
    this.followed = true;
    clearTimeout(this.timer);
    const asked = ++this.asked;
    const { api } = this;
    const found = await this.hear(() =>
      Promise.all([api.ask<Build[]>('GET', 'builds'), api.ask<Release[]>('GET', 'releases')]),
    );
    // What was asked before something was done may answer after it, and knows nothing of it.
    if (asked !== this.asked || !this.followed) return;
    if (found) [this.builds, this.releases] = found;
    this.timer = setTimeout(() => void this.follow(), FOLLOW_MS);
    this.told();
  }

  /** Build a release with what is saved. Raises Refusal. */
  start(): Promise<Build> {
    return this.api.ask<Build>('POST', 'builds', { monument: null });
  }

  /** Raises Refusal. */
  async cancel(id: string): Promise<void> {
    await this.api.ask('DELETE', `builds/${id}`);
  }

  /** What is under way goes on, and is followed no more. */
  end(): void {
    this.followed = false;
    clearTimeout(this.timer);
  }
}
