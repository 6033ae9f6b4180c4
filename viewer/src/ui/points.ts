/** What a survey measured, point by point, with what cleaning said of each. */
import { html, nothing } from 'lit';
import labelTable from '../../../assets/colours/labels.json';
import type { App } from '../app/app.ts';
import { type PointsState, pointsEpoch } from '../app/state.ts';
import { amount } from '../core/format.ts';
import type { MonumentEntry } from '../core/release.ts';
import type { Part } from './parts.ts';
import { styled } from './styled.ts';

type Look = 'surface' | 'colour' | 'label';

const lookOf = (points: PointsState | null): Look =>
  points === null ? 'surface' : points.byLabel ? 'label' : 'colour';

export function pointTools(app: App, monument: MonumentEntry): Part {
  const { state } = app;
  const { t, language, points } = state;
  const epoch = pointsEpoch(state, monument);
  if (!epoch) return nothing;
  const look = lookOf(points);
  const choose = (to: Look) =>
    app.showing.points(to === 'surface' ? null : { hidden: points?.hidden ?? [], byLabel: to === 'label' });
  const toggle = (reason: string, on: boolean) => {
    const others = (points?.hidden ?? []).filter((r) => r !== reason);
    app.showing.points({ byLabel: true, hidden: on ? others : [...others, reason] });
  };
  return html`<h2 id="measured">${t('points')}</h2>
    <fieldset class="segments" role="radiogroup" aria-labelledby="measured">
      ${(['surface', 'colour', 'label'] as const).map(
        (l) => html`<label>
          <input type="radio" name="points" .checked=${l === look} @change=${() => choose(l)} />
          <span>${t(`points.${l}`)}</span>
        </label>`,
      )}
    </fieldset>
    ${
      look === 'label'
        ? html`<ul class="keys choices">
            ${labelTable.labels.map(
              ({ reason, colour }) => html`<li><label>
                <input
                  type="checkbox"
                  .checked=${!points?.hidden.includes(reason)}
                  @change=${(event: Event) => toggle(reason, (event.target as HTMLInputElement).checked)}
                />
                <span class="key" ${styled({ background: `rgb(${colour.join(' ')})` })}></span>
                ${t(`label.${reason}`)}
              </label></li>`,
            )}
          </ul>`
        : nothing
    }
    ${look === 'surface' && epoch.filled_m2 > 0 ? html`<p class="quiet">${t('points.filled', { area: amount(epoch.filled_m2, 'm²', language, 1) })}</p>` : nothing}`;
}
