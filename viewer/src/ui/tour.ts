/** The tour's card: the stop's words, and the player. */
import { html, nothing } from 'lit';
import type { App } from '../app/app.ts';
import { monumentOf, words } from '../app/state.ts';
import { clock } from '../core/format.ts';
import { poseOf } from '../core/frames.ts';
import { pieces } from '../core/i18n.ts';
import { totalOf } from '../core/player.ts';
import type { MonumentEntry, StopEntry } from '../core/release.ts';
import type { Vec3 } from '../core/vec.ts';
import { chapters, offer, speed, transcript } from './along.ts';
import { comparisonTools } from './compare.ts';
import { wayThere } from './find.ts';
import { icon } from './icons.ts';
import { inHeadset } from './inHeadset.ts';
import { interpretation } from './interpretation.ts';
import { type Bands, crumb, href, type Part, prose, sentence, told, tool } from './parts.ts';
import { question } from './question.ts';
import { styled } from './styled.ts';

function timeline(app: App): Part {
  const { state } = app;
  const touring = state.touring!;
  const { timings } = touring;
  const total = totalOf(timings);
  const whole = total || 1;
  const share = (touring.position_s / whole) * 100;
  const text = state.t('tour.position', {
    number: touring.player.stop + 1,
    total: timings.length,
    title: words(state, touring.document.stops[touring.player.stop]!.title),
    time: clock(touring.position_s),
    length: clock(total),
  });
  return html`<div class="timeline">
      <div class="ticks" aria-hidden="true">
        ${timings.map((_, i) => (i === 0 ? nothing : html`<i ${styled({ left: `${(totalOf(timings.slice(0, i)) / whole) * 100}%` })}></i>`))}
      </div>
      <input
        type="range"
        min="0"
        max=${total}
        step="0.1"
        .value=${String(touring.position_s)}
        aria-label=${state.t('tour.timeline')}
        aria-valuetext=${text}
        ${styled({ '--share': `${share}%` })}
        @input=${(event: Event) => app.tours.play({ type: 'seek', seconds: Number((event.target as HTMLInputElement).value) })}
      />
    </div>
    <div class="times"><span>${clock(touring.position_s)}</span><span>${clock(total)}</span></div>`;
}

function transport(app: App): Part {
  const { state } = app;
  const { t } = state;
  const { player, document, captions, muted } = state.touring!;
  const spoken = document.stops.some((s) => Object.keys(s.narration).length > 0);
  return html`<div class="transport">
    ${
      spoken
        ? tool({
            name: muted ? 'silent' : 'sound',
            label: t('tour.sound'),
            pressed: !muted,
            press: () => app.tours.listen({ muted: !muted }),
          })
        : nothing
    }
    <span class="spread"></span>
    ${tool({ name: 'previous', label: t('tour.previous'), key: 'p', disabled: player.stop === 0, press: () => app.tours.play({ type: 'previous' }) })}
    ${tool({
      name: player.playing ? 'pause' : 'play',
      label: player.playing ? t('tour.pause') : t('tour.play'),
      key: 'k',
      className: 'play',
      press: () => app.tours.play({ type: player.playing ? 'pause' : 'play' }),
    })}
    ${tool({
      name: 'next',
      label: t('tour.next'),
      key: 'n',
      disabled: player.stop === document.stops.length - 1,
      press: () => app.tours.play({ type: 'next' }),
    })}
    <span class="spread"></span>
    ${speed(app)}
    ${
      spoken
        ? tool({
            name: captions ? 'captions' : 'captionsOff',
            label: t('tour.captions'),
            pressed: captions,
            press: () => app.tours.listen({ captions: !captions }),
          })
        : nothing
    }
  </div>`;
}

/** For those who walk the tour outdoors: how far and whereto it goes on. */
function nextStop(app: App, monument: MonumentEntry): Part {
  const { state } = app;
  const { player, document } = state.touring!;
  const next = document.stops[player.stop + 1];
  if (!next || state.near.status !== 'on') return nothing;
  const place =
    (next.place?.at_m as Vec3 | undefined) ?? poseOf(next.view, monument.placement.site_from_monument).eye;
  return html`<p class="quiet next-stop">${sentence(state, pieces(state.t('near.next'), { title: next.title }))} ${wayThere(app, place)}</p>`;
}

/** Where to stand on the site to see what the stop shows. */
function stand(app: App, { place }: StopEntry): Part {
  if (!place) return nothing;
  const { t } = app.state;
  const [lat, lon] = [place.lat_deg.toFixed(6), place.lon_deg.toFixed(6)];
  const map = `https://www.openstreetmap.org/?mlat=${lat}&mlon=${lon}#map=19/${lat}/${lon}`;
  return html`<p class="quiet stand">
    <span>${icon('near')} ${t('stand')}: <bdi>${lat}, ${lon}</bdi></span> ${wayThere(app, place.at_m as Vec3)}
    <a href=${map} target="_blank" rel="noopener noreferrer">${t('stand.map')}</a>
  </p>`;
}

export function tourPanel(app: App): Bands {
  const { state } = app;
  const { t } = state;
  const monument = monumentOf(state);
  const touring = state.touring;
  const back = monument
    ? crumb(href({ view: 'monument', monument: monument.id }), told(state, monument.title))
    : nothing;
  if (!touring)
    return { label: t('tours'), head: back, body: html`<p class="quiet">${t('loading')}</p>`, foot: nothing };
  const { player, document } = touring;
  const stop = document.stops[player.stop]!;
  return {
    label: words(state, document.title),
    head: html`${back}
      <p class="facts">${t('tour.stop', { number: player.stop + 1, total: document.stops.length })} · ${told(state, document.title)}</p>
      <h1 tabindex="-1">${told(state, stop.title)}</h1>
      ${monument ? nextStop(app, monument) : nothing}`,
    body: html`${offer(app)}<div class="arriving">
      ${prose(state, stop.html)} ${question(app, stop)} ${stand(app, stop)}
      <div class="buttons headset">${inHeadset(app)}</div>
      ${player.finished ? html`<p class="quiet">${t('tour.finished')}</p>` : nothing}
      ${app.comparing.mode ? comparisonTools(app, app.comparing.mode) : nothing}
      ${app.tours.sections?.drawing(app, stop) ?? nothing} ${interpretation(app)} ${transcript(app)}
      ${chapters(app)} ${asText(app, document.id)}
    </div>`,
    foot: html`${timeline(app)}${transport(app)}`,
  };
}

/** The way to the same tour as a plain page, where the release has one. */
function asText(app: App, id: string): Part {
  const { state } = app;
  const pages = state.release?.tours.find((tour) => tour.id === id)?.pages ?? {};
  const page = pages[state.language] ?? Object.values(pages)[0];
  return page
    ? html`<p class="quiet as-text"><a href=${state.base + page}>${state.t('tour.text')}</a></p>`
    : nothing;
}

/** Over the scene while the visitor looks about alone: the way back to the stop. */
export function wayBack(app: App): Part {
  const { touring, t } = app.state;
  if (!touring?.player.wandering) return nothing;
  return html`<button type="button" class="button return" @click=${() => app.tours.play({ type: 'return' })}>
    ${icon('back')}${t('tour.return')}
  </button>`;
}
