/** The choice of a language, where the site has several. */
import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import type { App } from '../app/app.ts';
import { languageName } from '../core/i18n.ts';
import { icon } from './icons.ts';
import type { Part } from './parts.ts';

export function languages(app: App): Part {
  const { release, language, t } = app.state;
  if (!release || release.languages.length < 2) return nothing;
  return html`<label class="language">
    ${icon('globe')}
    <span class="visually-hidden">${t('language')}</span>
    <select
      .value=${live(language)}
      aria-label=${t('language')}
      @change=${(event: Event) => void app.speak((event.target as HTMLSelectElement).value)}
    >
      ${release.languages.map((l) => html`<option value=${l} lang=${l} ?selected=${l === language}>${languageName(l)}</option>`)}
    </select>
  </label>`;
}
