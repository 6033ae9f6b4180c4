/** A building of the map that was pressed: its name, and how its height is known. */
import { html, nothing } from 'lit';
import type { App } from '../app/app.ts';
import { metres } from '../core/format.ts';
import { type Part, tool } from './parts.ts';

export function building(app: App): Part {
  const { state } = app;
  const { t, language, building: found } = state;
  if (!found || state.touring) return nothing;
  const height = metres(found.height_m, language, 1);
  return html`<div class="building" role="group" aria-label=${found.name || t('building')}>
    <p>
      <span class="name">${found.name || t('building')}</span>
      <span class="more">${t(`building.${found.height_source}`, { height })}</span>
    </p>
    ${tool({ name: 'close', label: t('close'), press: () => app.building.open(null) })}
  </div>`;
}
