/** What goes along with a tour: its chapters, what is said, how fast, and the offer to go on where one left. */
import { html, nothing } from 'lit';
import type { App } from '../app/app.ts';
import { clock } from '../core/format.ts';
import { direction, pieces, spokenIn } from '../core/i18n.ts';
import { totalOf } from '../core/player.ts';
import { icon } from './icons.ts';
import { href, type Part, sentence, told } from './parts.ts';
import './along.css';

const SPEEDS = [0.75, 1, 1.25, 1.5, 2];

/** Every stop by name, with its time in the tour; a press leads there. */
export function chapters(app: App): Part {
  const { state } = app;
  const { document, player, timings } = state.touring!;
  return html`<details class="chapters">
    <summary>${state.t('tour.chapters')}${icon('chevronRight')}</summary>
    <ol>
      ${document.stops.map(
        (stop, i) => html`<li>
          <a
            href=${href({ view: 'tour', tour: document.id, stop: stop.id })}
            aria-current=${i === player.stop ? 'step' : nothing}
          ><span>${told(state, stop.title)}</span><time>${clock(totalOf(timings.slice(0, i)))}</time></a>
        </li>`,
      )}
    </ol>
  </details>`;
}

/** What is said, in step with the voice; a press on a sentence plays from there. */
export function transcript(app: App): Part {
  const { t, language, touring } = app.state;
  const { transcript: said, readable, aloud } = touring!;
  return html`${
    readable
      ? html`<label class="check aloud"
          ><input
            type="checkbox"
            .checked=${aloud}
            @change=${(event: Event) => app.tours.listen({ aloud: (event.target as HTMLInputElement).checked })}
          />${t('tour.aloud')}</label
        >`
      : nothing
  }
  ${
    said.sentences.length > 0
      ? html`<details class="transcript">
          <summary>${t('tour.transcript')}${icon('chevronRight')}</summary>
          ${said.voice === 'computer' ? html`<p class="quiet">${t('tour.computer')}</p>` : nothing}
          <ol lang=${language} dir=${direction(language)}>
            ${said.sentences.map(
              (sentence, i) => html`<li>
                <button type="button" aria-current=${i === said.at ? 'true' : nothing} @click=${() => app.tours.current?.hear(i)}>
                  ${sentence}
                </button>
              </li>`,
            )}
          </ol>
        </details>`
      : nothing
  }`;
}

export function speed(app: App): Part {
  const { t, touring } = app.state;
  return html`<select
    class="speed"
    aria-label=${t('tour.speed')}
    title=${t('tour.speed')}
    @change=${(event: Event) => app.tours.listen({ speed: Number((event.target as HTMLSelectElement).value) })}
  >
    ${SPEEDS.map((s) => html`<option value=${s} ?selected=${s === touring!.speed}>${s.toLocaleString(spokenIn(app.state.language))}×</option>`)}
  </select>`;
}

/** For those who were here before: whether to go on where they left. */
export function offer(app: App): Part {
  const { state } = app;
  const { left, document } = state.touring!;
  const stop = document.stops.find((s) => s.id === left);
  if (!stop) return nothing;
  return html`<div class="offer">
    <p>${sentence(state, pieces(state.t('tour.left'), { title: stop.title }))}</p>
    <p class="buttons">
      <button type="button" class="button main" @click=${() => app.tours.resume(true)}>${state.t('tour.continue')}</button>
      <button type="button" class="button" @click=${() => app.tours.resume(false)}>${state.t('tour.again')}</button>
    </p>
  </div>`;
}
