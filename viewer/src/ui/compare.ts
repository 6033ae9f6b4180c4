/** The panel that compares two conditions: which, how, and with what figures. */
import { html, nothing } from 'lit';
import overlay from 'lucide-static/icons/layers-2.svg?raw';
import type { App } from '../app/app.ts';
import { conditionName, idOf, measured, shownById } from '../app/state.ts';
import type { Line } from '../core/panes.ts';
import type { ComparisonEntry, MonumentEntry } from '../core/release.ts';
import { MODES, type Mode } from '../core/route.ts';
import { changeTools } from './change.ts';
import { icon, ownIcon } from './icons.ts';
import { inHeadset } from './inHeadset.ts';
import { interpretation } from './interpretation.ts';
import { type Bands, crumb, href, type Part, slider, told } from './parts.ts';
import { conditionsOf } from './timeline.ts';

function swipeTools(app: App, line: Line): Part {
  const { t } = app.state;
  return html`<p class="quiet">${t('swipe.hint')}</p>
    <fieldset class="segments" role="radiogroup" aria-label=${t('swipe.line')}>
      ${(['upright', 'lying'] as const).map(
        (l) => html`<label>
          <input type="radio" name="line" .checked=${l === line} @change=${() => app.comparing.adjust({ line: l })} />
          ${icon(l === 'lying' ? 'lying' : 'swipe')}<span>${t(`line.${l}`)}</span>
        </label>`,
      )}
    </fieldset>`;
}

/** Sliders, legend and figures of the comparison on screen; also used at a tour's stop. */
export function comparisonTools(app: App, mode: Mode): Part {
  const { t, comparing } = app.state;
  if (!comparing) return nothing;
  if (mode === 'side') return html`<p class="quiet">${t('side.hint')}</p>`;
  if (mode === 'swipe') return swipeTools(app, comparing.line);
  if (mode === 'blend' || mode === 'overlay') {
    const percent = Math.round(comparing.position * 100);
    return slider({
      label: t(`fade.${mode}`),
      text: `${percent} %`,
      value: percent,
      min: 0,
      max: 100,
      step: 1,
      input: (value) => app.comparing.adjust({ position: value / 100 }),
    });
  }
  return changeTools(app, comparing);
}

/** The printable report of a measured pair, in the language on screen where the site has it. */
function conditionReport(app: App, entry: ComparisonEntry): Part {
  const { t, base, language } = app.state;
  const page = entry.reports?.[language] ?? Object.values(entry.reports ?? {})[0];
  return page
    ? html`<a class="button" href=${base + page} target="_blank">${icon('report')}${t('compare.report')}</a>`
    : nothing;
}

export function comparePanel(
  app: App,
  monument: MonumentEntry,
  left: string,
  right: string,
  mode: Mode,
): Bands {
  const { state } = app;
  const { t } = state;
  const all = conditionsOf(monument);
  const go = (l: string, r: string, m: Mode) => {
    const [a, b] = [shownById(monument, l), shownById(monument, r)];
    const possible =
      m === 'change' ? a && b && measured(monument, a, b) : m !== 'overlay' || (a?.epoch && b?.state);
    const { look } = app.comparing;
    // How far the colours reach is right for the figures of one pair.
    const range_m = l === left && r === right ? look.range_m : null;
    const route = { view: 'compare', monument: monument.id, left: l, right: r } as const;
    app.address.go({ ...route, mode: possible ? m : 'swipe' }, { ...look, range_m });
  };
  const choice = (label: string, value: string, change: (id: string) => void) => html`<label>
    <span>${label}</span>
    <select .value=${value} @change=${(event: Event) => change((event.target as HTMLSelectElement).value)}>
      ${all.map((shown) => html`<option value=${idOf(shown)} ?selected=${idOf(shown) === value}>${conditionName(state, monument, shown)}</option>`)}
    </select>
  </label>`;
  const [a, b] = [shownById(monument, left), shownById(monument, right)];
  const entry = a && b && measured(monument, a, b);
  return {
    label: t('compare'),
    head: html`${crumb(href({ view: 'monument', monument: monument.id }), told(state, monument.title))}
      <h1 tabindex="-1">${t('compare.title')}</h1>`,
    body: html`<div class="pair">
        ${choice(t('compare.left'), left, (id) => go(id, id === right ? left : right, mode))}
        <button type="button" class="tool" aria-label=${t('compare.swap')} title=${t('compare.swap')} @click=${() => go(right, left, mode)}>
          ${icon('swap')}
        </button>
        ${choice(t('compare.right'), right, (id) => go(id === left ? right : left, id, mode))}
      </div>
      <fieldset class="segments four" role="radiogroup" aria-label=${t('compare.mode')}>
        ${MODES.filter((m) => m !== 'overlay' || mode === m || (a?.epoch && b?.state)).map(
          (m) => html`<label title=${m === 'change' && !entry ? t('change.none') : nothing}>
            <input
              type="radio"
              name="mode"
              .checked=${m === mode}
              ?disabled=${m === 'change' && !entry}
              @change=${() => go(left, right, m)}
            />${m === 'overlay' ? ownIcon(overlay) : icon(m)}<span>${t(`mode.${m}`)}</span>
          </label>`,
        )}
      </fieldset>
      ${comparisonTools(app, mode)} ${interpretation(app)}
      <div class="buttons headset">${inHeadset(app)}</div>`,
    foot: entry ? conditionReport(app, entry) : nothing,
  };
}
