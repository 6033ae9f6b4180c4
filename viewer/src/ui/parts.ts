/** Small templates that several panels share. */
import { html, nothing, type TemplateResult } from 'lit';
import type { App } from '../app/app.ts';
import { type AppState, conditionName } from '../app/state.ts';
import { date, duration } from '../core/format.ts';
import { direction, type LangText, type Pieces, pick, spokenIn, type Words } from '../core/i18n.ts';
import { formatLook, type Look } from '../core/look.ts';
import type { MonumentEntry, ShownEntry, TourEntry } from '../core/release.ts';
import { formatRoute, type Route } from '../core/route.ts';
import { certaintiesOf } from '../core/states.ts';
import { type IconName, icon } from './icons.ts';
import { sanitised } from './sanitise.ts';
import { styled } from './styled.ts';

export type Part = TemplateResult | typeof nothing;

/** A panel's three bands: what stays on top, what scrolls, what stays at the bottom. */
export interface Bands {
  head: Part;
  body: Part;
  foot: Part;
  label: string;
}

/** A panel whose words are still on their way. */
export const waitingPanel = ({ state }: App): Bands => ({
  label: state.t('loading'),
  head: html`<h1 tabindex="-1">${state.t('loading')}</h1>`,
  body: nothing,
  foot: nothing,
});

/** The site's marked-up words, marked with the language they are in where the interface speaks another. */
export function prose(state: AppState, text: LangText): Part {
  const found = pick(text, state.language, state.release?.languages ?? []);
  if (!found.text) return nothing;
  const lang = found.language === spokenIn(state.language) ? nothing : found.language;
  return html`<div class="prose" lang=${lang} dir=${lang === nothing ? nothing : direction(found.language)}>${sanitised(found.text, state.base)}</div>`;
}

/** The site's plain words, marked like its prose. */
export function told(state: AppState, text: Words): Part {
  if (typeof text === 'string') return html`${text}`;
  const found = pick(text, state.language, state.release?.languages ?? []);
  if (!found.text || found.language === spokenIn(state.language)) return html`${found.text}`;
  return html`<span lang=${found.language} dir=${direction(found.language)}>${found.text}</span>`;
}

/** A sentence of the interface with titles of the site in it, each marked like its prose. */
export const sentence = (state: AppState, said: string | Pieces): Part =>
  html`${[said].flat().map((part) => (typeof part === 'string' ? part : told(state, part)))}`;

export const href = (route: Route, look: Partial<Look> = {}): string => formatRoute(route) + formatLook(look);

/** The address of the whole site, with what is looked for there. */
export const siteHref = (state: AppState): string => href({ view: 'site' }, { find: state.find });

/** The way back, as a quiet line above a title. */
export const crumb = (address: string, text: string | Part): Part =>
  html`<a class="crumb" href=${address}>${icon('arrowLeft')}<span>${text}</span></a>`;

export interface ToolOptions {
  name: IconName;
  label: string;
  press: () => void;
  disabled?: boolean;
  pressed?: boolean;
  className?: string;
  key?: string;
}

/** A button with an icon; its name is read out and shown on hover. */
export const tool = ({
  name,
  label,
  press,
  disabled,
  pressed,
  className,
  key,
}: ToolOptions): Part => html`<button
  type="button"
  class=${className ?? 'tool'}
  aria-label=${label}
  title=${key ? `${label} (${key})` : label}
  aria-keyshortcuts=${key ?? nothing}
  aria-disabled=${disabled ? 'true' : nothing}
  aria-pressed=${pressed === undefined ? nothing : String(pressed)}
  @click=${() => disabled || press()}
>
  ${icon(name)}
</button>`;

export interface Standing {
  interpreted: boolean;
  /** With the condition's name, where it is an interpretation. */
  text: string;
  /** Without it. */
  brief: string;
}

/** A condition's standing in words: measured when, or interpreted with what certainty. */
export function standing(state: AppState, monument: MonumentEntry, shown: ShownEntry): Standing {
  const { t, language } = state;
  const name = conditionName(state, monument, shown);
  const interpretation = monument.states.find((s) => s.id === shown.state);
  if (interpretation) {
    const certainties = certaintiesOf([interpretation]);
    const weakest = t(`certainty.${certainties.at(-1)!}`);
    const sure = certainties.length > 1 ? t('standing.partly', { certainty: weakest }) : weakest;
    const brief = `${t('standing.interpretation')} – ${sure}`;
    return { interpreted: true, text: `${name} · ${brief}`, brief };
  }
  const epoch = monument.epochs.find((e) => e.id === shown.epoch);
  const text = t('standing.measured', { when: epoch?.captured ? date(epoch.captured, language) : name });
  return { interpreted: false, text, brief: text };
}

/** A range input with its name and value above it. */
export function slider(options: {
  label: string;
  text: string;
  value: number;
  min: number;
  max: number;
  step: number;
  input: (value: number) => void;
}): Part {
  const share = ((options.value - options.min) / (options.max - options.min || 1)) * 100;
  const id = `slider-${options.label.replace(/\W+/g, '-')}`;
  return html`<div class="slider">
    <label for=${id}>${options.label}</label>
    <output for=${id}>${options.text}</output>
    <input
      id=${id}
      type="range"
      min=${options.min}
      max=${options.max}
      step=${options.step}
      .value=${String(options.value)}
      aria-valuetext=${options.text}
      ${styled({ '--share': `${share}%` })}
      @input=${(event: Event) => options.input(Number((event.target as HTMLInputElement).value))}
    />
  </div>`;
}

/** Tours as rows with a play button. */
export function tourRows(app: App, tours: readonly TourEntry[]): Part {
  const { state } = app;
  const { t } = state;
  if (tours.length === 0) return nothing;
  const seconds = (tour: TourEntry) => tour.seconds[state.language] ?? Object.values(tour.seconds)[0] ?? 0;
  return html`<h2>${t('tours')}</h2>
    <ul class="rows">
      ${tours.map(
        (tour) => html`<li>
          <a class="row" href=${href({ view: 'tour', tour: tour.id, stop: null })}>
            <span class="disc">${icon('play')}</span>
            <span class="grow">
              <span class="name">${told(state, tour.title)}</span>
              <span class="more">${app.taken.has(tour.url) ? t('tour.extent', { stops: tour.stops, time: duration(seconds(tour), state.language) }) : t('along.missing')}</span>
            </span>
          </a>
        </li>`,
      )}
    </ul>
    ${app.taken.offline ? html`<p class="quiet">${icon('offline')} ${t('along.offline')}</p>` : nothing}
    ${
      tours.some((tour) => tour.take_along)
        ? html`<div class="buttons">
            <button type="button" class="button" @click=${() => app.set({ takingAlong: true })}>${icon('download')}${t('along')}</button>
          </div>`
        : nothing
    }`;
}
