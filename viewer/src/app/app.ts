/** The viewer's doings, between the documents, the scene and the page: each room keeps one of them. */
import type { Room } from '../ar/room.ts';
import { direction, pieces, spokenIn, type Translate, translator, uiLanguage } from '../core/i18n.ts';
import { LoadError, loadJson } from '../core/load.ts';
import type { DataDocument } from '../core/release.ts';
import { momentOf, type SunTime, sunPosition } from '../core/sun.ts';
import type { View } from '../scene/view.ts';
import type { Walking } from '../walk/walking.ts';
import type { Headset } from '../xr/headset.ts';

import { Address } from './address.ts';
import { OpenBuilding } from './building.ts';
import { Comparing } from './comparing.ts';
import { Finding } from './finding.ts';
import { Framing } from './framing.ts';
import { Interpreting } from './interpreting.ts';
import { loadMessages, wantAll } from './messages.ts';
import { Nearby } from './nearby.ts';
import { Picking } from './picking.ts';
import { Showing } from './showing.ts';
import { type AppState, conditionName, initialState, monumentOf, ROOMY, shownNow, words } from './state.ts';
import { TakenAlong } from './takenAlong.ts';
import { Tours } from './tours.ts';
import type { Workbench } from './workbench.ts';

export class App {
  state: AppState;
  view: View | null = null;
  onState: () => void = () => {};
  onDrawn: () => void = () => {};
  readonly address = new Address(this);
  readonly framing = new Framing(this);
  readonly showing = new Showing(this);
  readonly comparing = new Comparing(this);
  readonly interpreting = new Interpreting(this);
  readonly tours = new Tours(this);
  readonly finding = new Finding(this);
  readonly nearby = new Nearby(this);
  readonly picking = new Picking(this);
  readonly building = new OpenBuilding(this);
  readonly taken = new TakenAlong();
  /** Measuring, sections and elevations, once they were wanted. */
  bench: Workbench | null = null;
  /** A visitor on foot, once one was. */
  walking: Walking | null = null;
  /** A headset that is worn. */
  headset: Headset | null = null;
  /** The room around the visitor, while a model stands in it. */
  room: Room | null = null;

  private readonly documents = new Map<string, Promise<unknown>>();
  /** The language that was chosen last; its words may be on their way. */
  private chosen = '';

  constructor(base: string, t: Translate, language: string) {
    this.state = initialState(base, t, language);
    window.addEventListener('online', () => {
      this.set({ offline: false });
      void this.retry();
    });
    window.addEventListener('offline', () => this.set({ offline: true }));
    window.matchMedia(ROOMY).addEventListener('change', ({ matches }) => {
      if (!matches) this.set({ overview: false });
    });
  }

  set(change: Partial<AppState>): void {
    this.state = { ...this.state, ...change };
    this.onState();
  }

  /** A document of the release, fetched once. Raises LoadError. */
  document<T>(path: string): Promise<T> {
    const url = this.state.base + path;
    const found = this.documents.get(url) ?? loadJson<T>(url);
    this.documents.set(url, found);
    found.catch(() => this.documents.delete(url));
    return found as Promise<T>;
  }

  /** Take a document as given instead of fetching it: a draft, which no release has. */
  supply(path: string, document: unknown): void {
    this.documents.set(this.state.base + path, Promise.resolve(document));
  }

  async loadData(): Promise<void> {
    const path = this.state.release?.data;
    if (!path || (this.state.data && this.state.data !== 'failed')) return;
    try {
      this.set({ data: await this.document<DataDocument>(path) });
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      this.set({ data: 'failed' });
    }
  }

  /** Code that is fetched when wanted, and the words it says. */
  async later<T>(code: Promise<T>): Promise<T> {
    wantAll();
    const { language } = this.state;
    const [fetched, messages] = await Promise.all([code, loadMessages(uiLanguage(language))]);
    // Whoever has changed the language meanwhile has got all of its words.
    if (language === this.state.language) this.set({ t: translator(messages) });
    return fetched;
  }

  async speak(language: string): Promise<void> {
    this.chosen = language;
    const messages = await loadMessages(uiLanguage(language)).catch(() => null);
    if (language !== this.chosen) return; // another one was chosen meanwhile, and may be here already
    if (!messages) {
      // Drawn anew, the choice is the language that is spoken.
      this.set({ announcement: this.state.t('problem.offline') });
      return;
    }
    const t = translator(messages);
    const url = new URL(location.href);
    url.searchParams.set('lang', language);
    history.replaceState(null, '', url);
    this.tours.current?.speak(language);
    this.set({ language, t });
    this.sayWhere();
  }

  /** Ask again for what could not be had. */
  async retry(): Promise<void> {
    const { view, tours, state } = this;
    if (!view) {
      if (state.status === 'failed') location.reload();
      return;
    }
    // Where nobody's work is on screen, a page of a release that is gone by now gives way to one of the present release.
    if ((state.status === 'failed' || tours.shared) && (await this.gone())) location.reload();
    else if (this.state.status === 'failed') this.address.enter();
    else {
      view.retry();
      this.progress();
    }
  }

  /** Whether the page's own release is no longer there. */
  private async gone(): Promise<boolean> {
    const url = `${this.state.base}release.json`;
    const answer = await fetch(url, { method: 'HEAD', cache: 'no-cache' }).catch(() => null);
    return answer?.status === 404;
  }

  /** Open an annotation, or close the one that is open. */
  annotate(annotation: string | null): void {
    this.set({ annotation });
    this.address.remember();
  }

  /** Light the map as the sun of a date and time of the site does; null: by its own light. */
  shine(sun: SunTime | null): void {
    const { release } = this.state;
    this.set({ sun });
    if (!release) return;
    const { lon_deg, lat_deg } = release.frame;
    const moment = sun && momentOf(sun, lon_deg);
    this.view?.shine(moment ? sunPosition(moment, lon_deg, lat_deg) : null);
    this.address.remember();
  }

  /** Take over how far the scene's loading is. */
  progress(): void {
    const { view, state } = this;
    if (!view) return;
    const now = { tilesLoading: view.loading, tilesFailed: view.failed, arrived: view.arrived };
    const changed =
      now.tilesLoading !== state.tilesLoading ||
      now.tilesFailed !== state.tilesFailed ||
      now.arrived !== state.arrived;
    if (changed) this.set(now);
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
      ? pieces(
          t('tour.announce', { number: touring!.player.stop + 1, total: touring!.document.stops.length }),
          { title: stop.title },
        )
      : [
          monument?.title ?? release.title,
          shown && monument ? `, ${conditionName(this.state, monument, shown)}` : '',
        ];
    document.title = title === site ? site : `${title} · ${site}`;
    document.documentElement.dir = direction(this.state.language);
    // Most of the page is the interface's; words of the site in another language say so themselves.
    document.documentElement.lang = spokenIn(this.state.language);
    this.set({ announcement: what });
  }
}
