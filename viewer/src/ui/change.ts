/** The change map's tools: histogram and legend, colours, threshold, range, figures. */
import { html, nothing, svg } from 'lit';
import type { App } from '../app/app.ts';
import { CHANGE_TABLES, changeTable } from '../app/colours.ts';
import type { ComparingState } from '../app/state.ts';
import { type Anchor, colourAt } from '../core/colour.ts';
import { amount, metres } from '../core/format.ts';
import type { ComparisonDocument } from '../core/release.ts';
import { icon } from './icons.ts';
import { type Part, slider } from './parts.ts';
import { regionList } from './regions.ts';
import { styled } from './styled.ts';

const WIDTH = 340;
const HEIGHT = 84;
const FOOT = 30;

const css = (rgb: readonly number[]) => `rgb(${rgb.map((c) => Math.round(c * 255)).join(' ')})`;
const STOPS = Array.from({ length: 17 }, (_, i) => i / 8 - 1);

/** Area by signed distance under the colours of the map, with the band that counts as unchanged. */
function histogram(
  app: App,
  document: ComparisonDocument,
  { range_m: range, colours }: ComparingState,
  least: number,
): Part {
  const { t, language } = app.state;
  const { anchors } = changeTable(colours);
  const { edges_m, area_m2 } = document.histogram;
  const x = (distance: number) =>
    ((Math.max(-range, Math.min(range, distance)) + range) / (2 * range)) * WIDTH;
  // The unchanged middle would dwarf everything else: heights are square roots of areas.
  const tallest = Math.sqrt(Math.max(...area_m2, 1e-9));
  const bars = area_m2.map((area, i) => {
    const [from, to] = [edges_m[i]!, edges_m[i + 1]!];
    if (to < -range || from > range) return nothing;
    const middle = (from + to) / 2;
    const fill = Math.abs(middle) < least ? '#b9b5ad' : css(colourAt(anchors, middle / range));
    const height = (Math.sqrt(area) / tallest) * HEIGHT;
    return svg`<rect x=${x(from)} y=${HEIGHT - height} width=${Math.max(0.5, x(to) - x(from) - 0.5)} height=${height} fill=${fill}></rect>`;
  });
  return html`<div class="legend">
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT + FOOT + 16}" role="img" aria-label=${t('change.histogram')}>
      <defs>
        ${svg`<linearGradient id="change-table">${STOPS.map(
          (at) => svg`<stop offset=${(at + 1) / 2} stop-color=${css(colourAt(anchors, at))}></stop>`,
        )}</linearGradient>`}
      </defs>
      ${svg`${bars}
        <rect y=${HEIGHT + 2} width=${WIDTH} height="10" rx="2" fill="url(#change-table)"></rect>
        <rect x=${x(-least)} y=${HEIGHT + 2} width=${x(least) - x(-least)} height="10" fill="#c9c6c0"></rect>
        <text x="0" y=${HEIGHT + FOOT + 4}>−${metres(range, language)}</text>
        <text x=${WIDTH / 2} y=${HEIGHT + FOOT + 4} text-anchor="middle">0</text>
        <text x=${WIDTH} y=${HEIGHT + FOOT + 4} text-anchor="end">+${metres(range, language)}</text>`}
    </svg>
    <ul class="keys">
      <li><span class="key" ${styled({ background: anchors[1]!.colour })}></span>${t('change.lost')}</li>
      <li><span class="key same"></span>${t('change.same')}</li>
      <li><span class="key" ${styled({ background: anchors[5]!.colour })}></span>${t('change.gained')}</li>
      <li><span class="key unknown"></span>${t('change.unknown')}</li>
    </ul>
  </div>`;
}

/** A strip of a table's colours, from lost to gained. */
const strip = (anchors: readonly Anchor[]) =>
  `linear-gradient(90deg, ${STOPS.map((at) => css(colourAt(anchors, at))).join(', ')})`;

function colourChoice(app: App, chosen: string): Part {
  const { t } = app.state;
  return html`<fieldset class="swatches" role="radiogroup" aria-label=${t('change.colours')}>
    ${CHANGE_TABLES.map(
      ({ id, anchors }) => html`<label title=${t(`colours.${id}`)}>
        <input
          type="radio"
          name="colours"
          .checked=${id === chosen}
          aria-label=${t(`colours.${id}`)}
          @change=${() => app.comparing.adjust({ colours: id })}
        />
        <span ${styled({ background: strip(anchors) })}></span>
      </label>`,
    )}
  </fieldset>`;
}

function figures(app: App, d: ComparisonDocument): Part {
  const { t, language } = app.state;
  const rows: [string, string][] = [
    [t('change.lod'), metres(d.lod95_m, language)],
    [t('change.changed'), amount(d.changed_area_m2, 'm²', language, 1)],
    [t('change.lost.volume'), amount(d.lost_m3, 'm³', language)],
    [t('change.gained.volume'), amount(d.gained_m3, 'm³', language)],
    [t('change.comparable'), amount(d.comparable_area_m2, 'm²', language, 1)],
    [t('change.incomparable'), amount(d.not_comparable_area_m2, 'm²', language, 1)],
    [t('change.middle'), `${metres(d.p05_m, language)} … ${metres(d.p95_m, language)}`],
    [t('change.registration'), metres(d.registration_m, language)],
  ];
  return html`<details>
    <summary><span>${t('figures')}</span>${icon('chevronRight')}</summary>
    <table class="figures">
      <tbody>
        ${rows.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}
      </tbody>
    </table>
    <p class="quiet">${t('change.method')}</p>
  </details>`;
}

export function changeTools(app: App, comparing: ComparingState): Part {
  const { t, language } = app.state;
  const { document, range_m, threshold_m } = comparing;
  if (comparing.failed)
    return html`<p class="warn">${icon('warning')}<span>${t('figures.failed')}</span></p>`;
  if (!document) return html`<p class="quiet">${t('loading')}</p>`;
  const limit = Math.max(...document.histogram.edges_m.map(Math.abs), range_m);
  const least = Math.max(document.lod95_m, threshold_m);
  return html`${histogram(app, document, comparing, least)} ${colourChoice(app, comparing.colours)}
    ${slider({
      label: t('change.threshold'),
      text:
        threshold_m <= document.lod95_m
          ? t('change.atlod', { lod: metres(document.lod95_m, language) })
          : metres(threshold_m, language),
      value: threshold_m,
      min: 0,
      max: Math.round(limit * 500) / 1000,
      step: 0.001,
      input: (value) => app.comparing.adjust({ threshold_m: value }),
    })}
    ${slider({
      label: t('change.range'),
      text: `± ${metres(range_m, language)}`,
      value: range_m,
      min: Math.max(0.002, document.lod95_m),
      max: limit,
      step: 0.001,
      input: (value) => app.comparing.adjust({ range_m: value }),
    })}
    ${regionList(app, document)} ${figures(app, document)}`;
}
