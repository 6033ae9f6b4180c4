/** Looking for something: words, filters, and where the visitor stands. */
import { html, nothing } from 'lit';
import type { App } from '../app/app.ts';
import { said, toRead } from '../app/state.ts';
import type { Hit } from '../core/find.ts';
import { compass, walking, way } from '../core/geo.ts';
import type { LangText } from '../core/i18n.ts';
import type { Vec3 } from '../core/vec.ts';
import { icon } from './icons.ts';
import { href, type Part, told } from './parts.ts';
import { styled } from './styled.ts';

/** Below so many monuments a list is read faster than it is searched. */
const WORTH_FILTERING = 2;

/** The field for words, and the press for "near me". */
export function findField(app: App): Part {
  const { state } = app;
  const { t, near } = state;
  const on = near.status === 'on' || near.status === 'asking';
  return html`<div class="find" role="search">
    <label class="field">
      ${icon('search')}
      <span class="visually-hidden">${t('find')}</span>
      <input
        type="search"
        autocomplete="off"
        spellcheck="false"
        enterkeyhint="search"
        placeholder=${t('find')}
        .value=${state.find.q}
        @focus=${() => void app.finding.load()}
        @input=${(event: Event) => app.finding.set({ q: (event.target as HTMLInputElement).value })}
      />
    </label>
    <button type="button" class="tool ${on ? 'on' : ''}" aria-pressed=${String(on)} aria-label=${t('near')} title=${t('near')} @click=${() => app.nearby.toggle()}>
      ${icon('near')}
    </button>
  </div>`;
}

/** One line on the position that was asked for. */
export function nearLine(app: App): Part {
  const { near, t, language } = app.state;
  if (near.status === 'off') return nothing;
  const text =
    near.status === 'on'
      ? t('near.accuracy', { accuracy: walking(near.accuracy_m, language) })
      : t(`near.${near.status}`);
  return html`<p class="quiet near-line" role="status">${icon(near.status === 'on' ? 'near' : 'info')}<span>${text}</span></p>`;
}

/** How far and in which direction something lies from the visitor; the arrow turns with the device, else north is up. */
export function wayThere(app: App, to: Vec3): Part {
  const { near, release, t, language } = app.state;
  if (near.status !== 'on' || !release) return nothing;
  const { distance_m, bearing_deg } = way(near.at, to, release.frame);
  const text = t('near.way', {
    distance: walking(distance_m, language),
    direction: t(`compass.${compass(bearing_deg)}`),
  });
  const ahead = bearing_deg - (near.heading_deg ?? 0);
  return html`<span class="way"><i aria-hidden="true" ${styled({ rotate: `${ahead.toFixed(0)}deg` })}>${icon('north')}</i>${text}</span>`;
}

function choice(
  label: string,
  value: string,
  values: readonly { value: string; text: string }[],
  all: string,
  choose: (v: string) => void,
): Part {
  if (values.length < 2) return nothing;
  return html`<label class="choice"><span>${label}</span>
    <select .value=${value} @change=${(event: Event) => choose((event.target as HTMLSelectElement).value)}>
      <option value="" ?selected=${value === ''}>${all}</option>
      ${values.map((v) => html`<option value=${v.value} ?selected=${v.value === value}>${v.text}</option>`)}
    </select>
  </label>`;
}

function year(app: App, key: 'from' | 'to', label: string, hint: number): Part {
  const value = app.state.find[key];
  const read = (event: Event) => {
    const text = (event.target as HTMLInputElement).value;
    app.finding.set({ [key]: /^-?\d{1,9}$/.test(text) ? Number(text) : null });
  };
  return html`<label class="choice"><span>${label}</span>
    <input type="number" step="1" inputmode="numeric" placeholder=${hint} .value=${value === null ? '' : String(value)} @input=${read} />
  </label>`;
}

/** The filters, folded away until they are wanted. */
export function filters(app: App): Part {
  const { state, finding } = app;
  const { t, find } = state;
  const { types, protections, years } = finding.choices;
  const some = types.length > 1 || protections.length > 1 || years !== null;
  if ((state.release?.monuments.length ?? 0) < WORTH_FILTERING || !some) return nothing;
  const order = new Intl.Collator(state.language);
  const kinds = types
    .map(({ name, words }) => ({ value: name, text: said(state, words) }))
    .sort((a, b) => order.compare(a.text, b.text));
  const grades = protections.map((grade) => ({ value: grade, text: grade }));
  const set = [find.type, find.protection, find.from ?? '', find.to ?? ''].filter((v) => v !== '').length;
  return html`<details class="filters" ?open=${set > 0}>
    <summary><span>${set > 0 ? t('filter.set', { count: set }) : t('filter')}</span>${icon('chevronRight')}</summary>
    <div class="choices">
      ${choice(t('filter.type'), find.type, kinds, t('filter.all'), (type) => finding.set({ type }))}
      ${choice(t('filter.protection'), find.protection, grades, t('filter.all'), (protection) => finding.set({ protection }))}
      ${years ? html`${year(app, 'from', t('filter.from'), years.first)}${year(app, 'to', t('filter.to'), years.last)}` : nothing}
    </div>
  </details>`;
}

/** How much was found, and the way back to everything. */
export function tally(app: App): Part {
  const { finding, state } = app;
  if (!finding.active) return nothing;
  const [found, all] = [finding.monuments.length, state.release?.monuments.length ?? 0];
  return html`<div class="tally">
    <span role="status">${state.t('find.tally', { found, all })}</span>
    <button type="button" class="link" @click=${() => finding.clear()}>${state.t('find.clear')}</button>
  </div>`;
}

/** What else answers to the words: tours, stops, annotations, buildings. */
export function otherHits(app: App): Part {
  const { state, finding } = app;
  const { hits } = finding;
  if (hits.length === 0) return nothing;
  const title = (text: LangText) => text[''] ?? told(state, text);
  const address = (hit: Hit) => {
    switch (hit.kind) {
      case 'tour':
        return href({ view: 'tour', tour: hit.tour, stop: null });
      case 'stop':
        return href({ view: 'tour', tour: hit.tour, stop: hit.stop });
      case 'annotation':
        return href({ view: 'monument', monument: hit.monument }, toRead(state, hit));
      case 'place':
        return href({ view: 'site' }, { find: state.find, place: hit.place });
      default:
        return href({ view: 'monument', monument: hit.monument });
    }
  };
  return html`<h2>${state.t('find.others')}</h2>
    <ul class="rows small">
      ${hits.map((hit) => {
        const here = hit.kind === 'place' && hit.place === state.place;
        return html`<li>
          <a class="row ${here ? 'pointed' : ''}" href=${address(hit)} aria-current=${here ? 'true' : nothing}>
            <span class="grow"><span class="name">${title(hit.title)}</span><span class="more">${state.t(`find.${hit.kind}`)}</span></span>
          </a>
        </li>`;
      })}
    </ul>`;
}
