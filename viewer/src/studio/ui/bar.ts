/** The page's head: what is on the desk, where one's work is, who else is there, and the ways to everything else. */
import { html, nothing, type TemplateResult } from 'lit';
import { languageName, UI_LANGUAGES } from '../../core/i18n.ts';
import { icon } from '../../ui/icons.ts';
import type { Part } from '../../ui/parts.ts';
import { firstOf, type Status } from '../core/saver.ts';
import { Editing } from '../editing.ts';
import type { Studio } from '../studio.ts';
import { documentTitle, surveyTitle } from './documents.ts';
import { openHistory } from './history.ts';
import { studioIcon } from './icons.ts';
import { iconButton } from './parts.ts';
import { openReleases } from './releases.ts';
import { initials } from './stops.ts';

type OnDesk = NonNullable<Studio['desk']>;
const UNSAVED: readonly Status[] = ['offline', 'waiting', 'refused', 'forbidden'];

export function bar(studio: Studio): Part {
  const { desk } = studio;
  const { t, me, language } = studio.state;
  const others = [...new Set(desk?.others.map((one) => one.name) ?? [])];
  return html`<header class="bar">
    ${icon('seal')}
    ${
      desk
        ? html`${iconButton(icon('arrowLeft'), t('documents'), () => studio.leave())}
            <h1 tabindex="-1">${nameOf(studio, desk)}</h1>
            ${standing(studio, desk)}
            <span class="spread"></span>
            ${others.map((who) => html`<span class="person" title=${who}><span aria-hidden="true">${initials(who)}</span><span class="visually-hidden">${t('here', { who })}</span></span>`)}
            ${step(studio, desk, 'undo')} ${step(studio, desk, 'redo')}
            ${desk.saver.revision === null ? nothing : iconButton(studioIcon('history'), t('history'), () => openHistory(studio, desk))}
            ${iconButton(studioIcon('release'), t('page.releases'), () => openReleases(studio))}`
        : html`<p class="studio-name">${t('studio')}</p>${pageLinks(studio)}<span class="spread"></span>`
    }
    <label class="language"
      ><span class="visually-hidden">${t('language')}</span
      ><select .value=${language} @change=${(event: Event) => void studio.speak((event.target as HTMLSelectElement).value)}>
        ${UI_LANGUAGES.map((l) => html`<option value=${l} ?selected=${l === language}>${languageName(l)}</option>`)}
      </select></label
    >
    ${me?.mode === 'accounts' ? iconButton(studioIcon('leave'), t('signout', { who: me.name }), () => void studio.entrance.signOut()) : nothing}
  </header>`;
}

/** What is open, and what else there is: of a document on the desk, or beside the list of documents. */
export function pageLinks(studio: Studio): Part {
  const { t, page, record, me } = studio.state;
  const pages = studio.pages.of(record?.kind);
  if (!me || pages.length === 0 || pages.some((p) => p.instead)) return nothing;
  const first = record
    ? { text: t('tab.form'), icon: studioIcon('edit') }
    : { text: t('documents.short'), icon: studioIcon('folder') };
  const link = (id: string | null, text: string, glyph: TemplateResult) => html`<button
    type="button"
    aria-current=${(page?.id ?? null) === id ? 'page' : nothing}
    @click=${() => void studio.pages.go(id)}
  >${glyph}<span>${text}</span></button>`;
  return html`<nav class="pages" aria-label=${t('pages')}>
    ${link(null, first.text, first.icon)} ${pages.map((p) => link(p.id, t(`page.${p.id}`), p.icon()))}
  </nav>`;
}

/** What the document on the desk is called. */
export function nameOf(studio: Studio, desk: OnDesk): string {
  const { language, documents: all } = studio.state;
  const survey = studio.staging.surveys.find((one) => one.key === desk.key);
  if (survey) return surveyTitle(studio, survey);
  if (!(desk instanceof Editing)) {
    const listed = all.find((d) => d.key === desk.key);
    return listed ? documentTitle(studio, listed) : desk.key;
  }
  const editing = desk;
  const words = editing.now.words[language] ?? Object.values(editing.now.words)[0];
  return words?.title || editing.id;
}

function step(studio: Studio, desk: OnDesk, which: 'undo' | 'redo'): Part {
  const { t } = studio.state;
  const name = which === 'undo' ? desk.history.undoName : desk.history.redoName;
  const what = name ? t(name.key, name.values ?? {}) : '';
  const word = which === 'undo' ? t('undo') : t('redo');
  const label = name ? `${word}: ${what}` : word;
  const glyph = which === 'undo' ? icon('back') : studioIcon('redo');
  return iconButton(glyph, label, () => desk.history[which](), {
    disabled: !name,
    keys: which === 'undo' ? 'Ctrl+Z' : 'Ctrl+Shift+Z',
  });
}

/** Where one's work is: with the server, or still here. */
function standing(studio: Studio, { saver }: Pick<OnDesk, 'saver'>): Part {
  const { t } = studio.state;
  const bad = UNSAVED.includes(saver.status) || saver.status === 'clash';
  const why = { refused: firstOf(saver.problems), forbidden: saver.message }[saver.status as string];
  return html`<p class="saving ${bad ? 'bad' : ''}" role="status">
    ${bad ? icon('warning') : saver.status === 'saved' ? icon('check') : nothing}<span>${t(`saving.${saver.status}`)}${bad && why ? `: ${why}` : ''}</span>
  </p>`;
}
