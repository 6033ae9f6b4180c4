/** What of the page is seen over the camera's picture: what stands there, what to do next, and the way back. */
import { html, nothing, render } from 'lit';
import counterclockwise from 'lucide-static/icons/rotate-ccw.svg?raw';
import clockwise from 'lucide-static/icons/rotate-cw.svg?raw';
import type { App } from '../app/app.ts';
import type { Ended, Step } from '../core/placing.ts';
import { icon, ownIcon } from './icons.ts';
import './inRoom.css';

const TURN_RAD = Math.PI / 12;

export interface Visit {
  file: string;
  real: boolean;
  title: string;
  interpreted: boolean;
  onEnd: (ended: Ended) => void;
}

type Enter = typeof import('../ar/enter.ts').enter;

/** Enter the room around the visitor; to be called in answer to a press. `enter` is the room's own way in. */
export async function enterRoom(app: App, enter: Enter, visit: Visit): Promise<void> {
  if (document.querySelector('.in-room')) return; // pressed twice
  const { t } = app.state;
  const overlay = document.createElement('section');
  overlay.className = 'in-room';
  overlay.setAttribute('aria-label', t('ar'));
  // A press of a button is not a press of the floor behind it.
  overlay.addEventListener('beforexrselect', (event) => {
    if ((event.target as Element).closest('button')) event.preventDefault();
  });
  document.body.append(overlay);
  const stay = await enter({
    file: visit.file,
    real: visit.real,
    overlay,
    onStep: (step) => draw(step),
    onEnd: (ended) => {
      app.room = null;
      overlay.remove();
      visit.onEnd(ended);
    },
  });
  function draw(step: Step): void {
    const room = stay?.room;
    const placed = step === 'placed';
    const said = t(`ar.in.${step}${placed && visit.real ? '.real' : ''}`);
    render(
      html`<div class="claim ${visit.interpreted ? 'interpreted' : ''}">
          <p><span class="swatch ${visit.interpreted ? 'interpreted' : ''}"></span><span>${visit.title}</span></p>
        </div>
        <div class="low">
          <p role="status">${said}</p>
          ${
            placed
              ? html`<button type="button" class="tool" aria-label=${t('ar.in.left')} @click=${() => room?.turn(-TURN_RAD)}>
                  ${ownIcon(clockwise)}
                </button>
                <button type="button" class="tool" aria-label=${t('ar.in.right')} @click=${() => room?.turn(TURN_RAD)}>
                  ${ownIcon(counterclockwise)}
                </button>
                <button type="button" class="button again" @click=${() => room?.again()}>${icon('reset')}<span>${t('ar.in.again')}</span></button>`
              : nothing
          }
          <button type="button" class="button leave" @click=${() => stay?.leave()}>${icon('close')}<span>${t('ar.in.leave')}</span></button>
        </div>`,
      overlay,
    );
  }
  if (!stay) return;
  app.room = stay.room;
  draw(stay.room.step);
  overlay.querySelector<HTMLElement>('.leave')?.focus();
}
