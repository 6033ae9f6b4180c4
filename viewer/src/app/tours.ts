/** Tours as the page knows them: opened by address or press, shown stop by stop. */
import { poseOf } from '../core/frames.ts';
import { LoadError } from '../core/load.ts';
import type { Look } from '../core/look.ts';
import type { PlayerEvent } from '../core/player.ts';
import type { MonumentEntry, StopEntry, TourDocument } from '../core/release.ts';
import type { Route } from '../core/route.ts';
import type { SunTime } from '../core/sun.ts';
import type { View } from '../scene/view.ts';
import type { App } from './app.ts';
import { monumentOf } from './state.ts';
import type { Touring } from './touring.ts';
import type { Listening } from './voice.ts';

const CLOCK_MS = 200; // a clock alone is not worth more drawings of the page than that

export class Tours {
  private readonly app: App;
  private touring: Touring | null = null;
  /** Fetched with the first tour. */
  private code: typeof import('./touring.ts') | null = null;
  private told = 0;
  /** Whether a stop's sun shines. */
  private lit = false;
  private left: string | null = null;
  /** Where nobody is asked whether to go on where they left: many people share the screen. */
  shared = false;
  /** The code of sections, once a stop has one. */
  sections: typeof import('../ui/work.ts') | null = null;

  constructor(app: App) {
    this.app = app;
  }

  /** The tour under way. */
  get current(): Touring | null {
    return this.touring;
  }

  /** What the visitor has changed of what the stop shows. */
  get look(): Partial<Look> {
    const { touring, app } = this;
    const { sun, annotation, comparing } = app.state;
    const { stop, state } = touring ?? {};
    const lit = sun?.date === stop?.sun?.date && sun?.minutes === stop?.sun?.minutes;
    const at = comparing?.position ?? null;
    return {
      annotation,
      position: at === (stop?.compare?.position ?? null) ? null : at,
      sun: lit ? null : sun,
      camera: state?.wandering && app.view ? app.view.rig.orbit : null,
    };
  }

  /** Whether the address only names another stop of the tour under way; then it goes there. */
  follows(route: Route, look: Look): boolean {
    const { touring } = this;
    if (!touring || route.view !== 'tour' || route.tour !== touring.document.id) return false;
    const stop = touring.document.stops.findIndex((s) => s.id === route.stop);
    if (stop >= 0 && stop !== touring.state.stop) touring.send({ type: 'go', stop });
    this.change(look);
    return true;
  }

  /** Change what the stop shows as an address says. */
  private change({ sun, annotation, position, camera }: Look): void {
    const { app } = this;
    if (sun) app.shine(sun);
    if (annotation) app.annotate(annotation);
    if (position !== null) app.comparing.adjust({ position });
    if (!camera) return;
    this.play({ type: 'wander' });
    app.framing.roam(camera, 0);
  }

  /** Load and begin a tour where the address says by then. `first`: the page opens with it. */
  async open(id: string, look: Look, first: boolean): Promise<void> {
    const { state, view } = this.app;
    const entry = state.release?.tours.find((t) => t.id === id);
    const monument = monumentOf(state);
    if (!entry || !monument || !view) return;
    let document: TourDocument;
    let code: typeof import('./touring.ts');
    try {
      // The player is fetched with the first tour.
      const player = import('./touring.ts').catch(() => {
        throw new LoadError('offline', 'player');
      });
      [document, code] = await Promise.all([this.app.document<TourDocument>(entry.url), player]);
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      if (this.wanted(id)) this.app.set({ status: 'failed', problem: error.problem });
      return;
    }
    const wanted = this.wanted(id);
    if (!wanted || this.touring) return;
    this.begin(code, document, monument, view, wanted.stop, first);
    this.change(look);
  }

  /** What the address asks for, where that is still the tour `id`. */
  private wanted(id: string): Extract<Route, { view: 'tour' }> | null {
    const { route } = this.app.state;
    return route.view === 'tour' && route.tour === id ? route : null;
  }

  private begin(
    code: typeof import('./touring.ts'),
    document: TourDocument,
    monument: MonumentEntry,
    view: View,
    stopId: string | null,
    first: boolean,
  ): void {
    const { Touring, startAt, leftAt } = code;
    this.code = code;
    const found = document.stops.findIndex((s) => s.id === stopId);
    const stop = Math.max(0, found);
    const ids = document.stops.map((s) => s.id);
    this.left = stopId === null && !this.shared ? leftAt(document.id, ids) : null;
    if (first) {
      const pose = poseOf(document.stops[stop]!.view, monument.placement.site_from_monument);
      view.place(view.framed(pose));
    }
    const { base, language } = this.app.state;
    // Opened by a press the tour plays at once; an address only shows where it leads.
    const start = startAt(stop, !first && !this.left);
    this.touring = new Touring(document, monument, view, base, language, start, {
      onChange: (stopChanged) => (stopChanged ? this.atStop() : this.tell()),
    });
    this.atStop();
    this.touring.setOff();
  }

  end(): void {
    const monument = monumentOf(this.app.state);
    if (this.touring && monument) this.sections?.showSection(this.app, monument, null);
    this.touring?.end();
    this.touring = null;
    this.left = null;
    this.light(null);
  }

  /** The visitor's answer: go on at the stop they left the tour at, or begin. */
  resume(goOn: boolean): void {
    const stop = this.touring?.document.stops.findIndex((s) => s.id === this.left) ?? -1;
    this.left = null;
    if (goOn && stop >= 0) this.play({ type: 'go', stop });
    this.play({ type: 'play' });
  }

  /** A press of the player's buttons. */
  play(event: PlayerEvent): void {
    this.told = 0;
    // Who sets out has answered.
    if (event.type !== 'pause' && event.type !== 'wander') this.left = null;
    this.touring?.send(event);
    this.tell();
  }

  /** An answer to the stop's question. Who has answered wants to read on before the tour does. */
  answer(answer: number): void {
    const { touring } = this.app.state;
    if (!touring) return;
    this.app.set({ touring: { ...touring, tried: [...touring.tried, answer] } });
    this.play({ type: 'pause' });
  }

  listen(change: Listening): void {
    const { touring } = this.app.state;
    if (!touring || !this.touring) return;
    this.touring.listen(change);
    this.app.set({ touring: { ...touring, ...change } });
    this.told = 0;
    this.tell();
  }

  /** All tours in full; those that cannot be had are left out. */
  async documents(): Promise<TourDocument[]> {
    const tours = this.app.state.release?.tours ?? [];
    const answers = await Promise.allSettled(tours.map((t) => this.app.document<TourDocument>(t.url)));
    return answers.flatMap((a) => (a.status === 'fulfilled' ? [a.value] : []));
  }

  /** Show what the player's stop shows. */
  private atStop(): void {
    const { app, touring } = this;
    if (!touring) return;
    const { stop } = touring;
    const route: Route = { view: 'tour', tour: touring.document.id, stop: stop.id };
    this.app.address.name(route);
    this.keep();
    app.set({ annotation: null, comparing: null, route });
    this.told = 0;
    this.tell();
    const { compare } = stop;
    if (compare) app.comparing.start(compare.left, compare.right, compare.mode, compare.position);
    else app.showing.all();
    void this.section(stop);
    this.light(stop.sun ?? null);
    app.sayWhere();
  }

  /** Light the map as a stop wants it; a light that the visitor chose stays where no stop asks for another. */
  private light(sun: SunTime | null): void {
    if (sun || this.lit) this.app.shine(sun);
    this.lit = sun !== null;
  }

  /** Keep where the visitor is, unless it is asked yet whether to go on where they were. */
  private keep(): void {
    const { touring, code } = this;
    if (touring && code && !this.left && !this.shared) code.leave(touring.document.id, code.toKeep(touring));
  }

  /** Show where a stop's section cuts, or take away what the stop before showed. */
  private async section(stop: StopEntry): Promise<void> {
    const { app } = this;
    if (!stop.section && !this.sections) return;
    this.sections ??= await import('../ui/work.ts').catch(() => null);
    const monument = monumentOf(app.state);
    if (monument && this.touring?.stop === stop)
      this.sections?.showSection(app, monument, stop.section ?? null);
  }

  /** Put the player's state on the page. */
  private tell(): void {
    const { touring } = this;
    if (!touring) return;
    const before = this.app.state.touring;
    const { state, same } = this.code!.told(touring, before, this.left);
    if (same && performance.now() - this.told < CLOCK_MS) return;
    this.told = performance.now();
    if (state.player.finished && !before?.player.finished) this.keep();
    this.app.set({ touring: state });
  }
}
