/** The regions of change, largest volume first: a press leads to one and marks it. */
import { html, nothing } from 'lit';
import type { App } from '../app/app.ts';
import { changeTable } from '../app/colours.ts';
import { amount, figure, metres } from '../core/format.ts';
import type { ComparisonDocument, RegionEntry } from '../core/release.ts';
import { icon } from './icons.ts';
import type { Part } from './parts.ts';
import { styled } from './styled.ts';

const FIRST = 6;

/** As many places as the uncertainty leaves a meaning. */
const places = (sigma: number) => Math.max(1, Math.ceil(-Math.log10(Math.max(sigma, 1e-6))));

/** How much, and how sure; or that the surfaces do not close around it. */
function volume(
  { volume_m3: found, volume_sigma_m3: sigma }: RegionEntry,
  { t, language }: App['state'],
): string {
  if (found === null || sigma === null) return t('region.open');
  const digits = places(sigma);
  return `${figure(Math.abs(found), 'm³', language, digits)} ± ${figure(sigma, 'm³', language, digits + 1)}`;
}

function row(app: App, region: RegionEntry): Part {
  const { t, language, base, comparing } = app.state;
  const { anchors } = changeTable(comparing?.colours ?? null);
  const chosen = comparing?.region === region.id;
  return html`<li>
    <button
      type="button"
      class="row ${chosen ? 'pointed' : ''}"
      aria-pressed=${String(chosen)}
      @click=${() => app.comparing.visit(chosen ? null : region.id)}
    >
      ${
        region.picture
          ? html`<img src=${base + region.picture} alt="" loading="lazy" width="88" height="66" />`
          : html`<span class="pin" aria-hidden="true" ${styled({ background: anchors[region.kind === 'lost' ? 1 : 5]!.colour })}></span>`
      }
      <span class="grow">
        <span class="name">${region.id.replace(/^r/, '')} · ${t(`change.${region.kind}`)}</span>
        <span class="more">${volume(region, app.state)} · ${amount(region.area_m2, 'm²', language)}</span>
        <span class="more">${t(region.alone ? 'region.alone' : 'region.depth', {
          mean: metres(region.alone ? Math.abs(region.mean_m) : region.mean_m, language),
          greatest: metres(region.greatest_m, language),
        })}</span>
      </span>
    </button>
  </li>`;
}

export function regionList(app: App, document: ComparisonDocument): Part {
  const { t, language } = app.state;
  const { regions, regions_left_out: rest } = document;
  if (!regions) return nothing; // a release of before regions were listed
  const unknown = html`<p class="quiet">
    ${t('region.unknown', { area: amount(document.not_comparable_area_m2, 'm²', language, 1) })}
  </p>`;
  if (regions.length === 0)
    return html`<h2>${t('regions')}</h2><p class="quiet">${t('regions.none')}</p>${unknown}`;
  const more = regions.slice(FIRST);
  return html`<h2>${t('regions.count', { count: regions.length + rest.count })}</h2>
    <ol class="rows regions">
      ${regions.slice(0, FIRST).map((region) => row(app, region))}
    </ol>
    ${
      more.length > 0
        ? html`<details>
          <summary><span>${t('regions.more', { count: more.length })}</span>${icon('chevronRight')}</summary>
          <ol class="rows regions">
            ${more.map((region) => row(app, region))}
          </ol>
        </details>`
        : nothing
    }
    ${rest.count > 0 ? html`<p class="quiet">${t('regions.rest', { count: rest.count, area: amount(rest.area_m2, 'm²', language) })}</p>` : nothing}
    ${unknown}`;
}
