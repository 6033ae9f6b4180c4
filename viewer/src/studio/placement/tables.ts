/** Every place with its figures, one of them chosen; and the residual of every wall. */
import { html, nothing } from 'lit';
import { figure, metres } from '../../core/format.ts';
import type { PlacementEntry, WallEntry } from '../../core/release.ts';
import type { Part } from '../../ui/parts.ts';
import type { Studio } from '../studio.ts';
import type { Placing } from './placing.ts';

export function figuresTable(placing: Placing): Part {
  const { t, language } = placing.studio.state;
  const share = (value: number | null) => (value === null ? '–' : figure(value * 100, '%', language, 0));
  const long = (value: number | null) => (value === null ? '–' : metres(value, language));
  const row = (place: PlacementEntry, k: number) => html`<tr>
    <th scope="row"><label class="tick">
      <input type="radio" name="place" .checked=${placing.standing.chosen === k} @change=${() => placing.standing.choose(k)} />
      <span>${k === 0 ? t('place.present') : t('place.other', { n: k })}${place.footprint && place.footprint !== placing.standing.plan.places[0]!.footprint ? ` · ${place.footprint}` : ''}</span>
    </label></th>
    <td>${figure(place.pose.heading_deg, '°', language, 0)}</td>
    <td>${figure(place.likelihood, '×', language, 2)}</td>
    <td>${long(place.rms_m)}</td>
    <td>${share(place.iou)}</td>
    <td>${long(place.sigma_m)}</td>
  </tr>`;
  return html`<div class="place-scroll" tabindex="0" role="region" aria-label=${t('place.candidates')}><table class="candidates">
      <thead><tr>
        <td></td>
        ${(['heading', 'likelihood', 'rms', 'iou', 'sigma'] as const).map((name) => html`<th scope="col">${t(`place.${name}`)}</th>`)}
      </tr></thead>
      <tbody>${placing.standing.plan.places.map(row)}</tbody>
    </table></div>
    ${placing.standing.plan.places.length === 1 ? html`<p class="quiet">${t('place.only')}</p>` : nothing}`;
}

export function wallsTable(walls: readonly WallEntry[], { state }: Studio): Part {
  const { t, language } = state;
  if (walls.length === 0) return nothing;
  return html`<details class="place-walls"><summary>${t('place.walls')}</summary>
    <table>
      <thead><tr><th scope="col">${t('place.wall')}</th><th scope="col">${t('place.length')}</th><th scope="col">${t('place.residual')}</th></tr></thead>
      <tbody>${walls.map(
        ({ start_m, end_m, mean_m }, k) => html`<tr>
          <th scope="row">${k + 1}</th>
          <td>${metres(Math.hypot(end_m[0] - start_m[0], end_m[1] - start_m[1]), language, 1)}</td>
          <td>${mean_m === null ? t('place.wall.none') : metres(mean_m, language)}</td>
        </tr>`,
      )}</tbody>
    </table>
    <p class="quiet">${t('place.walls.help')}</p></details>`;
}
