/** The build that applies corrections, followed to its end. */
import { type Api, type Build, quietly, type Release } from '../core/api.ts';

const FOLLOW_MS = 2000;

export class Building {
  build: Build | null = null;
  private readonly api: Api;
  private readonly told: () => void;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private ended = false;

  constructor(api: Api, told: () => void) {
    this.api = api;
    this.told = told;
  }

  /** Build a release with what is saved; `tried` says why that cannot be, `done` is told what came of it. */
  async start(
    tried: <A>(asked: Promise<A>) => Promise<A | null>,
    done: (release: Release) => void,
  ): Promise<void> {
    const build = await tried(this.api.ask<Build>('POST', 'builds', { monument: null }));
    if (!build || this.ended) return;
    this.build = build;
    this.told();
    await this.follow(done);
  }

  async cancel(): Promise<void> {
    if (this.build) await quietly(this.api.ask('DELETE', `builds/${this.build.id}`));
  }

  /** It goes on, and is followed no more. */
  end(): void {
    this.ended = true;
    clearTimeout(this.timer);
  }

  private async follow(done: (release: Release) => void): Promise<void> {
    const builds = await quietly(this.api.ask<Build[]>('GET', 'builds'));
    if (this.ended) return;
    this.build = builds?.find((one) => one.id === this.build?.id) ?? this.build;
    const { status, release } = this.build!;
    this.told();
    if (status === 'running') {
      this.timer = setTimeout(() => void this.follow(done), FOLLOW_MS);
      return;
    }
    if (status !== 'done' || !release) return;
    const releases = await quietly(this.api.ask<Release[]>('GET', 'releases'));
    const made = releases?.find((one) => one.id === release);
    if (made && !this.ended) done(made);
  }
}
