/**
 * `?kiosk`: a screen in a museum. Tours are played in a loop without sound until somebody touches it; then that visitor has
 * the tour, in a language of their own, and when they have gone it loops again. `?kiosk=90` waits 90 seconds for that.
 * Keys of the system and of the browser are the business of the browser's own kiosk mode.
 */
import { html, render } from 'lit';
import type { App } from '../app/app.ts';
import { loadMessages } from '../app/messages.ts';
import { translator, uiLanguage } from '../core/i18n.ts';
import { parseRoute } from '../core/route.ts';
import { told } from './parts.ts';
import './kiosk.css';

const IDLE_S = 60;
const AFTER_END_S = 20;
const LOOK_MS = 500;
const TROUBLE_S = 30;

export class Kiosk {
  private readonly app: App;
  private readonly idle_s: number;
  private readonly layer = document.createElement('section');
  private attracting = true;
  private touched = performance.now();
  private troubled = 0;
  private readonly invitations = new Map<string, string>();

  constructor(app: App, asked: string) {
    this.app = app;
    this.idle_s = Number(asked) > 0 ? Number(asked) : IDLE_S;
    app.tours.shared = true;
    document.documentElement.classList.add('kiosk');
    this.layer.className = 'attract';
    this.layer.hidden = true; // until there is something to invite to
    this.layer.addEventListener('click', (event) => {
      const language = (event.target as Element).closest('button')?.lang;
      this.welcome(language || this.own);
    });
    document.body.append(this.layer);
    this.stay();
    void this.wake();
    window.setInterval(() => this.look(), LOOK_MS);
    void this.open();
  }

  /** The site's first language. */
  private get own(): string {
    return this.app.state.release?.languages[0] ?? this.app.state.language;
  }

  private get tours() {
    return this.app.state.release?.tours ?? [];
  }

  private async open(): Promise<void> {
    for (const language of this.app.state.release?.languages ?? []) {
      const t = translator(await loadMessages(uiLanguage(language)));
      this.invitations.set(language, t('kiosk.begin'));
    }
    this.attract();
  }

  /** Loop through the tours, and invite. */
  private attract(): void {
    this.attracting = true;
    const { release } = this.app.state;
    if (!release) return;
    this.app.set({ help: false, annotation: null });
    if (this.app.state.language !== this.own) void this.app.speak(this.own).then(() => this.invite());
    const route = parseRoute(location.hash);
    const here = route?.view === 'tour' && this.tours.some((t) => t.id === route.tour) ? route.tour : null;
    this.play(here ?? this.tours[0]?.id ?? null, true);
    this.invite();
  }

  private invite(): void {
    const { release } = this.app.state;
    if (!this.attracting) return;
    this.showInvitation(true);
    this.layer.setAttribute('aria-label', this.app.state.t('kiosk.begin'));
    render(
      html`<h1>${release ? told(this.app.state, release.title) : ''}</h1>
        <p>
          ${[...this.invitations].map(([language, text]) => html`<button type="button" lang=${language}>${text}</button>`)}
        </p>`,
      this.layer,
    );
    this.layer.querySelector('button')?.focus({ preventScroll: true });
  }

  private showInvitation(shown: boolean): void {
    this.layer.hidden = !shown;
    document.documentElement.classList.toggle('attracting', shown);
  }

  /** Somebody is there: their tour begins, with sound. */
  private welcome(language: string): void {
    this.attracting = false;
    this.touched = performance.now();
    this.showInvitation(false);
    void this.app.speak(language);
    const route = parseRoute(location.hash);
    this.play(route?.view === 'tour' ? route.tour : (this.tours[0]?.id ?? null), false);
  }

  private play(tour: string | null, muted: boolean): void {
    if (tour === null) return;
    const { current } = this.app.tours;
    if (current?.document.id !== tour) {
      this.app.address.go({ view: 'tour', tour, stop: null });
      return;
    }
    this.app.tours.listen({ muted, speed: 1, captions: true, aloud: false });
    this.app.tours.play({ type: 'go', stop: 0 });
    this.app.tours.play({ type: 'play' });
  }

  /** Every half second: has the tour ended, has the visitor gone, is something wrong? */
  private look(): void {
    const { state, tours } = this.app;
    const alone_s = (performance.now() - this.touched) / 1000;
    // A screen nobody looks after mends itself.
    const whole = state.status === 'ready' && !state.tilesFailed;
    if (whole || state.status === 'loading') this.troubled = 0;
    else if (this.troubled === 0) this.troubled = performance.now();
    else if (performance.now() - this.troubled > TROUBLE_S * 1000) {
      this.troubled = 0;
      if (state.status === 'ready') void this.app.retry();
      else location.reload();
    }
    const player = tours.current?.state;
    if (!player) return;
    if (this.attracting) {
      if (state.touring && !state.touring.muted) tours.listen({ muted: true });
      if (player.finished) this.further();
      else if (!player.playing) tours.play({ type: 'play' });
      return;
    }
    if (
      player.finished
        ? alone_s > Math.min(AFTER_END_S, this.idle_s)
        : !player.playing && alone_s > this.idle_s
    )
      this.attract();
  }

  /** The next tour, or the same one again. */
  private further(): void {
    const at = this.tours.findIndex((t) => t.id === this.app.tours.current?.document.id);
    this.play(this.tours[(at + 1) % this.tours.length]!.id, true);
  }

  /** Nothing leads away: no link, no address, no key, no menu. */
  private stay(): void {
    const { app } = this;
    const touched = (event: Event) => {
      this.touched = performance.now();
      if (this.attracting && event.type === 'keydown' && (event as KeyboardEvent).key !== 'Tab') {
        const { key, target } = event as KeyboardEvent;
        if (target instanceof HTMLButtonElement && (key === 'Enter' || key === ' ')) return;
        event.stopPropagation();
        this.welcome(this.own);
      } else if (event.type === 'keydown' && (event as KeyboardEvent).key === 'Escape')
        event.stopPropagation();
    };
    for (const type of ['pointerdown', 'pointermove', 'wheel', 'keydown', 'input'])
      window.addEventListener(type, touched, { capture: true, passive: true });
    window.addEventListener('contextmenu', (event) => event.preventDefault());
    window.addEventListener('dragstart', (event) => event.preventDefault());
    window.addEventListener(
      'click',
      (event) => {
        const link = (event.target as Element).closest?.('a');
        if (link && !link.getAttribute('href')?.startsWith('#/t/')) {
          event.preventDefault();
          event.stopPropagation();
        }
      },
      { capture: true },
    );
    window.addEventListener(
      'hashchange',
      (event) => {
        if (parseRoute(location.hash)?.view === 'tour') return;
        event.stopImmediatePropagation();
        const tour = app.tours.current?.document.id ?? this.tours[0]?.id;
        if (tour) app.address.go({ view: 'tour', tour, stop: null });
      },
      { capture: true },
    );
    // "Back" leads back to the tour.
    history.pushState(null, '', location.href);
    window.addEventListener('popstate', () => history.pushState(null, '', location.href));
  }

  /** The screen does not go dark. */
  private async wake(): Promise<void> {
    const ask = () => navigator.wakeLock?.request('screen').catch(() => null); // a help, where there is one
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') void ask();
    });
    await ask();
  }
}
