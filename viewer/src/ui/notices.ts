/** What went wrong, in a sentence that says what to do. */
import { html, nothing } from 'lit';
import type { App } from '../app/app.ts';
import { monumentOf } from '../app/state.ts';
import { icon } from './icons.ts';
import { type Part, siteHref } from './parts.ts';

/** Over the scene, when part of it is missing. */
export function notices(app: App): Part {
  const { status, t, tilesFailed, offline, headset } = app.state;
  if (status === 'lost') {
    return html`<div class="notice" role="status">${icon('warning')}<span>${t('lost')}</span></div>`;
  }
  if (headset) {
    return html`<div class="notice" role="status">
      ${icon('info')}<span>${headset}</span>
      <button type="button" class="button" @click=${() => app.set({ headset: null })}>${t('close')}</button>
    </div>`;
  }
  const coarse = app.taken.coarse(monumentOf(app.state), app.state.release);
  if (app.taken.offline && (tilesFailed || coarse)) {
    const text = t(tilesFailed ? 'along.missing' : 'along.coarse');
    return html`<div class="notice" role="status">${icon('offline')}<span>${text}</span></div>`;
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
  if (app.taken.offline && problem === 'offline') {
    return html`<main class="centre">
      ${icon('seal')}
      <h1>${t('along.missing')}</h1>
      <a class="button main" href=${siteHref(app.state)} @click=${() => setTimeout(() => location.reload())}>${icon('arrowLeft')}${t('along.back')}</a>
    </main>`;
  }
  const what = `problem.${problem ?? 'broken'}`;
  return html`<main class="centre">
    ${icon('seal')}
    <h1>${t(what)}</h1>
    <p>${t(`${what}.do`)}</p>
    <button type="button" class="button main" @click=${() => app.retry()}>${icon('retry')}${t('retry')}</button>
  </main>`;
}
