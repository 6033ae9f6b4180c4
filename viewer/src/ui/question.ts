/** A stop's question: asked on the card, and told in the page without pictures. */
import './question.css';
import { html, nothing } from 'lit';
import type { App } from '../app/app.ts';
import type { AppState } from '../app/state.ts';
import { direction, uiLanguage } from '../core/i18n.ts';
import type { QuestionEntry, StopEntry } from '../core/release.ts';
import { GIVEN_UP } from '../core/tried.ts';
import { icon } from './icons.ts';
import { type Part, prose } from './parts.ts';

/** The question in the language on screen, else in the first of the site's that has it. */
function found(state: AppState, stop: StopEntry): { asked: QuestionEntry; language: string } | null {
  // A release from before there were questions has none.
  const all = stop.question ?? {};
  const language = [state.language, ...(state.release?.languages ?? [])].find((l) => all[l]);
  return language ? { asked: all[language]!, language } : null;
}

const letter = (answer: number) => String.fromCharCode(65 + answer);

/** The question with its answers to press; what was pressed is judged in words, and the explanation follows the right one. */
export function question(app: App, stop: StopEntry): Part {
  const { state } = app;
  const { t } = state;
  const { asked, language } = found(state, stop) ?? {};
  if (!asked || !language) return nothing;
  const own = uiLanguage(state.language); // of the interface's words
  const { tried } = state.touring!;
  const given = tried.includes(GIVEN_UP);
  const solved = given || tried.includes(asked.right);
  const words = (text: string) => prose(state, { [language]: text });
  const right = `${letter(asked.right)}. ${asked.answers[asked.right]}`;
  const said = given
    ? t('question.answer', { answer: right })
    : solved
      ? t('question.right')
      : t('question.wrong');
  return html`<section class="question" aria-labelledby="question" lang=${language} dir=${direction(language)}>
    <h2 id="question">${icon('help')}<span>${asked.asks}</span></h2>
    ${words(asked.html)}
    <ol>
      ${asked.answers.map((answer, i) => {
        const [pressed, correct] = [tried.includes(i), i === asked.right];
        const shown = pressed || (solved && correct);
        const verdict = t(correct ? 'question.correct' : 'question.incorrect');
        return html`<li>
          <button
            type="button"
            class="answer ${shown ? (correct ? 'correct' : 'incorrect') : ''}"
            aria-disabled=${solved || pressed ? 'true' : nothing}
            @click=${() => solved || pressed || app.tours.answer(i)}
          >
            <span class="letter">${letter(i)}</span><span class="grow">${answer}</span>
            ${shown ? html`<span class="verdict">${icon(correct ? 'check' : 'close')}<span class="visually-hidden">${verdict}</span></span>` : nothing}
          </button>
        </li>`;
      })}
    </ol>
    <p class="said" role="status" lang=${own} dir=${direction(own)}>${tried.length > 0 ? said : ''}</p>
    ${solved ? words(asked.because) : nothing}
    ${
      tried.length > 0 && !solved
        ? html`<button type="button" class="button" lang=${own} @click=${() => app.tours.answer(GIVEN_UP)}>${t('question.show')}</button>`
        : nothing
    }
  </section>`;
}

/** The question to read, its answer folded away. */
export function questionInWords(state: AppState, stop: StopEntry): Part {
  const { asked, language } = found(state, stop) ?? {};
  if (!asked || !language) return nothing;
  const answer = `${letter(asked.right)}. ${asked.answers[asked.right]}`;
  return html`<div lang=${language} dir=${direction(language)}>
    <p><strong>${asked.asks}</strong></p>
    ${prose(state, { [language]: asked.html })}
    <ol type="A">${asked.answers.map((one) => html`<li>${one}</li>`)}</ol>
    <details>
      <summary>${state.t('question.show')}</summary>
      <p>${answer}</p>
      ${prose(state, { [language]: asked.because })}
    </details>
  </div>`;
}
