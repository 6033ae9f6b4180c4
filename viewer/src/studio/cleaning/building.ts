/** The build that applies corrections, followed to its end. */
import { type Api, type Build, quietly, type Release } from '../core/api.ts';
import { Builds } from '../core/builds.ts';

export class Building {
  build: Build | null = null;
  private readonly builds: Builds;
  private readonly told: () => void;
  private done: (release: Release) => void = () => {};
  private ended = false;

  constructor(api: Api, told: () => void) {
    this.builds = new Builds(
      api,
      (ask) => quietly(ask()),
      () => this.take(),
    );
    this.told = told;
  }

  /** Build a release with what is saved; `tried` says why that cannot be, `done` is told what came of it. */
  async start(
    tried: <A>(asked: Promise<A>) => Promise<A | null>,
    done: (release: Release) => void,
  ): Promise<void> {
    const build = await tried(this.builds.start());
    if (!build || this.ended) return;
    this.build = build;
    this.done = done;
    this.told();
    await this.builds.follow();
  }

  async cancel(): Promise<void> {
    if (this.build) await quietly(this.builds.cancel(this.build.id));
  }

  /** It goes on, and is followed no more. */
  end(): void {
    this.ended = true;
    this.builds.end();
  }

  private take(): void {
    this.build = this.builds.builds.find((one) => one.id === this.build?.id) ?? this.build;
    const { status, release } = this.build!;
    if (status !== 'running') this.builds.end();
    this.told();
    const made = this.builds.releases.find((one) => one.id === release);
    if (status === 'done' && made) this.done(made);
  }
}
