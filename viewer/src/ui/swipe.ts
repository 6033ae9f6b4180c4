/** The line between two conditions: a slider for mouse, touch and keyboard, with both sides named. */
import { html } from 'lit';
import type { App } from '../app/app.ts';
import { monumentOf } from '../app/state.ts';
import { swipeX } from '../core/fit.ts';
import { clamp } from '../core/vec.ts';
import { icon } from './icons.ts';
import { type Part, type Standing, standing } from './parts.ts';
import { styled } from './styled.ts';

const STEP = 0.02;
const PAGE = 0.1;

const KEYS: Record<string, (at: number) => number> = {
  ArrowLeft: (at) => at - STEP,
  ArrowDown: (at) => at - STEP,
  ArrowRight: (at) => at + STEP,
  ArrowUp: (at) => at + STEP,
  PageDown: (at) => at - PAGE,
  PageUp: (at) => at + PAGE,
  Home: () => 0,
  End: () => 1,
};

export function swipe(app: App): Part {
  const { comparing, t } = app.state;
  const monument = monumentOf(app.state);
  const viewport = app.view?.stage.viewport;
  if (!comparing || !monument || !viewport) return html``;
  const [left, right] = [
    standing(app.state, monument, comparing.left),
    standing(app.state, monument, comparing.right),
  ];
  const { position } = comparing;
  const move = (at: number) => app.comparing.adjust({ position: clamp(at, 0, 1) });
  const drag = (event: PointerEvent) => {
    const handle = event.currentTarget as HTMLElement;
    if (!handle.hasPointerCapture(event.pointerId)) return;
    move((event.clientX - viewport.left) / (viewport.width - viewport.left - viewport.right));
  };
  const side = (at: 'left' | 'right', what: Standing) => html`<div
    class="side ${at} ${what.interpreted ? 'interpreted' : ''}"
  >
    <span class="swatch ${what.interpreted ? 'interpreted' : ''}"></span><span>${what.brief}</span>
  </div>`;
  return html`<div class="swipe" ${styled({ transform: `translateX(${swipeX(viewport, position)}px)` })}>
      <div
        role="slider"
        tabindex="0"
        aria-label=${t('swipe.handle')}
        aria-orientation="horizontal"
        aria-valuemin="0"
        aria-valuemax="100"
        aria-valuenow=${Math.round(position * 100)}
        aria-valuetext=${t('swipe.value', { percent: Math.round(position * 100), left: left.text, right: right.text })}
        @pointerdown=${(event: PointerEvent) => (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId)}
        @pointermove=${drag}
        @keydown=${(event: KeyboardEvent) => {
          const change = KEYS[event.key];
          if (!change) return;
          event.preventDefault();
          move(change(position));
        }}
      >
        ${icon('grip')}
      </div>
    </div>
    ${side('left', left)} ${side('right', right)}`;
}
