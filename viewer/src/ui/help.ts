/** How to get around, in a dialog. */
import { html } from 'lit';
import type { App } from '../app/app.ts';
import { type Part, tool } from './parts.ts';

const TOPICS = ['orbit', 'pan', 'zoom', 'home', 'tour', 'swipe', 'measure', 'panel'] as const;

export function help(app: App): Part {
  const { t } = app.state;
  const close = () => app.set({ help: false });
  return html`<dialog aria-labelledby="help-title" @close=${close} @click=${(event: MouseEvent) => event.target === event.currentTarget && close()}>
    <h2 id="help-title">${t('help')}</h2>
    ${tool({ name: 'close', label: t('close'), press: close })}
    <dl class="help-list">
      ${TOPICS.map((topic) => html`<dt>${t(`help.${topic}`)}</dt><dd>${t(`help.${topic}.how`)}</dd>`)}
    </dl>
    <p class="quiet">${t('help.keys')}</p>
  </dialog>`;
}
