/** The panel of one monument: its conditions, its tours, how its place is known. */
import { html, nothing } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import footprints from 'lucide-static/icons/footprints.svg?raw';
import type { App } from '../app/app.ts';
import { idOf, newest, said, shownNow, words } from '../app/state.ts';
import { bytes, date, figure, metres } from '../core/format.ts';
import { middle } from '../core/geo.ts';
import type { ArEntry, Decided, MonumentEntry, ShownEntry } from '../core/release.ts';
import { type Route, WORKS } from '../core/route.ts';
import { periodWords } from '../core/timeline.ts';
import { wayThere } from './find.ts';
import { icon, ownIcon } from './icons.ts';
import { inHeadset } from './inHeadset.ts';
import { interpretation } from './interpretation.ts';
import { type Bands, crumb, href, type Part, prose, siteHref, told, tourRows } from './parts.ts';
import { pointTools } from './points.ts';
import { conditionsOf, timeline } from './timeline.ts';

/** The comparison a visitor most likely wants: the newest survey against what it was measured or drawn against. */
function firstComparison(monument: MonumentEntry): Route | null {
  const [entry] = monument.comparisons;
  if (entry) {
    return {
      view: 'compare',
      monument: monument.id,
      left: entry.reference,
      right: entry.compared,
      mode: 'swipe',
    };
  }
  const all = conditionsOf(monument);
  if (all.length < 2) return null;
  const last = newest(monument);
  const other = all.find((shown) => idOf(shown) !== idOf(last))!;
  return { view: 'compare', monument: monument.id, left: idOf(other), right: idOf(last), mode: 'swipe' };
}

/** What conservators and surveyors do with it. */
function works(app: App, monument: MonumentEntry): Part {
  const { t } = app.state;
  return html`<h2>${t('work')}</h2>
    <div class="buttons">
      ${WORKS.map(
        (view) => html`<a class="button" href=${href({ view, monument: monument.id })}>
          ${icon(view === 'measure' ? 'distance' : view)}${t(`work.${view}`)}
        </a>`,
      )}
    </div>`;
}

/** The condition in the room around the visitor, on devices that are held in the hand. */
function inTheRoom(app: App, monument: MonumentEntry, shown: ShownEntry, entry: ArEntry | null): Part {
  if (!entry || navigator.maxTouchPoints === 0) return nothing;
  // It is drawn by itself once it is there; a device that cannot fetch it does without.
  import('./ar.ts').catch(() => {});
  return html`<heritage-ar .app=${app} .monument=${monument} .shown=${shown} .entry=${entry} .language=${app.state.language}></heritage-ar>`;
}

/** Where the server takes reports of damage; its page says so. */
const REPORTS = document.querySelector<HTMLMetaElement>('meta[name="heritage-reports"]')?.content;

function reporting(app: App, monument: MonumentEntry): Part {
  if (!REPORTS) return nothing;
  // As the room above: it is drawn by itself once it is there.
  import('./damage.ts').catch(() => {});
  // One of its own for each monument: words and a place that were meant for one are never sent for another.
  return html`${keyed(
    monument.id,
    html`<heritage-damage .app=${app} .monument=${monument} .language=${app.state.language} .address=${REPORTS}></heritage-damage>`,
  )}`;
}

function placement(app: App, monument: MonumentEntry): Part {
  const { t, language } = app.state;
  const p = monument.placement;
  const rows: [string, string][] = [[t('placement.method'), t(`placement.${p.method}`)]];
  if (p.sigma_m !== null) rows.push([t('placement.sigma'), `± ${metres(p.sigma_m, language)}`]);
  if (p.rms_m !== null) rows.push([t('placement.rms'), metres(p.rms_m, language)]);
  if (p.check_rms_m !== null) rows.push([t('placement.check'), metres(p.check_rms_m, language)]);
  if (p.iou !== null) rows.push([t('placement.iou'), figure(p.iou * 100, '%', language, 0)]);
  rows.push([t('placement.heading'), figure(((p.heading_deg % 360) + 360) % 360, '°', language, 1)]);
  return html`<details @toggle=${() => import('./placementWhy.ts').catch(() => {})}>
    <summary><span>${t('placement')}</span>${icon('chevronRight')}</summary>
    <table class="figures">
      <tbody>
        ${rows.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}
      </tbody>
    </table>
    ${p.decided ? html`<p>${decided(app, p.method, p.decided)}</p>` : nothing}
    ${
      p.reasons
        ? html`<heritage-placement-why class="quiet" .reasons=${p.reasons} .language=${language}></heritage-placement-why>`
        : html`<p class="quiet" lang="en">${p.reason}</p>`
    }
  </details>`;
}

/** Whose word the place is, and why. */
function decided(app: App, method: string, { by, when, note }: Decided): string {
  const { t, language } = app.state;
  const said = t(method === 'hand' ? 'placement.decided.hand' : 'placement.decided', {
    by,
    when: date(when, language),
  });
  return note ? `${said}. ${note}` : `${said}.`;
}

export function monumentPanel(app: App, monument: MonumentEntry): Bands {
  const { state } = app;
  const { t, language } = state;
  const comparison = firstComparison(monument);
  const now = shownNow(state, monument);
  const shown =
    monument.epochs.find((e) => e.id === now.epoch) ?? monument.states.find((s) => s.id === now.state);
  const kind = monument.type && said(state, monument.type);
  const facts = [kind, periodWords(monument.period, monument.built, language), monument.protection]
    .filter(Boolean)
    .join(' · ');
  return {
    label: words(state, monument.title),
    head: html`${crumb(siteHref(state), told(state, state.release!.title))}
      <h1 tabindex="-1">${told(state, monument.title)}</h1>
      ${facts ? html`<p class="facts">${facts}</p>` : nothing}
      ${wayThere(app, middle(monument))}`,
    body: html`<div class="arriving">
      ${prose(state, monument.html)}
      ${
        monument.placement.settled
          ? nothing
          : html`<p class="warn">${icon('warning')}<span>${t('placement.unsettled')}</span></p>`
      }
      ${timeline(app, monument)} ${interpretation(app)}
      <div class="buttons">
        ${comparison ? html`<a class="button main" href=${href(comparison)}>${icon('swipe')}${t('compare')}</a>` : nothing}
        <a class="button" href=${href({ view: 'walk', monument: monument.id })}>${ownIcon(footprints)}${t('walk')}</a>
        ${inHeadset(app)}
      </div>
      ${tourRows(
        app,
        state.release!.tours.filter((tour) => tour.monument === monument.id),
      )}
      ${inTheRoom(app, monument, now, shown?.ar ?? null)} ${reporting(app, monument)} ${works(app, monument)} ${pointTools(app, monument)} ${placement(app, monument)}
      <div class="buttons">
        ${
          monument.report
            ? html`<a class="button" href=${state.base + monument.report} target="_blank">${icon('report')}${t('report')}</a>`
            : nothing
        }
        ${
          shown?.download
            ? html`<a class="button" href=${state.base + shown.download} download>
              ${icon('download')}${t('download', { size: bytes(shown.download_bytes, language) })}
            </a>`
            : nothing
        }
      </div>
    </div>`,
    foot: nothing,
  };
}
