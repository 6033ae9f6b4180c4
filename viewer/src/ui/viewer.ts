/** The page: the scene, what floats over it, and the panel of the view that is open. */
import { html, LitElement, nothing } from 'lit';
import type { App } from '../app/app.ts';
import { monumentOf } from '../app/state.ts';
import type { TourDocument } from '../core/release.ts';
import type { First } from '../first/first.ts';
import { freeOf, tellStyles } from './area.ts';
import { building } from './building.ts';
import { claim } from './claim.ts';
import { icon } from './icons.ts';
import { shortcut } from './keys.ts';
import type { Labels } from './labels.ts';
import './labels.ts';
import { languages } from './languages.ts';
import type { Marks } from './marks.ts';
import type { Overview } from './overview.ts';
import './overview.ts';
import { direction } from '../core/i18n.ts';
import { failure, notices } from './notices.ts';
import { Panels } from './panels.ts';
import { sentence, tool, waitingPanel } from './parts.ts';
import { isPhone, Sheet } from './sheet.ts';
import { sunTool } from './sun.ts';
import { Trail } from './trail.ts';

const SETTLE_MS = 180;
const FADE_MS = 300;

export class Viewer extends LitElement {
  static override properties = { app: { attribute: false }, tours: { state: true } };
  declare app: App;
  /** Tours in full, for the text version. */
  declare tours: readonly TourDocument[];
  readonly canvas = document.createElement('canvas');
  /** The first picture, until the scene shows as much. */
  private first: First | null = null;
  private readonly sheet = new Sheet(() => this.querySelector('.panel'));
  private readonly panels = new Panels(this);
  private readonly trail = new Trail(this);
  /** The panel's code is still on its way. */
  private waiting = false;
  private viewport = '';
  private place = '';
  private rest = 0;

  constructor() {
    super();
    this.tours = [];
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute('role', 'application');
    this.canvas.setAttribute('aria-describedby', 'scene-help');
    this.sheet.onChange = () => this.requestUpdate();
    const measure = () => this.measure();
    window.addEventListener('resize', measure);
    // A window that is moved to a screen of other pixels may keep its size.
    const dense = () => {
      measure();
      const now = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
      now.addEventListener('change', dense, { once: true });
    };
    dense();
    new ResizeObserver(measure).observe(this.canvas);
    window.addEventListener('keydown', (event) => this.app && shortcut(this.app, this, event));
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /** Connect the app: its state draws the page, its frames move the names. */
  connect(app: App, first: First): void {
    this.app = app;
    this.first = first;
    app.onState = () => this.requestUpdate();
    app.onDrawn = () => {
      this.replaceFirst();
      const labels = this.querySelector<Labels>('heritage-labels');
      labels?.follow(true);
      this.querySelector<Overview>('heritage-overview')?.follow();
      this.querySelector<Marks>('heritage-marks')?.follow();
      clearTimeout(this.rest);
      this.rest = window.setTimeout(() => labels?.checkCovered(), SETTLE_MS);
    };
    this.requestUpdate();
  }

  protected override render(): unknown {
    const { app } = this;
    if (!app) return nothing;
    const { state } = app;
    const { t, status, release } = state;
    if (status === 'failed') return failure(app);
    if (status === 'no-webgl')
      return this.panels.guided.get()?.textVersion(app, this.tours, languages(app)) ?? nothing;
    if (!release)
      return html`<main class="centre waiting">${this.canvas}${this.first?.picture ?? icon('seal')}<p>${t('loading')}</p></main>`;
    const found = this.panels.open();
    this.waiting = found === null;
    const bands = found ?? waitingPanel(app);
    const guided =
      state.route.view === 'tour' || state.route.view === 'compare' ? this.panels.guided.get() : null;
    const { mode } = app.comparing;
    const touring = state.touring;
    const walks = state.route.view === 'walk';
    const foot = walks ? this.panels.foot.get() : null;
    // The still is of the opening view: before another one it would only mislead.
    const still = state.route.view === 'site' && !this.first?.picture ? release.still : null;
    return html`<button type="button" class="skip" @click=${() => this.querySelector<HTMLElement>('.panel h1')?.focus()}>${t('skip')}</button>
      <div class="progress ${state.tilesLoading || status === 'loading' ? 'on' : ''}" aria-hidden="true"></div>
      <main class="scene" aria-label=${t('scene')}>
        ${this.canvas} ${this.first?.picture ?? nothing}
        ${still ? html`<img class="still ${state.arrived ? 'gone' : ''}" src=${state.base + still} alt="" />` : nothing}
        <p id="scene-help" class="visually-hidden">${foot?.walkHelp(app) ?? t('scene.help')}</p>
        <heritage-labels .app=${app} .state=${state}></heritage-labels>
        ${state.picking ? html`<div class="crosshair" aria-hidden="true"></div>` : nothing}
        ${state.marks.length > 0 && this.panels.marks.get() ? html`<heritage-marks .app=${app} .state=${state}></heritage-marks>` : nothing}
        ${mode === 'swipe' ? guided?.swipe(app) : mode === 'side' ? guided?.sideBySide(app) : nothing}
        ${claim(app)} ${guided?.wayBack(app)}
        ${
          touring?.captions && touring.player.playing && touring.caption
            ? html`<p class="caption" lang=${state.language} dir=${direction(state.language)}>${touring.caption}</p>`
            : nothing
        }
        ${building(app)}
        <heritage-overview .app=${app} .state=${state}></heritage-overview>
        ${foot?.walkPad(app)}
      </main>
      <section class="tools low" aria-label=${t('camera')}>
        ${walks ? nothing : tool({ name: 'plus', label: t('zoom.in'), key: '+', className: 'tool zoom', press: () => app.view?.zoom(true) })}
        ${walks ? nothing : tool({ name: 'minus', label: t('zoom.out'), key: '-', className: 'tool zoom', press: () => app.view?.zoom(false) })}
        ${tool({ name: 'map', label: t('overview'), key: 'm', pressed: state.overview, press: () => app.set({ overview: !state.overview }) })}
        ${tool({ name: 'reset', label: t('reset'), key: 'h', press: () => app.framing.reset() })}
        ${sunTool(app, this.panels.sunSheet)}
      </section>
      ${
        bands
          ? html`<section class="panel" aria-label=${bands.label}>
            <button
              type="button"
              class="handle"
              aria-label=${t('sheet')}
              aria-expanded=${String(this.sheet.snap !== 'peek')}
              @keydown=${this.sheet.keydown}
              @click=${this.sheet.click}
              @pointerdown=${this.sheet.pointerdown}
              @pointermove=${this.sheet.pointermove}
              @pointerup=${this.sheet.pointerup}
              @pointercancel=${this.sheet.pointerup}
            ></button>
            <div class="head">${bands.head}</div>
            <div class="body" tabindex="0" role="region" aria-label=${t('details')}>${bands.body}</div>
            ${bands.foot === nothing ? nothing : html`<div class="foot">${bands.foot}</div>`}
          </section>`
          : nothing
      }
      <nav class="tools" aria-label=${t('tools')}>
        ${languages(app)} ${tool({ name: 'help', label: t('help'), key: '?', press: () => app.set({ help: true }) })}
      </nav>
      ${state.part ? this.panels.interpretation.get()?.partCard(app) : nothing} ${notices(app)} ${state.help ? this.panels.guided.get()?.help(app) : nothing}
      ${state.takingAlong || this.querySelector('heritage-take-along') ? this.panels.along.get()?.takeAlong(app) : nothing}
      <p class="visually-hidden" aria-live="polite" aria-atomic="true">${sentence(state, state.announcement)}</p>`;
  }

  /** The first picture goes when the scene shows the same, softly; or at once when it shows something else. */
  private replaceFirst(): void {
    const { first, app } = this;
    if (!first || !app.view) return;
    const same = first.matches(app.view.rig.orbit);
    if (same && !app.view.shows(first.drawn)) return;
    void first.leave(same ? FADE_MS : 0).then(() => {
      this.first = null;
      this.requestUpdate();
    });
  }

  protected override updated(): void {
    const { app } = this;
    if (!app) return;
    this.canvas.setAttribute('aria-label', app.state.t('scene.canvas'));
    const dialog = this.querySelector('dialog');
    if (dialog && !dialog.open) dialog.showModal();
    if (app.state.status === 'no-webgl' && this.tours.length === 0) void this.loadTours();
    this.arrive();
    this.sheet.apply();
    this.measure();
  }

  /** A view has opened: start at the top of its panel, and bring the keyboard there if it was in the old one. */
  private arrive(): void {
    const { release, route, touring } = this.app.state;
    if (!release) return;
    const place = JSON.stringify([route.view, monumentOf(this.app.state)?.id, touring?.player.stop]);
    if (place === this.place) return;
    this.trail.forget();
    if (this.waiting) return;
    const first = this.place === '';
    this.place = place;
    const body = this.querySelector('.panel .body');
    if (body) body.scrollTop = 0;
    if (route.view === 'tour' && isPhone()) this.sheet.snap = 'half';
    if (route.view === 'walk' && isPhone()) this.sheet.snap = 'peek';
    const lost = document.activeElement === document.body || document.activeElement === null;
    if (!first && lost && route.view !== 'tour' && route.view !== 'walk')
      this.querySelector<HTMLElement>('.panel h1')?.focus({ preventScroll: true });
  }

  private async loadTours(): Promise<void> {
    this.tours = await this.app.tours.documents();
  }

  /** Tell the scene how much of the window is free. */
  private measure(): void {
    if (!this.app) return;
    const free = freeOf(this.canvas, this, this.sheet);
    if (!free) return;
    const key = JSON.stringify([free, window.devicePixelRatio]);
    if (key === this.viewport) return;
    this.viewport = key;
    tellStyles(free);
    this.first?.resize(free);
    this.app.framing.resize(free);
    this.requestUpdate();
  }
}

customElements.define('heritage-viewer', Viewer);
