/** The panel of elevations: from which side, how fine, and the picture to save. */
import { html, nothing } from 'lit';
import type { App } from '../app/app.ts';
import { shownNow, words } from '../app/state.ts';
import type { Workbench } from '../app/workbench.ts';
import { bearingOf, MM_PER_PIXEL, printedScale, SIDES } from '../core/elevation.ts';
import { bytes, figure, metres } from '../core/format.ts';
import { compass } from '../core/geo.ts';
import type { MonumentEntry } from '../core/release.ts';
import { icon } from './icons.ts';
import { type Part, standing } from './parts.ts';
import { styled } from './styled.ts';
import { timeline } from './timeline.ts';

export function elevationBody(app: App, bench: Workbench, monument: MonumentEntry): Part {
  const { state } = app;
  const { t, language } = state;
  const { elevating } = bench;
  const { side, mm_per_pixel, status, share, picture } = elevating.state;
  const { width, height } = elevating.frame();
  const pixels = (n: number) => figure(n / 1e6, 'MP', language, 1);
  const fits = elevating.fits({ width, height } as ReturnType<typeof elevating.frame>);
  const m = monument.placement.site_from_monument;
  const towards = (s: typeof side) => {
    const bearing = bearingOf(s, m);
    return bearing === null ? t('elevation.down') : t(`compass.${compass(bearing)}`);
  };
  const caption = (error_m: number) => [
    `${words(state, monument.title)} · ${standing(state, monument, shownNow(state, monument)).text}`,
    t('elevation.looks', { side: t(`side.${side}`), direction: towards(side) }),
    t('elevation.scale', { mm: mm_per_pixel, scale: printedScale(mm_per_pixel) }),
    t('section.error', { error: metres(error_m, language) }),
  ];
  const size = t('elevation.size', { width, height, pixels: pixels(width * height) });
  return html`<div class="pair wide">
      <label>
        <span>${t('elevation.side')}</span>
        <select @change=${(event: Event) => elevating.set({ side: (event.target as HTMLSelectElement).value as typeof side })}>
          ${SIDES.map((s) => html`<option value=${s} ?selected=${s === side}>${t(`side.${s}`)} – ${t('elevation.towards', { direction: towards(s) })}</option>`)}
        </select>
      </label>
      <label>
        <span>${t('elevation.pixel')}</span>
        <select @change=${(event: Event) => elevating.set({ mm_per_pixel: Number((event.target as HTMLSelectElement).value) })}>
          ${MM_PER_PIXEL.map((mm) => html`<option value=${mm} ?selected=${mm === mm_per_pixel}>${t('elevation.mm', { mm, scale: printedScale(mm) })}</option>`)}
        </select>
      </label>
    </div>
    <p class="quiet">${fits ? size : `${size} ${t('elevation.large', { most: pixels(elevating.most) })}`}</p>
    <div class="buttons">
      <button type="button" class="button main" ?disabled=${!fits || status === 'drawing'} @click=${() => void elevating.draw(caption)}>
        ${icon('elevation')}${t('elevation.draw')}
      </button>
      ${picture ? html`<a class="button" href=${picture.url} download=${picture.name}>${icon('download')}${t('elevation.save', { size: bytes(picture.bytes, language) })}</a>` : nothing}
    </div>
    ${
      status === 'drawing'
        ? html`<p class="quiet" role="status">${t('elevation.drawing', { percent: Math.round(share * 100) })}</p>
          <div class="meter" aria-hidden="true" ${styled({ '--share': `${share * 100}%` })}></div>`
        : status === 'failed'
          ? html`<p class="warn">${icon('warning')}<span>${t('elevation.failed')}</span></p>`
          : nothing
    }
    ${picture ? html`<a class="drawing" href=${picture.url} target="_blank" rel="noopener"><img src=${picture.url} alt=${caption(picture.error_m).join('; ')} /></a>` : nothing}
    ${timeline(app, monument)}`;
}
