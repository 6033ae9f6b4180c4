/** Earlier revisions: who, when, what is different now, and the way back. */
import { html, nothing } from 'lit';
import type { Part } from '../../ui/parts.ts';
import type { Opened, Version } from '../core/api.ts';
import type { Fields } from '../core/fields.ts';
import { firstOf } from '../core/saver.ts';
import { titleOf } from '../core/tour.ts';
import { Editing } from '../editing.ts';
import type { Studio } from '../studio.ts';
import { difference } from './difference.ts';
import { button, moment } from './parts.ts';

/** What the panel asks of whatever document is on the desk. */
interface OnDesk {
  readonly key: string;
  readonly now: unknown;
  readonly saver: { readonly revision: string | null };
  apart(version: unknown): Fields;
  restore(version: unknown): void;
}

interface Shown {
  key: string;
  versions: readonly Version[] | null;
  chosen: string | null;
  value: unknown;
}

let shown: Shown | null = null;

export function openHistory(studio: Studio, desk: OnDesk): void {
  shown = { key: desk.key, versions: null, chosen: null, value: null };
  studio.set({ sheet: 'history' });
  const asked = studio.api.ask<Version[]>('GET', `history/${desk.key}`);
  void studio.tried(asked).then((versions) => {
    if (shown?.key === desk.key) shown = { ...shown, versions };
    studio.onState();
  });
}

export function history(studio: Studio, desk: OnDesk): Part {
  const { t, language } = studio.state;
  if (!shown || shown.key !== desk.key) return nothing;
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
                  @click=${() => choose(studio, desk, v.revision)}
                >
                  <time datetime=${v.when}>${moment(v.when, language)}</time>
                  <span>${v.who || t('history.outside')}</span>
                  ${v.revision === desk.saver.revision ? html`<span class="quiet">${t('history.now')}</span>` : nothing}
                </button>
              </li>`,
            )}
          </ul>`
    }
    ${
      value
        ? html`${difference(studio, desk.apart(value), desk.apart(desk.now), (stop) => (desk instanceof Editing ? titleOf(desk.now, stop, language) : ''))}
            ${button({
              kind: 'main',
              text: t('history.restore'),
              press: () => {
                desk.restore(value);
                shown = null;
                studio.set({ sheet: null });
              },
            })}`
        : nothing
    }`;
}

function choose(studio: Studio, desk: OnDesk, revision: string): void {
  if (!shown) return;
  shown = { ...shown, chosen: revision, value: null };
  const asked = studio.api.ask<Opened<unknown>>('GET', `history/${desk.key}/${revision}`);
  void studio.tried(asked).then((found) => {
    if (!found || shown?.chosen !== revision) return;
    shown = { ...shown, value: found.value };
    // A version that nobody could read any more, as a file changed by hand can be.
    studio.set({ notice: found.value ? '' : (firstOf(found.problems) ?? studio.state.t('open.failed')) });
  });
}
