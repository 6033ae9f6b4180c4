/** A date and a time of the site, whose sun lights the map. */
import { html } from 'lit';
import type { App } from '../app/app.ts';
import { clock } from '../core/format.ts';
import { compass } from '../core/geo.ts';
import { spokenIn } from '../core/i18n.ts';
import { momentOf, type SunTime, siteTime, sunPosition, zoneHours } from '../core/sun.ts';
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
  const degrees = new Intl.NumberFormat(spokenIn(language), {
    style: 'unit',
    unit: 'degree',
    unitDisplay: 'narrow',
    maximumFractionDigits: 0,
  });
  return t('sun.up', { height: degrees.format(elevationDeg), side: t(`compass.${compass(azimuthDeg)}`) });
}

export function sunSheet(app: App): Part {
  const { release, sun, t } = app.state;
  const lon = release!.frame.lon_deg;
  const shown = sun ?? siteTime(new Date(), lon);
  const zone = zoneHours(lon);
  const change = (part: Partial<SunTime>) => app.shine({ ...shown, ...part });
  return html`<div class="sun-sheet" role="group" aria-label=${t('sun')}>
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
  </div>`;
}
