/** What a stop is, in a form. */
import { html, nothing } from 'lit';
import { languageName } from '../../core/i18n.ts';
import { icon } from '../../ui/icons.ts';
import type { Part } from '../../ui/parts.ts';
import { dwellOf } from '../core/preview.ts';
import {
  acceptedAt,
  duplicateStop,
  idProblem,
  removeStop,
  renameStop,
  type Stop,
  stopOf,
  titleOf,
} from '../core/tour.ts';
import type { Editing } from '../editing.ts';
import type { Studio } from '../studio.ts';
import { checkFailed, findings } from './findings.ts';
import { narration } from './narration.ts';
import { button, line, numeral, section } from './parts.ts';
import { shownForm } from './shownForm.ts';
import { viewForm } from './viewForm.ts';
import { stopWords, tourWords } from './words.ts';

/** An id that is being typed, and of which tour's stop. */
let renaming: { about: string; to: string } | null = null;

export function stopForm(studio: Studio, editing: Editing): Part {
  const { t, language } = studio.state;
  const stop = stopOf(editing.now, editing.stop);
  if (!stop) return nothing;
  const monument = studio.staging.sources(editing)?.monument ?? null;
  const title = titleOf(editing.now, stop.id, language);
  const ofTour = editing.foundAt(null).length > 0 || Object.keys(acceptedAt(editing.now, null)).length > 0;
  return html`<div class="form-head">
      <h2 tabindex="-1">${title}</h2>
      <div class="buttons">
        ${button({
          text: t('stop.duplicate'),
          icon: icon('copy'),
          press: () => {
            const made = duplicateStop(editing.now, stop.id, editing.mark);
            editing.do(made.tour, { key: 'step.duplicate' });
            editing.choose(made.id);
          },
        })}
        ${button({
          text: t('stop.remove'),
          icon: icon('trash'),
          kind: 'danger',
          disabled: editing.now.tour.stops.length < 2,
          press: () => editing.do(removeStop(editing.now, stop.id), { key: 'step.remove' }),
        })}
      </div>
    </div>
    ${checkFailed(studio, editing)} ${findings(studio, editing, stop.id)}
    ${section(t('group.words'), stopWords(studio, editing))}
    ${section(t('group.shown'), shownForm(studio, editing, stop, monument))}
    ${section(t('group.view'), viewForm(studio, editing, stop, monument))}
    ${section(t('group.time'), time(studio, editing, stop))}
    ${section(t('group.more'), more(studio, editing, stop), false)}
    ${section(t('group.tour'), html`${findings(studio, editing, null)} ${tourWords(studio, editing)}`, ofTour)}`;
}

function time(studio: Studio, editing: Editing, stop: Stop): Part {
  const { t, language } = studio.state;
  const sources = studio.staging.sources(editing);
  const spoken = studio.languages.includes(language) ? language : (studio.languages[0] ?? '');
  const free = sources
    ? dwellOf(editing.now, { ...stop, dwell_s: undefined } as Stop, spoken, sources)
    : null;
  return html`<div class="row">
      ${numeral(
        t('dwell'),
        stop.dwell_s ?? null,
        {
          min: 0,
          max: 600,
          step: 0.5,
          unit: 's',
          placeholder: free === null ? '' : String(Math.round(free * 10) / 10),
        },
        (seconds) => editing.set(stop.id, { dwell_s: seconds ?? undefined }, t('dwell'), 'dwell'),
      )}
    </div>
    <p class="quiet">${t('dwell.help')}</p>
    ${studio.languages.map((l) => html`<div class="voice"><h3>${languageName(l)}</h3>${narration(studio, editing, stop, l)}</div>`)}`;
}

function more(studio: Studio, editing: Editing, stop: Stop): Part {
  const { t } = studio.state;
  const about = `${editing.id}/${stop.id}`;
  const value = renaming?.about === about ? renaming.to : stop.id;
  const problem = value === stop.id ? null : idProblem(editing.now, stop.id, value);
  return html`${line(t('stop.id'), value, (to) => {
    renaming = { about, to };
    studio.onState();
  })}
    ${problem ? html`<p class="problem" role="alert">${t(`id.${problem}`)}</p>` : nothing}
    ${button({
      text: t('stop.rename'),
      disabled: problem !== null || value === stop.id,
      press: () => {
        renaming = null;
        editing.do(renameStop(editing.now, stop.id, value), { key: 'step.rename' });
        editing.choose(value);
      },
    })}
    <p class="quiet">${t('stop.id.help')}</p>`;
}
