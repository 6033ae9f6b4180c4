/** The sun over the map: a button, and behind it a date and a time of the site. */
import { html, nothing } from 'lit';
import type { App } from '../app/app.ts';
import { clock } from '../core/format.ts';
import { momentOf, type SunTime, siteTime, sunPosition, zoneHours } from '../core/sun.ts';
import { icon } from './icons.ts';
import type { Part } from './parts.ts';

const STEP_MIN = 10;

/** In words: how high, from where, or that it is down. */
function words(app: App, sun: SunTime): string {
  const { release, t, language } = app.state;
  const { lon_deg, lat_deg } = release!.frame;
  const moment = momentOf(sun, lon_deg);
  if (!moment) return t('sun.no-date');
  const { azimuthDeg, elevationDeg } = sunPosition(moment, lon_deg, lat_deg);
  if (elevationDeg < 0) return t('sun.down');
  const degrees = new Intl.NumberFormat(language, {
    style: 'unit',
    unit: 'degree',
    unitDisplay: 'narrow',
    maximumFractionDigits: 0,
  });
  const side = ['n', 'ne', 'e', 'se', 's', 'sw', 'w', 'nw'][Math.round(azimuthDeg / 45) % 8];
  return t('sun.up', { height: degrees.format(elevationDeg), side: t(`compass.${side}`) });
}

/** The button with its little sheet; nothing where there is no release yet. */
export function sunTool(app: App): Part {
  const { release, sun, t } = app.state;
  if (!release?.map) return nothing;
  const lon = release.frame.lon_deg;
  const shown = sun ?? siteTime(new Date(), lon);
  const zone = zoneHours(lon);
  const change = (part: Partial<SunTime>) => app.shine({ ...shown, ...part });
  const open = (event: Event) => {
    if ((event.target as HTMLDetailsElement).open && !app.state.sun) app.shine(shown);
  };
  const close = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    const details = event.currentTarget as HTMLDetailsElement;
    details.open = false;
    details.querySelector('summary')?.focus();
  };
  return html`<details class="sun" @toggle=${open} @keydown=${close}>
    <summary class="tool ${sun ? 'on' : ''}" aria-label=${t('sun')} title=${t('sun')}>${icon('sun')}</summary>
    <div class="sun-sheet" role="group" aria-label=${t('sun')}>
      <label>
        <span>${t('sun.date')}</span>
        <input
          type="date"
          required
          .value=${shown.date}
          @change=${(event: Event) => change({ date: (event.target as HTMLInputElement).value })}
        />
      </label>
      <label>
        <span>${t('sun.time')} <b>${clock(shown.minutes)}</b> <small>UTC${zone < 0 ? '−' : '+'}${Math.abs(zone)}</small></span>
        <input
          type="range"
          min="0"
          max=${24 * 60 - STEP_MIN}
          step=${STEP_MIN}
          .value=${String(shown.minutes)}
          aria-valuetext=${clock(shown.minutes)}
          @input=${(event: Event) => change({ minutes: Number((event.target as HTMLInputElement).value) })}
        />
      </label>
      <p class="quiet">${sun ? words(app, sun) : t('sun.own')}</p>
      <button type="button" class="plain" aria-disabled=${!sun} @click=${() => app.shine(null)}>${t('sun.reset')}</button>
    </div>
  </details>`;
}
