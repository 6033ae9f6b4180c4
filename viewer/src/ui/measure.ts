/** The panel of measuring: what is measured, how it is done, and what has been found. */
import { html, nothing } from 'lit';
import type { App } from '../app/app.ts';
import type { Measure } from '../app/measuring.ts';
import type { Workbench } from '../app/workbench.ts';
import { figure, metres } from '../core/format.ts';
import { FEWEST_OF_AREA, MEASURE_KINDS, type Measured, off, POINTS } from '../core/measure.ts';
import type { MonumentEntry } from '../core/release.ts';
import { type IconName, icon } from './icons.ts';
import { type Part, tool } from './parts.ts';
import { timeline } from './timeline.ts';

const RAGGED = 0.03; // of an outline, that may have no surface or two without a word

const ICONS: Record<Measure['kind'], IconName> = {
  distance: 'distance',
  height: 'height',
  angle: 'angle',
  area: 'area',
};

/** A value in the reader's figures. */
function shown(kind: Measure['kind'], value: number, language: string): string {
  if (kind === 'angle') return figure(value, '°', language, 1);
  if (kind === 'area') return figure(value, 'm²', language, value < 1 ? 4 : value < 100 ? 2 : 1);
  return metres(value, language, 3);
}

/** The value and what is known of its error, or the value alone where nothing is. */
const told = (kind: Measure['kind'], m: Measured, language: string) =>
  off(m) > 0
    ? `${shown(kind, m.value, language)} ± ${shown(kind, off(m), language)}`
    : shown(kind, m.value, language);

/** What the ± is made of. */
function errors(app: App, kind: Measure['kind'], m: Measured): string {
  const { t, language } = app.state;
  const part = (key: string, error: number) => t(key, { error: `± ${shown(kind, error, language)}` });
  return [
    m.survey === null ? t('measure.error.unknown') : part('measure.error.survey', m.survey),
    ...(m.within > 0 ? [part('measure.error.tiles', m.within)] : []),
  ].join(' · ');
}

/** Whether it was taken on what nobody measured. */
const interpreted = (measure: Measure) => measure.points.some((p) => p.shown.state !== null);

/** What a measure is, in one line of text. */
function line(app: App, measure: Measure, number: number): string {
  const { t, language } = app.state;
  const value = measure.value
    ? told(measure.kind, measure.value, language)
    : measure.problem
      ? t(`measure.${measure.problem}`)
      : t('measure.reading');
  const what = `${number} · ${t(`measure.${measure.kind}`)}: ${value}`;
  return interpreted(measure) ? `${what} (${t('measure.interpreted')})` : what;
}

const copy = (app: App, text: string) => {
  const { t } = app.state;
  navigator.clipboard?.writeText(text).then(
    () => app.set({ announcement: t('measure.copied') }),
    () => app.set({ announcement: t('measure.uncopied') }),
  );
};

/** One line per measure, with the points, tab-separated: for a table or a report. */
function asText(app: App, measures: readonly Measure[]): string {
  return measures
    .map((m, i) => {
      const points = m.points.map((p) => p.position_m.map((v) => v.toFixed(4)).join(' '));
      return [line(app, m, i + 1), ...points].join('\t');
    })
    .join('\n');
}

function row(app: App, bench: Workbench, measure: Measure, number: number): Part {
  const { t, language } = app.state;
  const { value, problem, flat, covered, points } = measure;
  const ragged = covered !== null && Math.abs(covered - 1) > RAGGED;
  const full = points.every((p) => p.error_m === 0);
  const edge = points.reduce((sum, p) => sum + p.edge_m, 0) / points.length;
  return html`<li>
    ${icon(ICONS[measure.kind])}
    <div class="grow">
      <p class="name">${number} · ${t(`measure.${measure.kind}`)}</p>
      ${
        value
          ? html`<p class="value">${told(measure.kind, value, language)}</p>`
          : html`<p>${problem ? t(`measure.${problem}`) : t('measure.reading')}</p>`
      }
      ${interpreted(measure) ? html`<p class="warn">${icon('warning')}<span>${t('measure.interpreted')}</span></p>` : nothing}
      ${flat ? html`<p class="more">${t('measure.flat', { area: told('area', flat, language) })}</p>` : nothing}
      ${ragged ? html`<p class="more">${t('measure.ragged', { percent: Math.round(covered * 100) })}</p>` : nothing}
      ${value && !interpreted(measure) ? html`<p class="more">${errors(app, measure.kind, value)}</p>` : nothing}
      <p class="more">${t(full ? 'measure.full' : 'measure.simplified', { edge: metres(edge, language) })}</p>
    </div>
    ${tool({ name: 'copy', label: `${t('measure.copy')} ${number}`, press: () => copy(app, asText(app, [measure])) })}
    ${tool({ name: 'trash', label: `${t('measure.delete')} ${number}`, press: () => bench.measuring.delete(measure.id) })}
  </li>`;
}

export function measureBody(app: App, bench: Workbench, monument: MonumentEntry): Part {
  const { t } = app.state;
  const { measuring } = bench;
  const { kind, points, measures } = measuring.state;
  const all = POINTS[kind];
  const hint = kind === 'area' ? t('measure.hint.area') : t('measure.hint', { count: all });
  const have = Number.isFinite(all)
    ? t('measure.have', { have: points.length, all })
    : t('measure.have.area', { have: points.length });
  return html`<fieldset class="segments four" role="radiogroup" aria-label=${t('work.measure')}>
      ${MEASURE_KINDS.map(
        (k) => html`<label>
          <input type="radio" name="measure" .checked=${k === kind} @change=${() => measuring.choose(k)} />
          ${icon(ICONS[k])}<span>${t(`measure.${k}`)}</span>
        </label>`,
      )}
    </fieldset>
    <p class="quiet">${hint} ${have}</p>
    <div class="buttons">
      <button type="button" class="button main" @click=${() => app.picking.middle()}>${icon('crosshair')}${t('measure.middle')}</button>
      ${
        kind === 'area'
          ? html`<button type="button" class="button" ?disabled=${points.length < FEWEST_OF_AREA} @click=${() => measuring.close()}>${t('measure.close')}</button>`
          : nothing
      }
      <button type="button" class="button" ?disabled=${points.length === 0} @click=${() => measuring.undo()}>${icon('back')}${t('measure.undo')}</button>
    </div>
    ${
      measures.length > 0
        ? html`<ol class="measures">
            ${measures.map((m, i) => row(app, bench, m, i + 1))}
          </ol>
          <div class="buttons">
            <button type="button" class="button" @click=${() => copy(app, asText(app, measures))}>${icon('copy')}${t('measure.copy.all')}</button>
            <button type="button" class="button" @click=${() => measuring.delete(null)}>${icon('trash')}${t('measure.delete.all')}</button>
          </div>`
        : nothing
    }
    <p class="quiet">${t('measure.honest')}</p>
    ${timeline(app, monument)}`;
}
