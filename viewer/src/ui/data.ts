/** The panel of the open data: what can be had, in which files, whose it is. */
import { html, nothing } from 'lit';
import type { App } from '../app/app.ts';
import { words } from '../app/state.ts';
import { bytes, copyright, date } from '../core/format.ts';
import type { DataFile, DataSet } from '../core/release.ts';
import { icon } from './icons.ts';
import { type Bands, crumb, type Part, siteHref, told } from './parts.ts';

const FORMATS: Record<string, string> = {
  'application/geo+json': 'GeoJSON',
  'application/geopackage+sqlite3': 'GeoPackage',
  'application/ld+json': 'JSON-LD',
  'model/gltf-binary': 'GLB',
};

function file(app: App, one: DataFile): Part {
  const { state } = app;
  const format = FORMATS[one.type] ?? one.type;
  return html`<a class="button" href=${state.base + one.path} download>
    ${icon('download')}<span>${format}</span><span class="size">${bytes(one.bytes, state.language)}</span>
  </a>`;
}

function set(app: App, one: DataSet): Part {
  const { state } = app;
  const { t } = state;
  const title = one.kind === 'model' ? told(state, one.title) : t(`data.${one.kind}`);
  const subtitle = words(state, one.subtitle);
  const { licence, holder, url } = one.rights;
  return html`<section class="data-set">
    <h2>${title}</h2>
    <p class="more">${one.kind === 'model' ? t('data.survey', { when: date(subtitle, state.language) }) : t('data.items', { count: one.items })}</p>
    <div class="buttons">${one.files.map((f) => file(app, f))}</div>
    <p class="more">
      ${holder ? `${copyright(holder)} · ` : ''}${url ? html`<a href=${url} target="_blank" rel="noopener noreferrer">${licence}</a>` : licence}
      ${one.credits.length > 0 ? html`<br />${one.credits.map((c) => `${c.role}: ${c.name}`).join(' · ')}` : nothing}
    </p>
  </section>`;
}

export function dataPanel(app: App): Bands {
  const { state } = app;
  const { t, data, release } = state;
  const known = data && data !== 'failed' ? data : null;
  return {
    label: t('data'),
    head: html`${crumb(siteHref(state), told(state, release!.title))}
      <h1 tabindex="-1">${t('data')}</h1>`,
    body: html`<div class="arriving">
      <p class="quiet">${t('data.about')}</p>
      ${data === 'failed' || !release!.data ? html`<p class="warn">${icon('warning')}<span>${t('data.failed')}</span></p>` : nothing}
      ${known ? known.sets.map((one) => set(app, one)) : nothing}
      ${
        known
          ? html`<section class="data-set">
            <h2>${t('data.catalogue')}</h2>
            <p class="more">${t('data.catalogue.about')}</p>
            <div class="buttons">${file(app, known.catalogue)}</div>
          </section>
          <section class="data-set">
            <h2>${t('data.gis')}</h2>
            <p class="more">${t('data.gis.about')}</p>
            <p class="address">${new URL('api/', new URL('.', location.href)).href}</p>
          </section>`
          : nothing
      }
    </div>`,
    foot: nothing,
  };
}
