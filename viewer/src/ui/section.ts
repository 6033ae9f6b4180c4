/** The panel of a section: the plane, what it cuts, the drawing, and its files. */
import { html, nothing, svg } from 'lit';
import type { App } from '../app/app.ts';
import type { Drawing } from '../app/cutting.ts';
import { saveFile } from '../app/saveFile.ts';
import { idOf, words } from '../app/state.ts';
import type { Workbench } from '../app/workbench.ts';
import { dxfOf } from '../core/dxf.ts';
import { date, figure, isoDay, metres, number } from '../core/format.ts';
import type { MonumentEntry } from '../core/release.ts';
import { type Axis, type Cut, formatCut, rangeOf } from '../core/section.ts';
import { DASHES, type Item, pathData, type Sheet, sheetOf, svgOf } from '../core/sheet.ts';
import { icon } from './icons.ts';
import { type Part, slider, standing, tool } from './parts.ts';
import { styled } from './styled.ts';
import { conditionsOf } from './timeline.ts';

const AXES: readonly Axis[] = ['x', 'y', 'z'];

/** Where the plane is, in words. */
function place(app: App, cut: Cut): string {
  const { t, language } = app.state;
  if (cut.kind === 'axis') return t(`section.at.${cut.axis}`, { at: figure(cut.at_m, 'm', language) });
  const point = (p: readonly [number, number]) => `(${p.map((v) => number(v, language)).join('; ')})`;
  return t('section.at.line', { from: point(cut.from), to: point(cut.to) });
}

/** The sheet as it is saved and shown. */
function sheet(app: App, monument: MonumentEntry, cut: Cut, drawing: Drawing): Sheet | null {
  const { state } = app;
  const { t, language } = state;
  if (!drawing.extent) return null;
  const today = isoDay();
  const made = (scale: number) => [
    t('section.scale', { scale }),
    t('section.error', { error: metres(drawing.error_m, language) }),
    ...(drawing.alignment_m === null
      ? []
      : [t('section.alignment', { error: metres(drawing.alignment_m, language) })]),
    ...(drawing.layers.some((l) => l.filled.length > 0) ? [t('section.filled')] : []),
    t('section.made', {
      site: words(state, state.release!.title),
      date: date(today, language),
      cut: formatCut(cut),
    }),
  ];
  const said = {
    title: `${words(state, monument.title)} – ${place(app, cut)}`,
    legend: (layer: Drawing['layers'][number]) => {
      const shown = conditionsOf(monument).find((c) => idOf(c) === layer.id)!;
      return standing(state, monument, shown).text;
    },
    bar: (m: number) => metres(m, language),
  };
  const { scale } = sheetOf(drawing.layers, drawing.extent, { ...said, notes: [] });
  return sheetOf(drawing.layers, drawing.extent, { ...said, notes: made(scale) }, scale);
}

function drawn(item: Item): Part {
  if (item.kind === 'text')
    return svg`<text x=${item.at[0]} y=${item.at[1]} font-size=${item.size_mm} text-anchor=${item.anchor}>${item.text}</text>`;
  return svg`<path d=${pathData(item.points, item.closed)} stroke=${item.colour} stroke-dasharray=${DASHES[item.pen].join(' ') || nothing}></path>`;
}

function picture(app: App, paper: Sheet): Part {
  return html`<svg
    class="paper"
    role="img"
    aria-label=${app.state.t('section.drawing')}
    viewBox="0 0 ${paper.width_mm} ${paper.height_mm}"
  >
    ${paper.items.map(drawn)}
  </svg>`;
}

function result(app: App, bench: Workbench, monument: MonumentEntry): Part {
  const { t, language } = app.state;
  const { state } = bench.sectioning;
  if (!state) return nothing;
  if (state.status === 'failed')
    return html`<p class="warn">${icon('warning')}<span>${t('section.failed')}</span></p>`;
  const reading = html`<p class="quiet" role="status">
    ${t('section.reading', { done: state.done, total: state.total })}
  </p>`;
  const { drawing } = state;
  if (!drawing) return reading;
  const paper = sheet(app, monument, state.cut, drawing);
  const busy = state.status === 'reading';
  if (!paper) return busy ? reading : html`<p class="quiet">${t('section.empty')}</p>`;
  const name = `${monument.id}-${formatCut(state.cut).replace(/[@,]/g, '_')}`;
  const notes = () => [
    `${words(app.state, monument.title)} – ${place(app, state.cut)}`,
    ...paper.items.flatMap((i) => (i.kind === 'text' ? [i.text] : [])).slice(2),
  ];
  return html`<div class="drawing ${busy ? 'stale' : ''}">${picture(app, paper)}</div>
    ${busy ? reading : html`<p class="quiet" role="status">${t('section.ready', { tiles: drawing.tiles, scale: paper.scale })}</p>`}
    <div class="buttons">
      <button type="button" class="button" @click=${() => bench.sectioning.enlarge(true)}>${icon('reset')}${t('section.large')}</button>
      <button type="button" class="button" ?disabled=${busy} @click=${() => saveFile(`${name}.svg`, 'image/svg+xml', svgOf(paper))}>${icon('download')}SVG</button>
      <button type="button" class="button" ?disabled=${busy} @click=${() =>
        saveFile(
          `${name}.dxf`,
          'image/vnd.dxf',
          dxfOf(drawing.layers, drawing.extent!, notes(), (m) => metres(m, language)),
        )}>${icon('download')}DXF</button>
    </div>
    ${
      state.large
        ? html`<dialog class="sheet-large" aria-label=${t('section.drawing')} @close=${() => bench.sectioning.enlarge(false)}>
          ${tool({ name: 'close', label: t('close'), press: () => bench.sectioning.enlarge(false) })}
          <div class="sheet-scroll" tabindex="0" role="region" aria-label=${t('section.drawing')}>${picture(app, paper)}</div>
        </dialog>`
        : nothing
    }`;
}

export function sectionBody(app: App, bench: Workbench, monument: MonumentEntry): Part {
  const { state } = app;
  const { t, language } = state;
  const { sectioning } = bench;
  const now = sectioning.state;
  if (!now) return html`<p class="quiet">${t('loading')}</p>`;
  const { cut, points } = now;
  const chosen = points !== null || cut.kind === 'line' ? 'line' : cut.axis;
  const range = cut.kind === 'axis' ? rangeOf(cut.axis, monument.bounds) : null;
  return html`<fieldset class="segments four" role="radiogroup" aria-label=${t('section.plane')}>
      ${[...AXES, 'line' as const].map(
        (a) => html`<label>
          <input
            type="radio"
            name="plane"
            .checked=${a === chosen}
            @change=${() => (a === 'line' ? sectioning.byPoints() : sectioning.across(a))}
          />
          <span>${t(`section.${a}`)}</span>
        </label>`,
      )}
    </fieldset>
    ${
      points !== null
        ? html`<p class="quiet">${t(points === 'wanted' ? 'section.first' : 'section.second')}</p>
          <div class="buttons">
            <button type="button" class="button main" @click=${() => app.picking.middle()}>${icon('crosshair')}${t('measure.middle')}</button>
          </div>`
        : cut.kind === 'line'
          ? html`<p class="quiet">${place(app, cut)}</p>
            <div class="buttons">
              <button type="button" class="button" @click=${() => sectioning.byPoints()}>${icon('retry')}${t('section.again')}</button>
            </div>`
          : slider({
              label: t('section.shift'),
              text: figure(cut.at_m, 'm', language),
              value: cut.at_m,
              min: Math.ceil(range!.min * 100) / 100,
              max: Math.floor(range!.max * 100) / 100,
              step: 0.01,
              input: (value) => sectioning.moveTo(value),
            })
    }
    <ul class="keys choices lines">
      ${conditionsOf(monument).map((shown) => {
        const id = idOf(shown);
        const { interpreted, text } = standing(state, monument, shown);
        return html`<li><label>
          <input
            type="checkbox"
            .checked=${now.shown.includes(id)}
            @change=${(event: Event) => sectioning.toggle(id, (event.target as HTMLInputElement).checked)}
          />
          <span class="stroke ${interpreted ? 'dashed' : ''}" ${styled({ 'border-color': sectioning.colour(id) })}></span>
          ${text}
        </label></li>`;
      })}
    </ul>
    ${result(app, bench, monument)}`;
}
