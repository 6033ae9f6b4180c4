/** The stop's words: Markdown with what becomes of it, two languages beside each other. */
import { html, nothing } from 'lit';
import { direction, languageName } from '../../core/i18n.ts';
import type { Part } from '../../ui/parts.ts';
import { sanitised } from '../../ui/sanitise.ts';
import { type Tour, titleOf } from '../core/tour.ts';
import type { Editing } from '../editing.ts';
import type { Studio } from '../studio.ts';
import { button, line, select } from './parts.ts';

/** Which languages are on the desk, and whether the Markdown or what becomes of it. */
const desk = { left: '', right: '', shown: false };

export function stopWords(studio: Studio, editing: Editing): Part {
  return sides(studio, (language) => oneLanguage(studio, editing, language));
}

export function tourWords(studio: Studio, editing: Editing): Part {
  const { t } = studio.state;
  return sides(studio, (language) => {
    const words = editing.now.words[language]!;
    const field = t('words.in', { language: languageName(language) });
    return html`${line(t('tour.title'), words.title, (title) => editing.sayTour(language, { title }, field), { lang: language })}
      ${area(
        studio,
        editing,
        t('tour.introduction'),
        () => editing.now.words[language]!.introduction,
        language,
        (introduction) => editing.sayTour(language, { introduction }, field),
      )}`;
  });
}

function sides(studio: Studio, side: (language: string) => Part): Part {
  const { t, language } = studio.state;
  const { languages } = studio;
  if (!languages.includes(desk.left))
    desk.left = languages.includes(language) ? language : (languages[0] ?? '');
  if (!languages.includes(desk.right) || desk.right === desk.left) desk.right = '';
  const options = languages.map((l) => ({ value: l, text: languageName(l) }));
  const choose = (which: 'left' | 'right', value: string) => {
    if (which === 'left' && value === desk.right) desk.right = desk.left;
    desk[which] = value;
    studio.onState();
  };
  const others = options.filter((o) => o.value !== desk.left);
  return html`<div class="words-head">
      ${select(t('words.language'), desk.left, options, (l) => choose('left', l))}
      ${
        others.length > 0
          ? select(
              t('words.beside'),
              desk.right,
              [{ value: '', text: t('words.beside.none') }, ...others],
              (l) => choose('right', l),
            )
          : nothing
      }
      ${button({
        text: t('words.preview'),
        pressed: desk.shown,
        press: () => {
          desk.shown = !desk.shown;
          studio.onState();
        },
      })}
    </div>
    <div class="columns ${desk.right ? 'two' : ''}">
      ${[desk.left, desk.right].filter(Boolean).map((l) => html`<div class="column" dir=${direction(l)}>${side(l)}</div>`)}
    </div>`;
}

/** Whether two languages stand beside each other, which takes a wider panel. */
export const isWide = (): boolean => desk.right !== '';

const textOf = (tour: Tour, language: string, id: string) =>
  tour.words[language]?.stops[id] ?? { title: null, text: '' };

function oneLanguage(studio: Studio, editing: Editing, language: string): Part {
  const { t } = studio.state;
  const { stop } = editing;
  const { title, text } = textOf(editing.now, language, stop);
  const field = t('words.of', {
    title: titleOf(editing.now, stop, language),
    language: languageName(language),
  });
  return html`${line(
    t('stop.title'),
    title ?? '',
    (next) => editing.say(language, stop, { title: next || null }, field),
    { lang: language, placeholder: stop.replaceAll('-', ' ') },
  )}
    ${area(
      studio,
      editing,
      t('stop.text'),
      () => textOf(editing.now, language, stop).text,
      language,
      (next) => editing.say(language, stop, { text: next }, field),
    )}
    ${
      desk.shown
        ? nothing
        : button({
            kind: 'quiet',
            text: t('question.add'),
            press: () => {
              const ask = `#### ${t('question.ask')}\n\n- [ ] ${t('question.wrong')}\n- [x] ${t('question.right')}\n\n${t('question.because')}`;
              editing.say(language, stop, { text: `${text.trimEnd()}\n\n${ask}`.trimStart() }, field);
            },
          })
    }`;
}

function area(
  studio: Studio,
  editing: Editing,
  label: string,
  read: () => string,
  language: string,
  take: (text: string) => void,
): Part {
  const text = read();
  if (desk.shown) {
    const made = editing.rendered.get(text);
    return html`<div class="field"><span>${label}</span>
      <div class="made prose" lang=${language}>
        ${made ? sanitised(made.html, './files/') : studio.state.t('words.coming')}
        ${
          made?.question
            ? html`<h4>${made.question.asks}</h4>
                <ul>
                  ${made.question.answers.map((answer, k) => html`<li>${k === made.question!.right ? '☑' : '☐'} ${answer}</li>`)}
                </ul>`
            : nothing
        }
      </div>
    </div>`;
  }
  return html`<label class="field"
    ><span>${label}</span>
    <textarea lang=${language} rows="9" .value=${text} @input=${(event: Event) => take((event.target as HTMLTextAreaElement).value)}
      @drop=${(event: DragEvent) => {
        const file = event.dataTransfer?.files[0];
        if (!file) return;
        event.preventDefault();
        const { selectionStart } = event.target as HTMLTextAreaElement;
        const put = (mark: string) => {
          const now = read(); // more may have been written while it was sent
          take(`${now.slice(0, selectionStart)}${mark}${now.slice(selectionStart)}`);
        };
        void studio.hold(picture(studio, file, put));
      }}></textarea>
  </label>`;
}

/** Store a dropped picture, and give the Markdown that shows it; what it shows has to be said by who drops it. */
async function picture(studio: Studio, file: File, take: (mark: string) => void): Promise<void> {
  const path = await studio.send(file);
  if (path) take(`![${studio.state.t('picture.words')}](${path})`);
}
