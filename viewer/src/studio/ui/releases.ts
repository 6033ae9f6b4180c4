/** From drafts to what visitors see: build, follow, look at it, publish, roll back. */
import { html, nothing } from 'lit';
import { icon } from '../../ui/icons.ts';
import type { Part } from '../../ui/parts.ts';
import type { Release } from '../core/api.ts';
import type { Page } from '../pages.ts';
import type { Studio } from '../studio.ts';
import { studioIcon } from './icons.ts';
import { button, moment } from './parts.ts';

/** Over the desk, so that a tour is built without leaving it. */
export function openReleases(studio: Studio): void {
  studio.set({ sheet: 'releases' });
  void studio.builds.follow();
}

/** By itself. */
export function open(studio: Studio): Page {
  void studio.builds.follow();
  return {
    render: () => html`<main class="documents">${list(studio, 'h1')}</main>`,
  };
}

/** In the scene of the tour that is made, or in a window of its own, with all that visitors have. */
function look(studio: Studio, release: Release): void {
  studio.staging.look(release);
  void studio.staging.findSurveys();
  if (!studio.state.editing) window.open(studio.staging.address, '_blank', 'noopener');
}

/** What is done shows at once. */
const act = (studio: Studio, done: Promise<unknown>): void => {
  void studio.tried(done).then(() => studio.builds.follow());
};

export const releasesSheet = (studio: Studio): Part => list(studio, 'h2');

function list(studio: Studio, head: 'h1' | 'h2'): Part {
  const { t, language, me } = studio.state;
  const { builds, releases } = studio.builds;
  const may = me?.roles.some((r) => r === 'administrator' || r === 'curator') ?? false;
  const running = builds.find((b) => b.status === 'running');
  const last = builds[0];
  const current = releases.findIndex((r) => r.current);
  const title = t('page.releases');
  return html`${head === 'h1' ? html`<h1 tabindex="-1">${title}</h1>` : html`<h2 tabindex="-1">${title}</h2>`}
    <p>${t('releases.help')}</p>
    <div class="buttons">
      ${
        running
          ? button({
              kind: 'danger',
              text: t('build.cancel'),
              press: () => act(studio, studio.builds.cancel(running.id)),
            })
          : button({
              kind: 'main',
              icon: studioIcon('release'),
              text: t('build.start'),
              disabled: !may,
              press: () => act(studio, studio.builds.start()),
            })
      }
    </div>
    ${
      last
        ? html`<div class="build" role="status">
            <p><strong>${t(`build.${last.status}`)}</strong> ${last.stage ?? ''}</p>
            ${running && last.total > 0 ? html`<progress max=${last.total} value=${last.done} aria-label=${t('build.running')}></progress>` : nothing}
            ${last.message ? html`<pre>${last.message}</pre>` : nothing}
          </div>`
        : nothing
    }
    <ul class="releases">
      ${releases.map(
        (r, k) => html`<li class=${r.current ? 'current' : ''}>
          <div>
            <strong>${r.when ? moment(r.when, language) : r.id}</strong>
            <span class="quiet">${[r.who, r.id].filter(Boolean).join(' · ')}</span>
            ${r.current ? html`<span class="badge">${icon('check')}${t('release.current')}</span>` : nothing}
          </div>
          <div class="buttons">
            ${button({ text: t('release.look'), icon: studioIcon('eye'), press: () => look(studio, r) })}
            ${
              r.current || !may
                ? nothing
                : button({
                    kind: 'main',
                    text: k < current || current < 0 ? t('release.publish') : t('release.back'),
                    press: () =>
                      act(
                        studio,
                        studio.api.ask('POST', 'releases', {
                          action: k < current || current < 0 ? 'publish' : 'roll-back',
                          release: r.id,
                        }),
                      ),
                  })
            }
          </div>
        </li>`,
      )}
    </ul>`;
}
