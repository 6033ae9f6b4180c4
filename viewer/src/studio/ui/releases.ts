/** From drafts to what visitors see: build, follow, look at it, publish, roll back. */
import { html, nothing } from 'lit';
import { icon } from '../../ui/icons.ts';
import type { Part } from '../../ui/parts.ts';
import type { Build, Release } from '../core/api.ts';
import type { Page } from '../pages.ts';
import type { Studio } from '../studio.ts';
import { studioIcon } from './icons.ts';
import { button, moment } from './parts.ts';

const FOLLOW_MS = 2000;

let builds: readonly Build[] = [];
let releases: readonly Release[] = [];
let timer = 0;

/** Over the desk, so that a tour is built without leaving it. */
export function openReleases(studio: Studio): void {
  studio.set({ sheet: 'releases' });
  void follow(studio);
}

/** By itself. */
export function open(studio: Studio): Page {
  void follow(studio);
  return {
    render: () => html`<main class="documents">${list(studio, 'h1')}</main>`,
  };
}

const isOpen = ({ state }: Studio): boolean => state.sheet === 'releases' || state.page?.id === 'releases';

async function follow(studio: Studio): Promise<void> {
  clearTimeout(timer);
  const { api } = studio;
  if (studio.state.status === 'ready') {
    const asked = Promise.all([api.ask<Build[]>('GET', 'builds'), api.ask<Release[]>('GET', 'releases')]);
    [builds, releases] = (await studio.tried(asked)) ?? [builds, releases];
    studio.onState();
  }
  if (isOpen(studio)) timer = window.setTimeout(() => void follow(studio), FOLLOW_MS);
}

/** In the scene of the tour that is made, or in a window of its own, with all that visitors have. */
function look(studio: Studio, release: Release): void {
  studio.staging.look(release);
  void studio.staging.findSurveys();
  if (!studio.state.editing) window.open(studio.staging.address, '_blank', 'noopener');
}

const act = (studio: Studio, method: string, path: string, body?: unknown): void => {
  void studio.tried(studio.api.ask(method, path, body)).then(() => follow(studio));
};

export const releasesSheet = (studio: Studio): Part => list(studio, 'h2');

function list(studio: Studio, head: 'h1' | 'h2'): Part {
  const { t, language, me } = studio.state;
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
              press: () => act(studio, 'DELETE', `builds/${running.id}`),
            })
          : button({
              kind: 'main',
              icon: studioIcon('release'),
              text: t('build.start'),
              disabled: !may,
              press: () => act(studio, 'POST', 'builds', { monument: null }),
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
                      act(studio, 'POST', 'releases', {
                        action: k < current || current < 0 ? 'publish' : 'roll-back',
                        release: r.id,
                      }),
                  })
            }
          </div>
        </li>`,
      )}
    </ul>`;
}
