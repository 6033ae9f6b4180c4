/** The panel of the whole site: what it is, its tours, its monuments, whose it is. */
import { html, nothing } from 'lit';
import type { App } from '../app/app.ts';
import { words } from '../app/state.ts';
import type { MonumentEntry } from '../core/release.ts';
import { icon } from './icons.ts';
import { type Bands, href, type Part, prose, tourRows } from './parts.ts';

function extent(app: App, monument: MonumentEntry): string {
  const { t } = app.state;
  const parts = [
    t(monument.epochs.length === 1 ? 'surveys.one' : 'surveys.many', { count: monument.epochs.length }),
  ];
  if (monument.states.length > 0) {
    parts.push(
      t(monument.states.length === 1 ? 'states.one' : 'states.many', { count: monument.states.length }),
    );
  }
  return parts.join(' · ');
}

export function sitePanel(app: App): Bands {
  const { state } = app;
  const { t } = state;
  const release = state.release!;
  return {
    label: words(state, release.title),
    head: html`<div class="crumb">${icon('seal')}</div>
      <h1 tabindex="-1">${words(state, release.title)}</h1>`,
    body: html`<div class="arriving">
      ${prose(state, release.html)} ${tourRows(app, release.tours)}
      <h2>${t('monuments')}</h2>
      ${
        release.monuments.length === 0
          ? html`<p class="quiet">${t('monuments.none')}</p>`
          : html`<ul class="rows">
            ${release.monuments.map(
              (m) => html`<li>
                <a class="row" href=${href({ view: 'monument', monument: m.id })}>
                  <span class="grow">
                    <span class="name">${words(state, m.title)}</span>
                    <span class="more">${extent(app, m)}</span>
                  </span>
                  ${icon('chevronRight')}
                </a>
              </li>`,
            )}
          </ul>`
      }
      ${rights(app)}
    </div>`,
    foot: nothing,
  };
}

/** Under what terms, and who did what. */
export function rights(app: App): Part {
  const release = app.state.release!;
  const { licence, holder, url } = release.rights;
  return html`<p class="quiet">
      ${holder ? `© ${holder} · ` : ''}${url ? html`<a href=${url} target="_blank" rel="noopener noreferrer">${licence}</a>` : licence}
    </p>
    ${release.credits.length > 0 ? html`<p class="quiet">${release.credits.map((c) => `${c.name} (${c.role})`).join(', ')}</p>` : nothing}
    <p class="quiet"><a href="./assets/licences.txt" target="_blank">${app.state.t('licences')}</a></p>`;
}
