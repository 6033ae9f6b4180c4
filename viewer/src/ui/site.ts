/** The panel of the whole site: what it is, its tours, its monuments, whose it is. */
import { html, nothing } from 'lit';
import type { App } from '../app/app.ts';
import { words } from '../app/state.ts';
import { copyright } from '../core/format.ts';
import { middle, way } from '../core/geo.ts';
import type { MonumentEntry } from '../core/release.ts';
import { periodWords } from '../core/timeline.ts';
import { filters, findField, nearLine, otherHits, tally, wayThere } from './find.ts';
import { icon } from './icons.ts';
import { type Bands, href, type Part, prose, told, tourRows } from './parts.ts';

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

function monumentRow(app: App, monument: MonumentEntry): Part {
  const { state, finding } = app;
  return html`<li>
    <a
      class="row ${state.pointed === monument.id ? 'pointed' : ''}"
      href=${href({ view: 'monument', monument: monument.id })}
      @mouseenter=${() => finding.point(monument.id)}
      @mouseleave=${() => finding.point(null)}
      @focus=${() => finding.point(monument.id)}
      @blur=${() => finding.point(null)}
    >
      <span class="grow">
        <span class="name">${told(state, monument.title)}</span>
        <span class="more">${[periodWords(monument.period, monument.built, state.language), extent(app, monument)].filter(Boolean).join(' · ')}</span>
        ${wayThere(app, middle(monument))}
      </span>
      ${icon('chevronRight')}
    </a>
  </li>`;
}

/** The monuments that are looked for; the nearest first once the visitor's place is known. */
function monumentRows(app: App): Part {
  const { state, finding } = app;
  const { t, near } = state;
  const release = state.release!;
  const found = [...finding.monuments];
  if (near.status === 'on') {
    const away = (m: MonumentEntry) => way(near.at, middle(m), release.frame).distance_m;
    found.sort((a, b) => away(a) - away(b));
  }
  if (found.length === 0) {
    return html`<p class="quiet">${t(finding.active ? 'find.nothing' : 'monuments.none')}</p>`;
  }
  return html`<ul class="rows monuments">${found.map((m) => monumentRow(app, m))}</ul>`;
}

export function sitePanel(app: App): Bands {
  const { state, finding } = app;
  const { t } = state;
  const release = state.release!;
  // While something is looked for, what answers comes first.
  const looking = finding.active || state.near.status !== 'off';
  return {
    label: words(state, release.title),
    head: html`<div class="crumb">${icon('seal')}</div>
      <h1 tabindex="-1">${told(state, release.title)}</h1>
      ${findField(app)}`,
    body: html`<div class="arriving">
      ${looking ? nothing : html`${prose(state, release.html)} ${tourRows(app, release.tours)}`}
      ${nearLine(app)}
      <h2>${t('monuments')}</h2>
      ${filters(app)} ${tally(app)} ${monumentRows(app)} ${otherHits(app)} ${rights(app)}
    </div>`,
    foot: nothing,
  };
}

/** Under what terms, and who did what. */
export function rights(app: App): Part {
  const { release, t } = app.state;
  const { rights: terms, credits, data } = release!;
  const { licence, holder, url } = terms;
  return html`<p class="quiet">
      ${holder ? `${copyright(holder)} · ` : ''}${url ? html`<a href=${url} target="_blank" rel="noopener noreferrer">${licence}</a>` : licence}
    </p>
    ${credits.length > 0 ? html`<p class="quiet">${credits.map((c) => `${c.name} (${c.role})`).join(', ')}</p>` : nothing}
    <p class="quiet links">
      ${data ? html`<a href=${href({ view: 'data' })}>${t('data')}</a>` : nothing}
      <a href="./assets/licences.txt" target="_blank">${t('licences')}</a>
    </p>`;
}
