/** The page: the scene, what floats over it, and the panel of the view that is open. */
import { html, LitElement, nothing } from 'lit';
import type { App } from '../app/app.ts';
import { monumentOf } from '../app/state.ts';
import type { Viewport } from '../core/fit.ts';
import { PHONE_TOP_PX } from '../core/free.ts';
import { languageName } from '../core/i18n.ts';
import { Later } from '../core/later.ts';
import type { TourDocument } from '../core/release.ts';
import { workOf } from '../core/route.ts';
import type { First } from '../first/first.ts';
import { building } from './building.ts';
import { claim } from './claim.ts';
import { icon } from './icons.ts';
import { partCard } from './interpretation.ts';
import type { Labels } from './labels.ts';
import './labels.ts';
import type { Marks } from './marks.ts';
import type { Overview } from './overview.ts';
import './overview.ts';
import { monumentPanel } from './monument.ts';
import { failure, notices } from './notices.ts';
import { type Bands, type Part, tool, waitingPanel } from './parts.ts';
import { isPhone, Sheet } from './sheet.ts';
import { sitePanel } from './site.ts';
import { sunTool } from './sun.ts';

const SETTLE_MS = 180;
const FADE_MS = 300;
const CLAIM_GAP_PX = 6; // below the legend of what is interpreted, which takes more

export class Viewer extends LitElement {
  static override properties = { app: { attribute: false }, tours: { state: true } };
  declare app: App;
  /** Tours in full, for the text version. */
  declare tours: readonly TourDocument[];
  readonly canvas = document.createElement('canvas');
  /** The first picture, until the scene shows as much. */
  private first: First | null = null;
  private readonly sheet = new Sheet(() => this.querySelector('.panel'));
  private readonly works = new Later(
    () => this.app.later(import('./work.ts')),
    () => this.requestUpdate(),
  );
  private readonly guided = new Later(
    () => this.app.later(import('./guided.ts')),
    () => this.requestUpdate(),
  );
  private readonly marks = new Later(
    () => this.app.later(import('./marks.ts')),
    () => this.requestUpdate(),
  );
  private readonly along = new Later(
    () => this.app.later(import('./takeAlong.ts')),
    () => this.requestUpdate(),
  );
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
    new ResizeObserver(measure).observe(this.canvas);
    window.addEventListener('keydown', (event) => this.shortcut(event));
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

  private bands(): Bands | null {
    const { app } = this;
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
    const work = workOf(route);
    if (!work) return monumentPanel(app, monument);
    return this.works.get()?.workPanel(app, monument, work) ?? null;
  }

  private languages(): Part {
    const { app } = this;
    const { release, language, t } = app.state;
    if (!release || release.languages.length < 2) return nothing;
    return html`<label class="language">
      ${icon('globe')}
      <span class="visually-hidden">${t('language')}</span>
      <select
        .value=${language}
        aria-label=${t('language')}
        @change=${(event: Event) => void app.speak((event.target as HTMLSelectElement).value)}
      >
        ${release.languages.map((l) => html`<option value=${l} lang=${l} ?selected=${l === language}>${languageName(l)}</option>`)}
      </select>
    </label>`;
  }

  protected override render(): unknown {
    const { app } = this;
    if (!app) return nothing;
    const { state } = app;
    const { t, status, release } = state;
    if (status === 'failed') return failure(app);
    if (status === 'no-webgl')
      return this.guided.get()?.textVersion(app, this.tours, this.languages()) ?? nothing;
    if (!release)
      return html`<main class="centre waiting">${this.canvas}${this.first?.picture ?? icon('seal')}<p>${t('loading')}</p></main>`;
    const found = this.bands();
    this.waiting = found === null;
    const bands = found ?? waitingPanel(app);
    const guided = state.route.view === 'tour' || state.route.view === 'compare' ? this.guided.get() : null;
    const { mode } = app.comparing;
    const touring = state.touring;
    // The still is of the opening view: before another one it would only mislead.
    const still = state.route.view === 'site' && !this.first?.picture ? release.still : null;
    return html`<button type="button" class="skip" @click=${() => this.querySelector<HTMLElement>('.panel h1')?.focus()}>${t('skip')}</button>
      <div class="progress ${state.tilesLoading || status === 'loading' ? 'on' : ''}" aria-hidden="true"></div>
      <main class="scene" aria-label=${t('scene')}>
        ${this.canvas} ${this.first?.picture ?? nothing}
        ${still ? html`<img class="still ${state.arrived ? 'gone' : ''}" src=${state.base + still} alt="" />` : nothing}
        <p id="scene-help" class="visually-hidden">${t('scene.help')}</p>
        <heritage-labels .app=${app} .state=${state}></heritage-labels>
        ${state.picking ? html`<div class="crosshair" aria-hidden="true"></div>` : nothing}
        ${state.marks.length > 0 && this.marks.get() ? html`<heritage-marks .app=${app} .state=${state}></heritage-marks>` : nothing}
        ${mode === 'swipe' ? guided?.swipe(app) : mode === 'side' ? guided?.sideBySide(app) : nothing}
        ${claim(app)} ${guided?.wayBack(app)}
        ${
          touring?.captions && touring.player.playing && touring.caption
            ? html`<p class="caption" lang=${state.language}>${touring.caption}</p>`
            : nothing
        }
        ${building(app)}
        <heritage-overview .app=${app} .state=${state}></heritage-overview>
        <div class="tools low" role="group" aria-label=${t('camera')}>
          ${tool({ name: 'plus', label: t('zoom.in'), key: '+', className: 'tool zoom', press: () => app.view?.zoom(true) })}
          ${tool({ name: 'minus', label: t('zoom.out'), key: '-', className: 'tool zoom', press: () => app.view?.zoom(false) })}
          ${tool({ name: 'map', label: t('overview'), key: 'm', pressed: state.overview, press: () => app.set({ overview: !state.overview }) })}
          ${tool({ name: 'reset', label: t('reset'), key: 'h', press: () => app.framing.reset() })}
          ${sunTool(app)}
        </div>
      </main>
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
        ${this.languages()} ${tool({ name: 'help', label: t('help'), key: '?', press: () => app.set({ help: true }) })}
      </nav>
      ${partCard(app)} ${notices(app)} ${state.help ? this.guided.get()?.help(app) : nothing}
      ${state.takingAlong || this.querySelector('heritage-take-along') ? this.along.get()?.takeAlong(app) : nothing}
      <p class="visually-hidden" aria-live="polite">${state.announcement}</p>`;
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
    if (!release || this.waiting) return;
    const place = JSON.stringify([route.view, monumentOf(this.app.state)?.id, touring?.player.stop]);
    if (place === this.place) return;
    const first = this.place === '';
    this.place = place;
    const body = this.querySelector('.panel .body');
    if (body) body.scrollTop = 0;
    if (route.view === 'tour' && isPhone()) this.sheet.snap = 'half';
    const lost = document.activeElement === document.body || document.activeElement === null;
    if (!first && lost && route.view !== 'tour')
      this.querySelector<HTMLElement>('.panel h1')?.focus({ preventScroll: true });
  }

  private async loadTours(): Promise<void> {
    this.tours = await this.app.tours.documents();
  }

  /** Tell the scene how much of the window is free. */
  private measure(): void {
    if (!this.app) return;
    const [width, height] = [this.canvas.clientWidth, this.canvas.clientHeight];
    if (width === 0 || height === 0) return;
    const panel = this.querySelector<HTMLElement>('.panel');
    const free: Viewport = { width, height, left: 0, right: 0, top: 0, bottom: 0 };
    if (panel && isPhone()) {
      // A sheet pulled up to read covers the scene for a while; the picture need not move.
      const snap = this.sheet.snap === 'full' ? 'half' : this.sheet.snap;
      free.bottom = this.sheet.height(snap);
      const claim = this.querySelector('.claim.interpreted');
      free.top = Math.max(
        PHONE_TOP_PX,
        Math.ceil((claim?.getBoundingClientRect().bottom ?? 0) + CLAIM_GAP_PX),
      );
    } else if (panel) {
      const box = panel.getBoundingClientRect();
      if (document.dir === 'rtl') free.right = width - box.left;
      else free.left = box.right;
    }
    const key = JSON.stringify(free);
    if (key === this.viewport) return;
    this.viewport = key;
    const { style } = document.documentElement;
    style.setProperty('--free-left', `${free.left}px`);
    style.setProperty('--free-right', `${free.right}px`);
    style.setProperty('--free-bottom', `${free.bottom}px`);
    style.setProperty('--free-width', `${width - free.left - free.right}px`);
    style.setProperty('--free-middle', `${free.top + (height - free.top - free.bottom) / 2}px`);
    style.setProperty('--free-centre', `${free.left + (width - free.left - free.right) / 2}px`);
    this.first?.resize(free);
    this.app.framing.resize(free);
    this.requestUpdate();
  }

  /** Keys of single characters work while the scene has the focus, so that they disturb no one's typing. */
  private shortcut(event: KeyboardEvent): void {
    const { app } = this;
    if (event.ctrlKey || event.metaKey || event.altKey || !app) return;
    // An open dialog closes by itself, and nothing behind it moves.
    if (event.key === 'Escape' && !this.querySelector('dialog')) this.escape();
    const target = event.target as Element;
    if (target !== this.canvas && target !== document.body && !target.closest('.transport')) return;
    const touring = app.state.touring;
    const act: Record<string, (() => void) | undefined> = {
      '?': () => app.set({ help: true }),
      h: () => app.framing.reset(),
      m: () => app.set({ overview: !app.state.overview }),
      '/': () => this.querySelector<HTMLElement>('.find input')?.focus(),
      n: touring ? () => app.tours.play({ type: 'next' }) : undefined,
      p: touring ? () => app.tours.play({ type: 'previous' }) : undefined,
      ' ': touring ? () => app.tours.play({ type: touring.player.playing ? 'pause' : 'play' }) : undefined,
      backspace: () => app.bench?.undo(),
      k: touring ? () => app.tours.play({ type: touring.player.playing ? 'pause' : 'play' }) : undefined,
    };
    const wanted = act[event.key.toLowerCase()];
    if (!wanted) return;
    if (event.key === '/') event.preventDefault(); // it would be typed into the field
    wanted();
  }

  /** One step back: close the note, else leave the view. */
  private escape(): void {
    const { app } = this;
    const { route, annotation } = app.state;
    const monument = monumentOf(app.state);
    if (app.interpreting.chosen) app.interpreting.choose(null);
    else if (annotation) app.annotate(null);
    else if (route.view === 'monument' || route.view === 'data')
      app.address.go({ view: 'site' }, { find: app.state.find });
    else if (monument && route.view !== 'site') app.address.go({ view: 'monument', monument: monument.id });
  }
}

customElements.define('heritage-viewer', Viewer);
