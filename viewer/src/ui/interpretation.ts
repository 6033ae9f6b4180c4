/** What is interpreted of what is on screen: how sure each part is, and what it rests on. */
import { html, nothing } from 'lit';
import type { App } from '../app/app.ts';
import { said } from '../app/state.ts';
import type { StatePartEntry } from '../core/release.ts';
import { partsOf } from '../core/states.ts';
import { periodWords } from '../core/timeline.ts';
import { icon } from './icons.ts';
import { swatch } from './legend.ts';
import { type Part, tool } from './parts.ts';

function grounds(app: App, part: StatePartEntry): Part {
  const { state } = app;
  const { t } = state;
  const period = periodWords(part.period, part.time, state.language);
  return html`${
    part.evidence.length > 0
      ? html`<p>${t('interpretation.evidence')}</p>
        <ul>
          ${part.evidence.map((e) => {
            const label = said(state, e.label);
            return html`<li>${e.url ? html`<a href=${e.url} target="_blank" rel="noopener noreferrer">${label}</a>` : label}</li>`;
          })}
        </ul>`
      : nothing
  }
  ${
    part.without_evidence
      ? html`<p>${t('interpretation.none', { reason: said(state, part.without_evidence) })}</p>`
      : nothing
  }
  ${
    part.author || period
      ? html`<p class="quiet">${[part.author && t('interpretation.author', { name: part.author }), period && t('interpretation.period', { period })].filter(Boolean).join(' · ')}</p>`
      : nothing
  }`;
}

/** In the panel: every part of the states on screen, each a button that opens its grounds over the scene. */
export function interpretation(app: App): Part {
  const { state, interpreting } = app;
  const { t } = state;
  const { states } = interpreting;
  if (states.length === 0) return nothing;
  return html`<section class="interpretation">
    <h2>${t('interpretation')}</h2>
    <p class="warn">${icon('warning')}<span>${t('interpretation.about')}</span></p>
    ${
      states.some((entry) => entry.placement?.settled === false)
        ? html`<p class="warn">${icon('warning')}<span>${t('placement.unsettled')}</span></p>`
        : nothing
    }
    <ul class="rows">
      ${states.flatMap((entry) =>
        partsOf(entry).map((part, k) => {
          const open = state.part?.state === entry.id && state.part.part === k;
          return html`<li>
            <button
              type="button"
              class="row"
              aria-pressed=${String(open)}
              @click=${() => interpreting.choose(open ? null : { state: entry.id, part: k })}
            >
              ${swatch(part.certainty)}
              <span class="grow">
                <span class="name">${interpreting.nameOf(entry, part)}</span>
                <span class="more">${t(`certainty.${part.certainty}`)}</span>
              </span>
            </button>
          </li>`;
        }),
      )}
    </ul>
  </section>`;
}

/** Over the scene: the part that was pressed, how sure it is, and what it rests on. */
export function partCard(app: App): Part {
  const { interpreting } = app;
  const { t } = app.state;
  const open = interpreting.chosen;
  if (!open) return nothing;
  const name = interpreting.nameOf(open.state, open.part);
  return html`<section class="part-card" aria-label=${name}>
    <div class="said">
      <p class="name">${name}</p>
      <p class="sure">${swatch(open.part.certainty)}<span>${t('interpretation.sure', { certainty: t(`certainty.${open.part.certainty}`) })}</span></p>
      ${grounds(app, open.part)}
    </div>
    ${tool({ name: 'close', label: t('close'), press: () => interpreting.choose(null) })}
  </section>`;
}
