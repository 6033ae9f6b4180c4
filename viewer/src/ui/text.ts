/** Everything in words: for browsers without WebGL, and for whoever prefers to read. */
import { html, nothing } from 'lit';
import type { App } from '../app/app.ts';
import { conditionName, said } from '../app/state.ts';
import type { TourDocument } from '../core/release.ts';
import { periodWords } from '../core/timeline.ts';
import { icon } from './icons.ts';
import { type Part, prose, standing, told } from './parts.ts';
import { questionInWords } from './question.ts';
import { rights } from './site.ts';
import { conditionsOf } from './timeline.ts';

export function textVersion(app: App, tours: readonly TourDocument[], language: Part): Part {
  const { state } = app;
  const { t } = state;
  const release = state.release!;
  return html`<main class="text-version" tabindex="-1">
    <div>
      ${icon('seal')}
      <h1>${told(state, release.title)}</h1>
      <div class="buttons">${language}</div>
      <p class="warn">${icon('warning')}<span>${t('nowebgl')}</span></p>
      ${prose(state, release.html)}
      ${release.monuments.map(
        (m) => html`<section>
          <h2>${told(state, m.title)}</h2>
          <p class="facts">${[m.type && said(state, m.type), periodWords(m.period, m.built, state.language)].filter(Boolean).join(' · ')}</p>
          ${prose(state, m.html)}
          <h3>${t('conditions')}</h3>
          <ul>
            ${conditionsOf(m).map((shown) => html`<li>${conditionName(state, m, shown)}: ${standing(state, m, shown).text}</li>`)}
          </ul>
          ${
            m.annotations.length > 0
              ? html`<h3>${t('annotations')}</h3>
                ${m.annotations.map((a) => html`<p><strong>${told(state, a.title)}</strong></p>${prose(state, a.html)}`)}`
              : nothing
          }
          ${m.report ? html`<p><a href=${state.base + m.report}>${t('report')}</a></p>` : nothing}
        </section>`,
      )}
      ${tours.map(
        (tour) => html`<section>
          <h2>${told(state, tour.title)}</h2>
          ${prose(state, tour.html)}
          ${tour.stops.map((stop) => html`<h3>${told(state, stop.title)}</h3>${prose(state, stop.html)} ${questionInWords(state, stop)}`)}
        </section>`,
      )}
      ${rights(app)}
    </div>
  </main>`;
}
