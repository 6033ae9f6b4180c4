/** Earlier revisions: who, when, what is different now, and the way back. */
import { html, nothing } from 'lit';
import type { Part } from '../../ui/parts.ts';
import type { Opened, Version } from '../core/api.ts';
import { TOUR } from '../core/fields.ts';
import { type Tour, titleOf } from '../core/tour.ts';
import type { Editing } from '../editing.ts';
import type { Studio } from '../studio.ts';
import { difference } from './difference.ts';
import { button, moment } from './parts.ts';

interface Shown {
  key: string;
  versions: readonly Version[] | null;
  chosen: string | null;
  value: Tour | null;
}

let shown: Shown | null = null;

export function openHistory(studio: Studio, editing: Editing): void {
  shown = { key: editing.key, versions: null, chosen: null, value: null };
  studio.set({ sheet: 'history' });
  const asked = studio.api.ask<Version[]>('GET', `history/${editing.key}`);
  void studio.tried(asked).then((versions) => {
    if (shown?.key === editing.key) shown = { ...shown, versions };
    studio.onState();
  });
}

export function history(studio: Studio, editing: Editing): Part {
  const { t, language } = studio.state;
  if (!shown || shown.key !== editing.key) return nothing;
  const { versions, chosen, value } = shown;
  return html`<h2 tabindex="-1">${t('history')}</h2>
    ${
      versions === null
        ? html`<p class="quiet">${t('waiting')}</p>`
        : html`<ul class="versions">
            ${versions.map(
              (v) => html`<li>
                <button
                  type="button"
                  aria-pressed=${String(v.revision === chosen)}
                  @click=${() => choose(studio, editing, v.revision)}
                >
                  <time datetime=${v.when}>${moment(v.when, language)}</time>
                  <span>${v.who || t('history.outside')}</span>
                  ${v.revision === editing.saver.revision ? html`<span class="quiet">${t('history.now')}</span>` : nothing}
                </button>
              </li>`,
            )}
          </ul>`
    }
    ${
      value
        ? html`${difference(studio, TOUR.apart(value), TOUR.apart(editing.now), (stop) => titleOf(editing.now, stop, language))}
            ${button({
              kind: 'main',
              text: t('history.restore'),
              press: () => {
                editing.do(value, { key: 'step.restore' });
                shown = null;
                studio.set({ sheet: null });
              },
            })}`
        : nothing
    }`;
}

function choose(studio: Studio, editing: Editing, revision: string): void {
  if (!shown) return;
  shown = { ...shown, chosen: revision, value: null };
  const asked = studio.api.ask<Opened<Tour>>('GET', `history/${editing.key}/${revision}`);
  void studio.tried(asked).then((found) => {
    if (found && shown?.chosen === revision) shown = { ...shown, value: found.value };
    studio.onState();
  });
}
