/** The line between two conditions: a slider for mouse, touch and keyboard. */
import { html, nothing } from 'lit';
import type { App } from '../app/app.ts';
import { monumentOf } from '../app/state.ts';
import { lineAt, positionAt } from '../core/panes.ts';
import { clamp } from '../core/vec.ts';
import { icon } from './icons.ts';
import { type Part, standing } from './parts.ts';
import { sides } from './sides.ts';
import { styled } from './styled.ts';

const STEP = 0.02;
const PAGE = 0.1;

const SIDEWAYS: Record<string, (at: number) => number> = {
  ArrowLeft: (at) => at - STEP,
  ArrowRight: (at) => at + STEP,
};
// The line goes where the arrow points: down is more of the upper picture.
const UPRIGHT: typeof SIDEWAYS = { ArrowDown: (at) => at - STEP, ArrowUp: (at) => at + STEP };
const LYING: typeof SIDEWAYS = { ArrowDown: (at) => at + STEP, ArrowUp: (at) => at - STEP };
const KEYS: typeof SIDEWAYS = {
  ...SIDEWAYS,
  PageDown: (at) => at - PAGE,
  PageUp: (at) => at + PAGE,
  Home: () => 0,
  End: () => 1,
};

export function swipe(app: App): Part {
  const { comparing, t } = app.state;
  const monument = monumentOf(app.state);
  const viewport = app.view?.stage.viewport;
  if (!comparing || !monument || !viewport) return nothing;
  const { position, line } = comparing;
  const [left, right] = [comparing.left, comparing.right].map((c) => standing(app.state, monument, c).text);
  const upright = line === 'upright';
  const move = (at: number) => app.comparing.adjust({ position: clamp(at, 0, 1) });
  const drag = (event: PointerEvent) => {
    const handle = event.currentTarget as HTMLElement;
    if (!handle.hasPointerCapture(event.pointerId)) return;
    move(positionAt(viewport, line, event.clientX, event.clientY));
  };
  const percent = Math.round(position * 100);
  const at = lineAt(viewport, line, position);
  return html`<div
      class="swipe ${line}"
      ${styled({ transform: upright ? `translateX(${at}px)` : `translateY(${at}px)` })}
    >
      <div
        role="slider"
        tabindex="0"
        aria-label=${t('swipe.handle')}
        aria-orientation=${upright ? 'horizontal' : 'vertical'}
        aria-valuemin="0"
        aria-valuemax="100"
        aria-valuenow=${percent}
        aria-valuetext=${t(upright ? 'swipe.value' : 'swipe.value.lying', { percent, left: left!, right: right! })}
        @pointerdown=${(event: PointerEvent) => (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId)}
        @pointermove=${drag}
        @keydown=${(event: KeyboardEvent) => {
          const change = (upright ? UPRIGHT : LYING)[event.key] ?? KEYS[event.key];
          if (!change) return;
          event.preventDefault();
          move(change(position));
        }}
      >
        ${icon('grip')}
      </div>
    </div>
    ${sides(app)}`;
}
