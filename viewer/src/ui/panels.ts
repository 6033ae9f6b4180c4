/** Which panel the address asks for, and the code of panels, fetched when wanted. */
import type { App } from '../app/app.ts';
import { monumentOf } from '../app/state.ts';
import { Later } from '../core/later.ts';
import { workOf } from '../core/route.ts';
import type { Bands } from './parts.ts';
import { sitePanel } from './site.ts';

const AGAIN_MS = 3000;

/** Where panels are shown. */
interface Shown {
  app: App;
  requestUpdate: () => void;
}

export class Panels {
  private readonly page: Shown;
  readonly works = this.later(() => import('./work.ts'));
  readonly guided = this.later(() => import('./guided.ts'));
  readonly marks = this.later(() => import('./marks.ts'));
  readonly along = this.later(() => import('./takeAlong.ts'));
  readonly sunSheet = this.later(() => import('./sunSheet.ts'));
  readonly foot = this.later(() => import('./walk.ts'));
  // Their words come with the first ones, so that a press on a monument waits for this alone.
  readonly monument = this.bare(() => import('./monument.ts'));
  readonly interpretation = this.bare(() => import('./interpretation.ts'));

  constructor(page: Shown) {
    this.page = page;
  }

  private bare<T>(code: () => Promise<T>): Later<T> {
    const draw = () => this.page.requestUpdate();
    // What did not come is asked for again when the page is drawn: nothing else may draw it.
    const come = () =>
      code().catch((error) => {
        setTimeout(draw, AGAIN_MS);
        throw error;
      });
    return new Later(come, draw);
  }

  /** With the words that it says. */
  private later<T>(code: () => Promise<T>): Later<T> {
    return this.bare(() => this.page.app.later(code()));
  }

  /** The panel of the view that is open; null while its code is on its way. */
  open(): Bands | null {
    const { app } = this.page;
    const { state } = app;
    const { route } = state;
    if (!state.release) return null;
    if (route.view === 'tour') return this.guided.get()?.tourPanel(app) ?? null;
    if (route.view === 'data') return this.guided.get()?.dataPanel(app) ?? null;
    const monument = monumentOf(state);
    if (!monument) return sitePanel(app);
    if (route.view === 'compare') {
      const { left, right, mode } = route;
      return this.guided.get()?.comparePanel(app, monument, left, right, mode) ?? null;
    }
    if (route.view === 'walk') return this.foot.get()?.walkPanel(app, monument) ?? null;
    const work = workOf(route);
    if (!work) return this.monument.get()?.monumentPanel(app, monument) ?? null;
    return this.works.get()?.workPanel(app, monument, work) ?? null;
  }
}
