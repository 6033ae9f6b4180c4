/** The viewer's doings: routes, conditions, comparisons and tours, between the documents, the scene and the page. */
import type { Viewport } from '../core/fit.ts';
import { type Pose, poseOf } from '../core/frames.ts';
import { chooseLanguage, direction, pick, type Translate, translator, uiLanguage } from '../core/i18n.ts';
import { LoadError, loadJson, loadRelease } from '../core/load.ts';
import { formatLook, type Look, parseLook } from '../core/look.ts';
import type { Orbit } from '../core/orbit.ts';
import type {
  DataDocument,
  FootprintLayer,
  MonumentEntry,
  Release,
  ShownEntry,
  View as ViewEntry,
} from '../core/release.ts';
import { formatRoute, parseRoute, type Route, type Work, workOf } from '../core/route.ts';
import { momentOf, type SunTime, sunPosition } from '../core/sun.ts';
import type { Graphics, View } from '../scene/view.ts';
import { CHANGE_TABLES } from './colours.ts';
import { bytesOf, Comparing } from './comparing.ts';
import { Finding } from './finding.ts';
import { Interpreting } from './interpreting.ts';
import { loadMessages } from './messages.ts';
import { Nearby } from './nearby.ts';
import { Picking } from './picking.ts';
import {
  type AppState,
  conditionName,
  idOf,
  measured,
  monumentOf,
  newest,
  type PointsState,
  pointsEpoch,
  shownById,
  shownNow,
  words,
} from './state.ts';
import { Tours } from './tours.ts';
import { warm } from './warm.ts';
import type { Workbench } from './workbench.ts';

const FLY_S = 1.8;
const REFIT_S = 0.35;
const REMEMBER_MS = 300;

export class App {
  state: AppState;
  view: View | null = null;
  onState: () => void = () => {};
  onDrawn: () => void = () => {};
  readonly comparing = new Comparing(this);
  readonly interpreting = new Interpreting(this);
  readonly tours = new Tours(this);
  readonly finding = new Finding(this);
  readonly nearby = new Nearby(this);
  readonly picking = new Picking(this);
  /** Measuring, sections and elevations, once they were wanted. */
  bench: Workbench | null = null;
  /** The pose the screen is framed on, until the visitor takes the camera. */
  private pose: Pose | null = null;
  private viewport: Viewport | null = null;
  private remembering = 0;
  /** The fragment that is on screen. */
  private entered = '';
  private readonly documents = new Map<string, Promise<unknown>>();

  constructor(base: string, t: Translate, language: string) {
    this.state = {
      status: 'loading',
      problem: null,
      base,
      release: null,
      language,
      t,
      route: parseRoute(location.hash) ?? { view: 'site' },
      shown: {},
      points: null,
      comparing: null,
      touring: null,
      annotation: null,
      part: null,
      building: null,
      sun: null,
      find: parseLook(location.hash).find,
      searching: null,
      place: null,
      pointed: null,
      near: { status: 'off' },
      marks: [],
      picking: false,
      overview: window.matchMedia('(min-width: 761px)').matches,
      data: null,
      tilesLoading: false,
      tilesFailed: false,
      arrived: false,
      offline: !navigator.onLine,
      help: false,
      announcement: '',
    };
    window.addEventListener('online', () => {
      this.set({ offline: false });
      this.retry();
    });
    window.addEventListener('offline', () => this.set({ offline: true }));
    window.addEventListener('hashchange', () => this.enter());
  }

  set(change: Partial<AppState>): void {
    this.state = { ...this.state, ...change };
    this.onState();
  }

  /** Load the release and open the scene on `canvas`; without WebGL the texts remain. */
  async open(canvas: HTMLCanvasElement, graphics: Graphics & { webgl: boolean }): Promise<void> {
    this.set({ status: 'loading', problem: null });
    let release: Release;
    let layer: FootprintLayer;
    // The words come first: the scene's code is on its way meanwhile.
    const scene = import('../scene/view.ts').catch(() => {
      throw new LoadError('offline', 'scene');
    });
    let View: typeof import('../scene/view.ts')['View'];
    try {
      release = await loadRelease(this.state.base);
      warm(this.state.base, release, monumentOf({ ...this.state, release })?.id ?? null);
      const footprints = release.footprints
        ? loadJson<FootprintLayer>(this.state.base + release.footprints)
        : Promise.resolve({ features: [], complete: true });
      [layer] = await Promise.all([footprints, this.adopt(release)]);
      ({ View } = await scene);
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      this.set({ status: 'failed', problem: error.problem });
      return;
    }
    if (!graphics.webgl) {
      this.set({ status: 'no-webgl' });
      return;
    }
    this.view = new View(
      canvas,
      release,
      this.state.base,
      layer.features,
      bytesOf(CHANGE_TABLES[0]),
      graphics,
      {
        onPick: (monument, picked) => {
          if (!this.interpreting.press(picked)) this.pickMonument(monument);
        },
        onBuilding: (building) => {
          this.interpreting.choose(null);
          this.set({ building });
        },
        onTaken: () => this.taken(),
        onDrawn: () => this.drawn(),
        onProgress: () => this.progress(),
        onLayout: () => this.refit(),
        onLost: () => this.set({ status: 'lost' }),
        onRestored: () => this.set({ status: 'ready' }),
      },
    );
    this.set({ status: 'ready' });
    if (this.viewport) this.view.resize(this.viewport);
    this.enter(true);
  }

  private async adopt(release: Release): Promise<void> {
    const asked = new URLSearchParams(location.search).get('lang');
    const language = chooseLanguage([asked, ...navigator.languages], release.languages);
    const t = translator(await loadMessages(uiLanguage(language)));
    this.set({ release, language, t });
  }

  /** Go to a view; the address changes with it. */
  go(route: Route, look: Partial<Look> = {}): void {
    const hash = formatRoute(route) + formatLook(look);
    if (location.hash === hash) this.enter();
    else location.hash = hash;
  }

  async speak(language: string): Promise<void> {
    const t = translator(await loadMessages(uiLanguage(language)));
    const url = new URL(location.href);
    url.searchParams.set('lang', language);
    history.replaceState(null, '', url);
    this.tours.current?.speak(language);
    this.set({ language, t });
    this.sayWhere();
  }

  /** The free part of the window has changed. */
  resize(viewport: Viewport): void {
    this.viewport = viewport;
    if (!this.view) return;
    this.view.resize(viewport);
    this.refit();
  }

  /** Frame what is on screen anew, unless the visitor has the camera. */
  private refit(): void {
    if (!this.view) return;
    if (this.tours.current) this.tours.current.refit();
    else if (this.pose && !this.view.rig.flying) this.view.fly(this.view.framed(this.pose), REFIT_S);
    else if (this.pose) this.view.fly(this.view.framed(this.pose), FLY_S);
  }

  /** Show what the address says. `first`: no flight, the picture starts there. */
  private enter(first = false): void {
    const { release } = this.state;
    const route = parseRoute(location.hash) ?? { view: 'site' };
    if (!release || !this.view) {
      this.set({ route });
      return;
    }
    if (this.tours.follows(route)) return;
    this.tours.end();
    this.picking.end();
    this.interpreting.choose(null);
    const look = parseLook(location.hash);
    this.entered = location.hash;
    this.set({
      route,
      touring: null,
      comparing: null,
      marks: [],
      annotation: look.annotation,
      building: null,
      points: look.points,
      // Beside a monument the list keeps what was looked for.
      find: route.view === 'site' ? look.find : this.state.find,
      place: look.place,
      pointed: null,
    });
    const monument = monumentOf(this.state);
    const chosen = monument && look.shown ? shownById(monument, look.shown) : null;
    if (monument && chosen) this.set({ shown: { ...this.state.shown, [monument.id]: chosen } });
    if (route.view === 'data') void this.loadData();
    const work = workOf(route);
    if (work) void this.work(work, look);
    if (this.state.find.q) void this.finding.load();
    if (route.view !== 'site' && route.view !== 'data' && !monument) {
      this.go({ view: 'site' });
      return;
    }
    this.view.rig.still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (route.view === 'tour') {
      this.pose = null;
      void this.tours.open(route.tour, route.stop, first);
    } else if (route.view === 'compare') this.openComparison(route, first, look);
    else if (look.place) {
      this.showAll();
      if (look.camera) this.roam(look.camera, first ? 0 : FLY_S);
      else void this.finding.visit(look.place, first ? 0 : FLY_S);
    } else if (look.camera) {
      this.showAll();
      this.roam(look.camera, first ? 0 : FLY_S);
    } else if (route.view === 'data' && !first) this.showAll();
    else if (work && !first && monument && this.view.isAt(monument)) this.showAll();
    else {
      this.showAll();
      const pose = monument
        ? poseOf(monument.view, monument.placement.site_from_monument)
        : poseOf(release.opening);
      this.frame(pose, first ? 0 : FLY_S);
    }
    this.sayWhere();
  }

  /** Fetch the workbench and begin what the address says. */
  private async work(work: Work, look: Look): Promise<void> {
    const { release } = this.state;
    const code = await import('./workbench.ts').catch(() => null);
    if (!release || this.state.route.view !== work) return;
    if (!code) {
      this.set({ status: 'failed', problem: 'offline' });
      return;
    }
    this.bench ??= new code.Workbench(this, release);
    this.bench.enter(work, look);
  }

  private frame(pose: Pose, seconds: number): void {
    this.pose = pose;
    this.view?.fly(this.view.framed(pose), seconds);
  }

  /** Fly to a view of the open monument. */
  look(view: ViewEntry): void {
    const monument = monumentOf(this.state);
    if (monument) this.frame(poseOf(view, monument.placement.site_from_monument), FLY_S);
    this.remember();
  }

  /** Put the camera where the visitor, or an address, wants it. */
  roam(orbit: Orbit, seconds: number): void {
    this.pose = null;
    this.view?.fly(orbit, seconds);
    this.remember();
  }

  /** Write what is on screen into the address, so that it can be passed on; when things have come to rest. */
  remember(): void {
    clearTimeout(this.remembering);
    this.remembering = window.setTimeout(() => {
      const { route, find, place, shown, annotation, points, comparing } = this.state;
      // Where the address has been changed by a press, what it leads to is about to be entered.
      if (!this.view || route.view === 'tour' || location.hash !== this.entered) return;
      if (this.view.rig.flying) {
        this.remember();
        return;
      }
      const monument = monumentOf(this.state);
      const work = workOf(route);
      const chosen = monument && (route.view === 'monument' || work) ? shown[monument.id] : undefined;
      const position = route.view === 'compare' && comparing ? comparing.position : null;
      const look = {
        ...(route.view === 'site' ? { find, place } : {}),
        shown: monument && chosen && idOf(chosen) !== idOf(newest(monument)) ? idOf(chosen) : null,
        annotation: route.view === 'monument' ? annotation : null,
        points: route.view === 'monument' && points ? { ...points, hidden: [...points.hidden] } : null,
        position: position === 0.5 ? null : position,
        ...(work === 'section' ? this.bench?.sectioning.look : {}),
        region: route.view === 'compare' && comparing ? comparing.region : null,
        lying: route.view === 'compare' && comparing?.line === 'lying',
        colours:
          route.view === 'compare' && comparing && comparing.colours !== CHANGE_TABLES[0].id
            ? comparing.colours
            : null,
        camera: this.pose ? null : this.view.rig.orbit,
      };
      const hash = formatRoute(route) + formatLook(look);
      if (hash !== location.hash) history.replaceState(history.state, '', hash);
      this.entered = location.hash;
    }, REMEMBER_MS);
  }

  private async loadData(): Promise<void> {
    const path = this.state.release?.data;
    if (!path || (this.state.data && this.state.data !== 'failed')) return;
    try {
      this.set({ data: await this.document<DataDocument>(path) });
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      this.set({ data: 'failed' });
    }
  }

  /** Back to the view as it was meant. */
  reset(): void {
    if (this.tours.current) this.tours.play({ type: 'return' });
    else if (this.state.release && !monumentOf(this.state)) {
      this.set({ place: null });
      this.frame(poseOf(this.state.release.opening), FLY_S);
    } else {
      const monument = monumentOf(this.state);
      if (monument) this.frame(poseOf(monument.view, monument.placement.site_from_monument), FLY_S);
    }
  }

  /** The monuments round about, as they were last measured. */
  others(except: MonumentEntry | null): { monument: MonumentEntry; shown: ShownEntry }[] {
    const all = this.state.release?.monuments ?? [];
    // What is not looked for recedes into the plain building on its plan.
    return all
      .filter((m) => m !== except && (except || this.finding.passes(m)))
      .map((m) => ({ monument: m, shown: newest(m) }));
  }

  /** Show every monument, the open one as chosen. */
  showAll(): void {
    const monument = monumentOf(this.state);
    const { points, route } = this.state;
    const epoch = monument && points && route.view === 'monument' ? pointsEpoch(this.state, monument) : null;
    const own = monument
      ? [{ monument, shown: { ...shownNow(this.state, monument), points: epoch !== null } }]
      : [];
    this.view?.show([...this.others(monument), ...own]);
    if (monument && epoch && points) this.view?.label(monument, epoch.id, points.byLabel, points.hidden);
    this.progress();
  }

  /** Show the measured points of the open monument's epoch, or its surface again. */
  showPoints(points: PointsState | null): void {
    this.set({ points });
    this.showAll();
    this.remember();
  }

  /** Open an annotation, or close the one that is open. */
  annotate(annotation: string | null): void {
    this.set({ annotation });
    this.remember();
  }

  /** Show another condition of a monument. */
  choose(monument: MonumentEntry, shown: ShownEntry): void {
    this.set({ shown: { ...this.state.shown, [monument.id]: shown } });
    this.showAll();
    this.bench?.mapping.follow();
    this.remember();
    this.sayWhere();
  }

  /** A document of the release, fetched once. Raises LoadError. */
  document<T>(path: string): Promise<T> {
    const url = this.state.base + path;
    const found = this.documents.get(url) ?? loadJson<T>(url);
    this.documents.set(url, found);
    found.catch(() => this.documents.delete(url));
    return found as Promise<T>;
  }

  private openComparison(route: Extract<Route, { view: 'compare' }>, first: boolean, look: Look): void {
    const monument = monumentOf(this.state);
    const left = monument && shownById(monument, route.left);
    const right = monument && shownById(monument, route.right);
    if (!monument || !left || !right || (route.mode === 'change' && !measured(monument, left, right))) {
      this.go(monument ? { view: 'monument', monument: monument.id } : { view: 'site' });
      return;
    }
    this.comparing.start(left, right, route.mode, look.position ?? 0.5, look);
    if (look.camera) {
      this.roam(look.camera, first ? 0 : FLY_S);
      return;
    }
    // From the monument's own page the camera stays where the visitor has put it.
    if (first || !this.view?.isAt(monument)) {
      this.frame(poseOf(monument.view, monument.placement.site_from_monument), first ? 0 : FLY_S);
    }
  }

  retry(): void {
    if (this.state.status === 'failed') location.reload();
    else if (this.view) {
      this.view.retry();
      this.progress();
    }
  }

  /** Light the map as the sun of a date and time of the site does; null: by its own light. */
  shine(sun: SunTime | null): void {
    const { release } = this.state;
    this.set({ sun });
    if (!release) return;
    const { lon_deg, lat_deg } = release.frame;
    const moment = sun && momentOf(sun, lon_deg);
    this.view?.shine(moment ? sunPosition(moment, lon_deg, lat_deg) : null);
  }

  private pickMonument(id: string): void {
    const { route } = this.state;
    if (
      route.view === 'site' ||
      route.view === 'data' ||
      (route.view === 'monument' && route.monument !== id)
    ) {
      this.go({ view: 'monument', monument: id });
    }
  }

  private taken(): void {
    this.pose = null;
    if (this.tours.current?.state.wandering === false) this.tours.play({ type: 'wander' });
  }

  private drawn(): void {
    this.onDrawn();
    this.progress();
    // A camera that the visitor has taken belongs to the address; one that is flown to its pose does not.
    if (!this.pose) this.remember();
  }

  /** Take over how far the scene's loading is. */
  progress(): void {
    const { view } = this;
    if (!view) return;
    const now = { tilesLoading: view.loading, tilesFailed: view.failed, arrived: view.arrived };
    const { state } = this;
    if (
      now.tilesLoading !== state.tilesLoading ||
      now.tilesFailed !== state.tilesFailed ||
      now.arrived !== state.arrived
    ) {
      this.set(now);
    }
  }

  /** Tell the window's title and screen readers what is open. */
  sayWhere(): void {
    const { release, route, t, touring } = this.state;
    if (!release) return;
    const monument = monumentOf(this.state);
    const site = words(this.state, release.title);
    const stop = touring?.document.stops[touring.player.stop];
    const title = stop ? words(this.state, stop.title) : monument ? words(this.state, monument.title) : site;
    const shown = monument && route.view === 'monument' ? shownNow(this.state, monument) : null;
    const what = stop
      ? t('tour.announce', { number: touring!.player.stop + 1, total: touring!.document.stops.length, title })
      : title + (shown && monument ? `, ${conditionName(this.state, monument, shown)}` : '');
    document.title = title === site ? site : `${title} · ${site}`;
    document.documentElement.dir = direction(this.state.language);
    document.documentElement.lang = pick(release.title, this.state.language, release.languages).language;
    this.set({ announcement: what });
  }
}
