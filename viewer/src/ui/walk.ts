/** On foot: how it goes, what keeps the visitor waiting, and a pad to walk with where there is no keyboard. */
import './walk.css';
import { html, nothing } from 'lit';
import type { App } from '../app/app.ts';
import type { MonumentEntry } from '../core/release.ts';
import { icon } from './icons.ts';
import { inHeadset } from './inHeadset.ts';
import { interpretation } from './interpretation.ts';
import { type Bands, crumb, href, type Part, told } from './parts.ts';
import { timeline } from './timeline.ts';

const STRIDE_MS = 320; // a press by key or switch is a few steps
const WAYS = [
  { name: 'forward', forward: 1, right: 0 },
  { name: 'left', forward: 0, right: -1 },
  { name: 'right', forward: 0, right: 1 },
  { name: 'back', forward: -1, right: 0 },
] as const;

const stillDown = (event: PointerEvent) => event.buttons > 0;

/** Hold the pad towards where the finger is, from its middle; full speed at its rim. */
function held(app: App, event: PointerEvent): void {
  const { walking } = app;
  const pad = event.currentTarget as HTMLElement;
  if (!walking || !stillDown(event)) return;
  if (event.type === 'pointerdown') pad.setPointerCapture(event.pointerId);
  const box = pad.getBoundingClientRect();
  const x = ((event.clientX - box.left) / box.width) * 2 - 1;
  const y = 1 - ((event.clientY - box.top) / box.height) * 2;
  const most = Math.max(1, Math.hypot(x, y));
  walking.hands.press(y / most, x / most);
}

/** Buttons to walk with: held by a finger, or pressed by key for a few steps. */
export function walkPad(app: App): Part {
  const { t } = app.state;
  const let_go = () => app.walking?.hands.press(0, 0);
  const step = (event: MouseEvent, forward: number, right: number) => {
    if (event.detail > 0) return; // a pointer has held it already
    app.walking?.hands.press(forward, right);
    setTimeout(let_go, STRIDE_MS);
  };
  return html`<div
    class="pad"
    role="group"
    aria-label=${t('walk.pad')}
    @pointerdown=${(event: PointerEvent) => held(app, event)}
    @pointermove=${(event: PointerEvent) => held(app, event)}
    @pointerup=${let_go}
    @pointercancel=${let_go}
  >
    ${WAYS.map(
      ({ name, forward, right }) => html`<button
        type="button"
        class=${name}
        aria-label=${t(`walk.${name}`)}
        @click=${(event: MouseEvent) => step(event, forward, right)}
      >${icon('north')}</button>`,
    )}
  </div>`;
}

/** How it goes by keyboard, for those who do not see the panel. */
export const walkHelp = ({ state: { t } }: App): string => `${t('walk.move.how')} ${t('walk.look.how')}`;

export function walkPanel(app: App, monument: MonumentEntry): Bands {
  const { state } = app;
  const { t } = state;
  const back = href({ view: 'monument', monument: monument.id });
  const status = state.walking?.status ?? 'coming';
  const retry =
    status === 'failed'
      ? html`<button type="button" class="button" @click=${() => app.walking?.footing.retry()}>${icon('retry')}${t('retry')}</button>`
      : nothing;
  return {
    label: t('walk'),
    head: html`${crumb(back, told(state, monument.title))}
      <h1 tabindex="-1">${t('walk')}</h1>`,
    body: html`<div class="arriving">
      ${status === 'walking' ? nothing : html`<p class="quiet" role="status">${t(`walk.${status}`)}</p>`} ${retry}
      <dl class="help-list">
        ${['move', 'look', 'there'].map((what) => html`<dt>${t(`walk.${what}`)}</dt><dd>${t(`walk.${what}.how`)}</dd>`)}
      </dl>
      <p class="quiet">${t('walk.about')}</p>
      ${timeline(app, monument)} ${interpretation(app)}
    </div>`,
    foot: html`<div class="buttons"><a class="button main" href=${back}>${icon('close')}${t('walk.leave')}</a>${inHeadset(app)}</div>`,
  };
}
