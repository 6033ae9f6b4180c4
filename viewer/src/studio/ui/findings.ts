/** What the check has found, beside what it is about; what is meant to be so is accepted there, with the reason. */
import { html, nothing } from 'lit';
import { icon } from '../../ui/icons.ts';
import type { Part } from '../../ui/parts.ts';
import type { Finding } from '../core/api.ts';
import { accept, acceptedAt } from '../core/tour.ts';
import type { Editing } from '../editing.ts';
import type { Studio } from '../studio.ts';
import { button, iconButton, line } from './parts.ts';

/** A reason that is being written. */
let writing: { tour: string; stop: string | null; code: string; why: string } | null = null;

/** Of a stop, or of the whole tour (null). */
export function findings(studio: Studio, editing: Editing, stop: string | null): Part {
  const { t } = studio.state;
  const byCode = new Map<string, Finding[]>();
  for (const one of editing.foundAt(stop)) byCode.set(one.code, [...(byCode.get(one.code) ?? []), one]);
  const accepted = Object.entries(acceptedAt(editing.now, stop));
  if (byCode.size + accepted.length === 0) return nothing;
  return html`<ul class="findings" aria-label=${t('findings')}>
    ${[...byCode.values()].map((same) => finding(studio, editing, stop, same))}
    ${accepted.map(
      ([code, why]) => html`<li class="accepted">
        ${icon('check')}
        <div><p>${t('finding.accepted', { code, why })}</p></div>
        ${iconButton(icon('trash'), t('finding.unaccept', { code }), () =>
          editing.do(accept(editing.now, stop, code, null), { key: 'step.unaccept' }),
        )}
      </li>`,
    )}
  </ul>`;
}

/** One kind of finding, in the words of the interface; figures and places as the check has them. */
function finding(studio: Studio, editing: Editing, stop: string | null, same: readonly Finding[]): Part {
  const { t } = studio.state;
  const { code, acceptable } = same[0]!;
  const write = (next: typeof writing) => {
    writing = next;
    studio.onState();
  };
  const tour = editing.id;
  const own = writing?.tour === tour && writing.stop === stop && writing.code === code ? writing : null;
  return html`<li>
    ${icon('warning')}
    <div>
      ${acceptable ? html`<p>${t(`finding.${code}`)}</p>` : nothing}
      ${same.map((one) => html`<p class=${acceptable ? 'quiet' : ''} lang="en">${acceptable ? one.found : one.message}</p>`)}
      ${
        own
          ? html`<form
              @submit=${(event: Event) => {
                event.preventDefault();
                const why = own.why.trim();
                if (!why) return;
                write(null);
                editing.do(accept(editing.now, stop, code, why), { key: 'step.accept' });
              }}
            >
              ${line(t('finding.why'), own.why, (why) => write({ ...own, why }))}
              <div class="buttons">
                <button class="button main" ?disabled=${!own.why.trim()}><span>${t('finding.accept')}</span></button>
                ${button({ text: t('finding.cancel'), press: () => write(null) })}
              </div>
            </form>`
          : acceptable
            ? button({ text: t('finding.meant'), press: () => write({ tour, stop, code, why: '' }) })
            : nothing
      }
    </div>
  </li>`;
}

/** That nothing is said does not mean that nothing was found. */
export const checkFailed = (studio: Studio, editing: Editing): Part =>
  editing.unanswered > 0
    ? html`<div class="findings unanswered" role="status">
        <p>${studio.state.t('findings.failed')}</p>
        ${button({
          text: studio.state.t('findings.again'),
          disabled: editing.check === 'asked',
          press: () => void editing.lint(),
        })}
      </div>`
    : nothing;
