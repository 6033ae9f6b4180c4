/** How sure what is interpreted is, by its patterns: always beside it on screen. */
import { html } from 'lit';
import type { App } from '../app/app.ts';
import type { StateEntry } from '../core/release.ts';
import { type Certainty, certaintiesOf } from '../core/states.ts';
import type { Part } from './parts.ts';

/** The pattern of a certainty, as it is on the surface. */
export const swatch = (certainty: Certainty): Part =>
  html`<span class="swatch certainty ${certainty}"></span>`;

/** The patterns that are on screen, each with its name. */
export function legend(app: App, states: readonly StateEntry[]): Part {
  const { t } = app.state;
  return html`<ul class="certainties" aria-label=${t('interpretation.legend')}>
    ${certaintiesOf(states).map((c) => html`<li>${swatch(c)}<span>${t(`certainty.${c}`)}</span></li>`)}
  </ul>`;
}
