/** The address and what is on screen: either follows the other. */
import { poseOf } from '../core/frames.ts';
import { formatLook, type Look, parseLook } from '../core/look.ts';
import { formatRoute, parseRoute, type Route, workOf } from '../core/route.ts';
import type { App } from './app.ts';
import { FLY_S } from './framing.ts';
import { idOf, measured, monumentOf, newest, shownById } from './state.ts';

const REMEMBER_MS = 300;

export class Address {
  private readonly app: App;
  private remembering = 0;
  /** The fragment that is on screen. */
  private entered = '';
  /** Counts what was entered: who comes back from fetching something sees whether it is still wanted. */
  private turn = 0;

  constructor(app: App) {
    this.app = app;
    window.addEventListener('hashchange', () => this.enter());
  }

  /** Name another view that is on screen already. */
  name(route: Route): void {
    history.replaceState(null, '', formatRoute(route));
    this.entered = location.hash;
  }

  /** Go to a view; the address changes with it. */
  go(route: Route, look: Partial<Look> = {}): void {
    const hash = formatRoute(route) + formatLook(look);
    if (location.hash === hash) this.enter();
    else location.hash = hash;
  }

  /** Show another view than the address asks for, in its place: who goes back does not come upon it again. */
  private instead(route: Route, first: boolean): void {
    this.name(route);
    this.enter(first);
  }

  /** Show what the address says. `first`: no flight, the picture starts there. */
  enter(first = false): void {
    const { app } = this;
    const { release } = app.state;
    const route = parseRoute(location.hash) ?? { view: 'site' };
    if (!release || !app.view) {
      app.set({ route });
      return;
    }
    const look = parseLook(location.hash);
    if (app.tours.follows(route, look)) {
      this.entered = location.hash;
      return;
    }
    this.turn++;
    app.tours.end();
    app.bench?.leave();
    app.walking?.leave();
    app.picking.end();
    app.interpreting.choose(null);
    this.entered = location.hash;
    // What could not be had belonged to the view that is left.
    if (app.state.status === 'failed') app.set({ status: 'ready', problem: null });
    app.set({
      route,
      touring: null,
      comparing: null,
      marks: [],
      annotation: look.annotation,
      points: look.points,
      // Beside a monument the list keeps what was looked for.
      find: route.view === 'site' ? look.find : app.state.find,
      place: look.place,
      pointed: null,
    });
    const monument = monumentOf(app.state);
    app.building.seek(look.building);
    const chosen = monument && look.shown ? shownById(monument, look.shown) : null;
    if (monument && chosen) app.set({ shown: { ...app.state.shown, [monument.id]: chosen } });
    if (route.view === 'data') void app.loadData();
    const work = workOf(route);
    if (work)
      void this.fetched(import('./workbench.ts'), ({ Workbench }) => {
        app.bench ??= new Workbench(app, release);
        app.bench.enter(work, look);
        this.remember();
      });
    // A link within the page says nothing of the sun: the visitor's own keeps shining.
    if (look.sun) app.shine(look.sun);
    if (route.view === 'walk')
      void this.fetched(import('../walk/walking.ts'), ({ Walking }) => {
        app.walking ??= new Walking(app, release);
        app.walking.enter(look.camera, first);
      });
    if (app.state.find.q) void app.finding.load();
    if (route.view !== 'site' && route.view !== 'data' && !monument) {
      this.instead({ view: 'site' }, first);
      return;
    }
    app.view.rig.still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.present(route, look, first);
    app.sayWhere();
    if (look.part) app.interpreting.open(look.part);
    if (app.state.sun) this.remember();
  }

  /** Show the route's conditions and bring the camera to them. */
  private present(route: Route, look: Look, first: boolean): void {
    const { app } = this;
    const { release } = app.state;
    if (!release || !app.view) return;
    const monument = monumentOf(app.state);
    const seconds = first ? 0 : FLY_S;
    if (route.view === 'tour') {
      app.framing.release();
      void app.tours.open(route.tour, look, first);
      return;
    }
    if (route.view === 'compare') {
      this.compare(route, look, first);
      return;
    }
    app.showing.all();
    if (look.camera) app.framing.roam(look.camera, seconds);
    else if (look.place) void app.finding.visit(look.place, seconds);
    else if ((route.view === 'data' || route.view === 'walk') && !first) return;
    else if (workOf(route) && !first && monument && app.view.isAt(monument)) return;
    else {
      const pose = monument
        ? poseOf(monument.view, monument.placement.site_from_monument)
        : poseOf(release.opening);
      app.framing.frame(pose, seconds);
    }
  }

  private compare(route: Extract<Route, { view: 'compare' }>, look: Look, first: boolean): void {
    const { app } = this;
    const monument = monumentOf(app.state);
    const left = monument && shownById(monument, route.left);
    const right = monument && shownById(monument, route.right);
    if (!monument || !left || !right || (route.mode === 'change' && !measured(monument, left, right))) {
      this.instead(monument ? { view: 'monument', monument: monument.id } : { view: 'site' }, first);
      return;
    }
    app.comparing.start(left, right, route.mode, look.position ?? 0.5, look);
    const seconds = first ? 0 : FLY_S;
    if (look.camera) app.framing.roam(look.camera, seconds);
    // From the monument's own page the camera stays where the visitor has put it.
    else if (first || !app.view?.isAt(monument))
      app.framing.frame(poseOf(monument.view, monument.placement.site_from_monument), seconds);
  }

  /** Fetch what a view takes and enter it, unless another one has been opened meanwhile. */
  private async fetched<T>(code: Promise<T>, enter: (code: T) => void): Promise<void> {
    const { app, turn } = this;
    const found = await app.later(code).catch(() => null);
    if (turn !== this.turn) return;
    if (found) enter(found);
    else app.set({ status: 'failed', problem: 'offline' });
  }

  /** Write what is on screen into the address, so that it can be passed on; when things have come to rest. */
  remember(): void {
    clearTimeout(this.remembering);
    this.remembering = window.setTimeout(() => this.write(), REMEMBER_MS);
  }

  private write(): void {
    const { state, view } = this.app;
    // Where the address has been changed by a press, what it leads to is about to be entered.
    if (!view || location.hash !== this.entered) return;
    const tour = state.route.view === 'tour';
    if (tour && !this.app.tours.current) return; // it is on its way, with what the address says
    if (view.rig.flying) {
      this.remember();
      return;
    }
    const look = tour ? this.app.tours.look : this.lookNow();
    const hash = formatRoute(state.route) + formatLook(look);
    if (hash !== location.hash) history.replaceState(history.state, '', hash);
    this.entered = location.hash;
  }

  /** What is on screen beside the route. */
  private lookNow(): Partial<Look> {
    const { state, view, bench, framing, interpreting, building } = this.app;
    const { route, find, place, shown, annotation, points } = state;
    const monument = monumentOf(state);
    const work = workOf(route);
    const chosen =
      monument && (route.view === 'monument' || route.view === 'walk' || work)
        ? shown[monument.id]
        : undefined;
    const comparing = route.view === 'compare' ? state.comparing : null;
    const { position, region } = comparing ?? {};
    const part = interpreting.chosen;
    return {
      ...(route.view === 'site' ? { find, place } : {}),
      shown: monument && chosen && idOf(chosen) !== idOf(newest(monument)) ? idOf(chosen) : null,
      annotation: route.view === 'monument' ? annotation : null,
      points: route.view === 'monument' && points ? { ...points, hidden: [...points.hidden] } : null,
      position: position === undefined || position === 0.5 ? null : position,
      ...(work === 'section' ? bench?.sectioning.look : {}),
      ...(work === 'elevation' ? bench?.elevating.look : {}),
      term: work === 'mapping' ? (bench?.mapping.term ?? null) : null,
      building: building.id,
      region: region ?? null,
      part: part && { state: part.state.id, id: part.part.id },
      sun: state.sun,
      ...(comparing ? this.app.comparing.look : {}),
      // Whose building is open is seen from where it was pressed, also on another screen.
      camera: (framing.free || building.id) && view ? view.rig.orbit : null,
    };
  }
}
