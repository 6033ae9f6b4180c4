/** What there is to edit, and a tour from nothing. */
import { html, nothing } from 'lit';
import { languageName, pick } from '../../core/i18n.ts';
import { icon } from '../../ui/icons.ts';
import type { Part } from '../../ui/parts.ts';
import type { Listed } from '../core/api.ts';
import { idFrom } from '../core/ids.ts';
import { ID } from '../core/tour.ts';
import type { Staging } from '../staging.ts';
import type { Studio } from '../studio.ts';
import { button, line, select } from './parts.ts';

const KINDS = ['tour', 'monument', 'annotations', 'site', 'vocabulary'] as const;

/** What a document is called: by its title, annotations by their monument's, else by its key. */
export function documentTitle({ state }: Studio, { title, key }: Listed): string {
  const named = title ?? state.documents.find((d) => key === `${d.key}/annotations`)?.title ?? '';
  return (typeof named === 'string' ? named : pick(named, state.language, []).text) || key;
}

export function documents(studio: Studio): Part {
  const { t } = studio.state;
  return html`<main class="documents">
    <h1 tabindex="-1">${t('documents')}</h1>
    ${undecided(studio)}
    ${KINDS.map((kind) => {
      const own = studio.state.documents.filter((d) => d.kind === kind);
      if (own.length === 0 && kind !== 'tour') return nothing;
      return html`<section>
        <h2>${t(`kind.${kind}`)}</h2>
        <ul>
          ${own.map(
            (d) => html`<li>
              <button type="button" class="document" @click=${() => void studio.open(d.key)}>
                <span class="name">${documentTitle(studio, d)}</span>
                ${documentTitle(studio, d) === d.key ? nothing : html`<span class="quiet">${d.key}</span>`}
                ${d.problems > 0 ? html`<span class="badge">${icon('warning')}${t('problems', { n: d.problems })}</span>` : nothing}
                ${icon('chevronRight')}
              </button>
            </li>`,
          )}
        </ul>
        ${kind === 'tour' ? button({ kind: 'main', icon: icon('plus'), text: t('tour.new'), press: () => studio.set({ sheet: 'new' }) }) : nothing}
      </section>`;
    })}
    ${surveys(studio)}
  </main>`;
}

export const surveyTitle = (studio: Studio, { monument, epoch }: Staging['surveys'][number]): string =>
  `${pick(monument.title, studio.state.language, []).text}, ${epoch.id}`;

/** The surveys whose cleaning can be looked through; whether anything was corrected of them yet or not. */
function surveys(studio: Studio): Part {
  const { t, documents: all } = studio.state;
  if (studio.staging.surveys.length === 0) return nothing;
  return html`<section>
    <h2>${t('page.cleaning')}</h2>
    <ul>
      ${studio.staging.surveys.map(
        (survey) => html`<li>
          <button type="button" class="document" @click=${() => void studio.open(survey.key)}>
            <span class="name">${surveyTitle(studio, survey)}</span>
            ${all.some((d) => d.key === survey.key) ? html`<span class="quiet">${survey.key}</span>` : nothing}
            ${icon('chevronRight')}
          </button>
        </li>`,
      )}
    </ul>
  </section>`;
}

/** What a person has to decide before visitors can rely on it. */
function undecided(studio: Studio): Part {
  const { t, documents: all, undecided: open } = studio.state;
  const own = all.filter((d) => open.some(({ monument }) => d.key === `monuments/${monument}`));
  if (own.length === 0) return nothing;
  return html`<section class="undecided">
    <h2>${t('undecided')}</h2>
    <ul>
      ${own.map(
        (d) => html`<li>
          <button
            type="button"
            class="document"
            @click=${() => void studio.open(d.key, 'placement')}
          >
            <span class="name">${documentTitle(studio, d)}</span>
            <span class="badge">${icon('warning')}${t('undecided.place')}</span>
            ${icon('chevronRight')}
          </button>
        </li>`,
      )}
    </ul>
  </section>`;
}

const wanted = { id: '', monument: '', title: '', problem: '' };

/** What a new tour needs to begin with: whose, and what it is called. */
export function newTour(studio: Studio): Part {
  const { t, documents: all, language } = studio.state;
  const monuments = all
    .filter((d) => d.kind === 'monument')
    .map((d) => ({ value: d.key.replace(/^monuments\//, ''), text: documentTitle(studio, d) }));
  wanted.monument ||= monuments[0]?.value ?? '';
  const languages = studio.siteLanguages;
  const first = languages.includes(language) ? language : (languages[0] ?? 'en');
  return html`<h2 tabindex="-1">${t('tour.new')}</h2>
    ${line(
      t('new.title', { language: languageName(first) }),
      wanted.title,
      (title) => {
        const untouched = wanted.id === idFrom(wanted.title);
        Object.assign(wanted, { title, problem: '' });
        if (untouched) wanted.id = idFrom(title);
        studio.onState();
      },
      { lang: first },
    )}
    ${select(t('new.monument'), wanted.monument, monuments, (monument) => {
      wanted.monument = monument;
    })}
    ${line(t('new.id'), wanted.id, (id) => {
      Object.assign(wanted, { id, problem: '' });
      studio.onState();
    })}
    <p class="quiet">${t('new.id.help')}</p>
    ${wanted.problem ? html`<p class="problem" role="alert">${wanted.problem}</p>` : nothing}
    ${button({
      kind: 'main',
      text: t('new.make'),
      disabled: !ID.test(wanted.id) || !wanted.monument || !wanted.title.trim(),
      press: async () => {
        wanted.problem = (await studio.make(wanted.id, wanted.monument, wanted.title.trim())) ?? '';
        if (!wanted.problem) Object.assign(wanted, { id: '', title: '' });
        studio.onState();
      },
    })}`;
}
