/** The panel of the condition map: terms with their sums, what is mapped, and drawing. */
import './mapped.ts';
import { html, nothing, svg } from 'lit';
import type { App } from '../app/app.ts';
import type { Listed } from '../app/mapping.ts';
import { words } from '../app/state.ts';
import { termLook } from '../app/termLooks.ts';
import type { Workbench } from '../app/workbench.ts';
import { amount, metres } from '../core/format.ts';
import {
  type Draft,
  FEWEST,
  type Look,
  patternPath,
  SHAPES,
  type Shape,
  sumsOf,
  viewOf,
} from '../core/mapping.ts';
import type { MonumentEntry } from '../core/release.ts';
import { type IconName, icon } from './icons.ts';
import { type Part, told, tool } from './parts.ts';
import { timeline } from './timeline.ts';

const ICONS: Record<Shape, IconName> = { point: 'crosshair', line: 'distance', area: 'area' };

/** A term's colour and pattern as a small square. */
function swatch({ colour, pattern }: Look, id: string): Part {
  return html`<svg class="term-look" viewBox="0 0 24 24" aria-hidden="true">
    ${svg`<defs><pattern id=${id} width="8" height="8" patternUnits="userSpaceOnUse">
      <rect width="8" height="8" fill=${colour} fill-opacity="0.25"></rect>
      <path d=${patternPath(pattern, 8)} stroke=${colour} stroke-width="1.8" stroke-linecap="round" fill="none"></path>
    </pattern></defs>
    <rect x="1" y="1" width="22" height="22" rx="3" fill="url(#${id})" stroke=${colour} stroke-width="2"></rect>`}
  </svg>`;
}

function measure(app: App, area: number | null, length: number | null): string {
  const { language } = app.state;
  const parts = [
    ...(area ? [amount(area, 'm²', language, area < 1 ? 3 : 2)] : []),
    ...(length ? [metres(length, language)] : []),
  ];
  return parts.join(' · ');
}

function terms(app: App, bench: Workbench, monument: MonumentEntry): Part {
  const { state } = app;
  const { t } = state;
  const { mapping } = bench;
  const { vocabulary } = state.release!;
  const held = mapping.listed(null).map((l) => l.annotation);
  const sums = sumsOf(held, vocabulary);
  if (sums.length === 0) return nothing;
  return html`<h2 id="terms">${t('mapping.terms')}</h2>
    <div class="terms" role="radiogroup" aria-labelledby="terms">
      <label>
        <input type="radio" name="term" .checked=${mapping.term === null} @change=${() => mapping.choose(null)} />
        <span class="grow">${t('mapping.all')}</span><span class="value">${held.length}</span>
      </label>
      ${sums.map(
        ({ term, count, area_m2, length_m }) => html`<label title=${words(state, term.definition)}>
          <input type="radio" name="term" .checked=${mapping.term === term.id} @change=${() => mapping.choose(term.id)} />
          ${swatch(termLook(term.id, vocabulary), `sum-${monument.id}-${term.id}`)}
          <span class="grow">${told(state, term.label)}</span>
          <span class="value">${measure(app, area_m2, length_m) || count}</span>
        </label>`,
      )}
    </div>`;
}

function row(app: App, monument: MonumentEntry, { annotation: a, hold }: Listed, number: number): Part {
  const { state } = app;
  const { t } = state;
  const term = state.release!.vocabulary.find((one) => one.id === a.term);
  const facts = [term ? words(state, term.label) : '', measure(app, a.area_m2, a.length_m)].filter(Boolean);
  return html`<li>
    <button type="button" class="row" @click=${() => app.framing.look(viewOf(a, monument))}>
      <span class="number" aria-hidden="true">${number}</span>
      <span class="grow">
        <span class="name">${told(state, a.title)}</span>
        ${facts.length > 0 ? html`<span class="more">${facts.join(' · ')}</span>` : nothing}
        ${hold === 'own' ? nothing : html`<span class="more ${hold}">${t(`mapping.${hold}`, { epoch: a.epoch ?? '' })}</span>`}
      </span>
    </button>
  </li>`;
}

function draft(app: App, bench: Workbench, d: Draft): Part {
  const { state } = app;
  const { t, language } = state;
  const { mapping } = bench;
  const name = d.title[language] ?? Object.values(d.title)[0] ?? '';
  const title = (event: Event) => {
    const text = (event.target as HTMLInputElement).value.trim();
    mapping.describe(d.id, { title: { ...d.title, [language]: text || name } });
  };
  const term = (event: Event) =>
    mapping.describe(d.id, { term: (event.target as HTMLSelectElement).value || null });
  return html`<li class="draft">
    ${icon(ICONS[d.shape])}
    <div class="grow">
      <label><span>${t('mapping.title')}</span><input type="text" maxlength="200" .value=${name} @change=${title} /></label>
      <label><span>${t('mapping.term')}</span><select @change=${term}>
        <option value="" ?selected=${d.term === null}>${t('mapping.noterm')}</option>
        ${state.release!.vocabulary.map((one) => html`<option value=${one.id} ?selected=${one.id === d.term}>${words(state, one.label)}</option>`)}
      </select></label>
    </div>
    ${tool({ name: 'trash', label: `${t('mapping.delete')} ${name}`, press: () => mapping.delete(d.id) })}
  </li>`;
}

function drawing(app: App, bench: Workbench): Part {
  const { t } = app.state;
  const { mapping } = bench;
  const { drawing: shape, points } = mapping;
  return html`<h2 id="draw">${t('mapping.draw')}</h2>
    <fieldset class="segments" role="radiogroup" aria-labelledby="draw">
      ${SHAPES.map(
        (s) => html`<label>
          <input type="radio" name="shape" .checked=${s === shape} @change=${() => mapping.draw(s)} />
          ${icon(ICONS[s])}<span>${t(`mapping.${s}`)}</span>
        </label>`,
      )}
    </fieldset>
    ${
      shape
        ? html`<p class="quiet">${t(`mapping.hint.${shape}`)} ${shape === 'point' ? nothing : t('measure.have.area', { have: points.length })}</p>
          <div class="buttons">
            <button type="button" class="button main" @click=${() => app.picking.middle()}>${icon('crosshair')}${t('measure.middle')}</button>
            ${shape === 'point' ? nothing : html`<button type="button" class="button" ?disabled=${points.length < FEWEST[shape]} @click=${() => mapping.finish()}>${t('mapping.finish')}</button>`}
            <button type="button" class="button" ?disabled=${points.length === 0} @click=${() => mapping.undo()}>${icon('back')}${t('measure.undo')}</button>
            <button type="button" class="button" @click=${() => mapping.draw(null)}>${t('mapping.stop')}</button>
          </div>`
        : nothing
    }
    ${
      mapping.drafts.length > 0
        ? html`<ul class="measures drafts">${mapping.drafts.map((d) => draft(app, bench, d))}</ul>
          <div class="buttons">
            <button type="button" class="button main" @click=${() => mapping.save()}>${icon('download')}${t('mapping.save')}</button>
          </div>
          <p class="quiet">${t(mapping.kept ? 'mapping.kept' : 'mapping.unkept')}</p>`
        : nothing
    }`;
}

export function mappingBody(app: App, bench: Workbench, monument: MonumentEntry): Part {
  const { t } = app.state;
  const listed = bench.mapping.listed();
  return html`${timeline(app, monument)} ${terms(app, bench, monument)}
    ${
      listed.length > 0
        ? html`<ol class="mapped">${listed.map((one, i) => row(app, monument, one, i + 1))}</ol>`
        : html`<p class="quiet">${t('mapping.none')}</p>`
    }
    ${drawing(app, bench)}`;
}
