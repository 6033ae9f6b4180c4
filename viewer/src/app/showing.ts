/** Which conditions of which monuments are on screen. */
import { tilesetOf } from '../core/condition.ts';
import type { MonumentEntry, ShownEntry } from '../core/release.ts';
import type { App } from './app.ts';
import { monumentOf, newest, type PointsState, pointsEpoch, shownNow } from './state.ts';

export class Showing {
  private readonly app: App;

  constructor(app: App) {
    this.app = app;
  }

  /** The monuments round about, as they were last measured. */
  others(except: MonumentEntry | null): { monument: MonumentEntry; shown: ShownEntry }[] {
    const { state, finding, taken } = this.app;
    // What is not looked for recedes into the plain building on its plan.
    return (state.release?.monuments ?? [])
      .filter((m) => m !== except && (except || finding.passes(m)))
      .map((m) => ({ monument: m, shown: newest(m) }))
      .filter(({ monument, shown }) => taken.has(tilesetOf(monument, shown)));
  }

  /** Show every monument, the open one as chosen. */
  all(): void {
    const { state, view } = this.app;
    const monument = monumentOf(state);
    const { points, route } = state;
    const epoch = monument && points && route.view === 'monument' ? pointsEpoch(state, monument) : null;
    const own = monument
      ? [{ monument, shown: { ...shownNow(state, monument), points: epoch !== null } }]
      : [];
    view?.onScreen.show([...this.others(monument), ...own]);
    if (monument && epoch && points) view?.onScreen.label(monument, epoch.id, points.byLabel, points.hidden);
    this.app.progress();
  }

  /** Show the measured points of the open monument's epoch, or its surface again. */
  points(points: PointsState | null): void {
    this.app.set({ points });
    this.all();
    this.app.address.remember();
  }

  /** Show another condition of a monument. */
  choose(monument: MonumentEntry, shown: ShownEntry): void {
    const { app } = this;
    app.set({ shown: { ...app.state.shown, [monument.id]: shown } });
    this.all();
    app.bench?.follow();
    app.address.remember();
    app.sayWhere();
  }
}
