/** What went wrong, in a sentence that says what to do. */
import { html, nothing } from 'lit';
import type { App } from '../app/app.ts';
import { icon } from './icons.ts';
import type { Part } from './parts.ts';

/** Over the scene, when part of it is missing. */
export function notices(app: App): Part {
  const { status, t, tilesFailed, offline } = app.state;
  if (status === 'lost') {
    return html`<div class="notice" role="status">${icon('warning')}<span>${t('lost')}</span></div>`;
  }
  if (!tilesFailed) return nothing;
  return html`<div class="notice" role="status">
    ${icon(offline ? 'offline' : 'warning')}<span>${t(offline ? 'offline' : 'tiles.failed')}</span>
    <button type="button" class="button" @click=${() => app.retry()}>${icon('retry')}${t('retry')}</button>
  </div>`;
}

/** Instead of the page, when there is nothing to show. */
export function failure(app: App): Part {
  const { t, problem } = app.state;
  const what = `problem.${problem ?? 'broken'}`;
  return html`<main class="centre">
    ${icon('seal')}
    <h1>${t(what)}</h1>
    <p>${t(`${what}.do`)}</p>
    <button type="button" class="button main" @click=${() => app.retry()}>${icon('retry')}${t('retry')}</button>
  </main>`;
}
