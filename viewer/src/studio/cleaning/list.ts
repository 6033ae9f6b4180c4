/** The corrections of a survey, in the order in which they hold. */
import { html, nothing } from 'lit';
import type { Part } from '../../ui/parts.ts';
import type { Studio } from '../studio.ts';
import { button, line } from '../ui/parts.ts';
import type { Cleaning } from './desk.ts';
import type { Correction } from './region.ts';

export function list(studio: Studio, desk: Cleaning): Part {
  const { t } = studio.state;
  const all = desk.now.corrections;
  const { gone } = desk;
  return html`<h2>${t('cleaning.corrections')}</h2>
    ${all.length === 0 ? html`<p class="quiet">${t('cleaning.none')}</p>` : nothing}
    <ol class="cleaning-list">
      ${all.map((one) => entry(studio, desk, one))}
    </ol>
    ${gone.length > 0 ? html`<p class="quiet">${t('cleaning.gone', { n: gone.length })}</p>` : nothing}`;
}

function entry(studio: Studio, desk: Cleaning, one: Correction): Part {
  const { t } = studio.state;
  const chosen = desk.chosen === one.id;
  const says = t('cleaning.says', {
    was: one.was.map((label) => t(`cleaning.label.${label}`)).join(', '),
    becomes: t(`cleaning.label.${one.becomes}`),
  });
  return html`<li class=${chosen ? 'chosen' : ''}>
    <button
      type="button"
      class="choose"
      aria-expanded=${String(chosen)}
      @click=${() => {
        desk.chosen = chosen ? null : one.id;
        if (!chosen) desk.cloud?.sight.visit(desk.here(one));
        studio.onState();
      }}
    >
      <strong>${says}</strong>
      <span class="quiet">${region(studio, one)}</span>
      <span class="quiet">${effect(studio, desk, one)}</span>
    </button>
    ${
      chosen
        ? html`<p class="quiet">${[one.who, one.when].filter(Boolean).join(', ')}</p>
            ${line(t('cleaning.note'), one.note ?? '', (text) => desk.note(one.id, text))}
            ${button({ kind: 'danger', text: t('cleaning.remove'), press: () => desk.remove(one.id) })}`
        : nothing
    }
  </li>`;
}

function region(studio: Studio, { brush, lasso }: Correction): string {
  const { t, language } = studio.state;
  const number = new Intl.NumberFormat(language);
  if (brush)
    return t('cleaning.region.brush', {
      n: number.format(brush.at_m.length),
      radius: number.format(brush.radius_m),
    });
  return t(lasso?.seen ? 'cleaning.region.seen' : 'cleaning.region.through');
}

/** What it moves: as the build counted, or as far as is loaded here. */
function effect(studio: Studio, desk: Cleaning, one: Correction): string {
  const { t, language } = studio.state;
  const number = new Intl.NumberFormat(language);
  const built = desk.builtOf(one.id);
  if (built === 0) return t('cleaning.idle');
  if (built !== null) return t('cleaning.moved', { points: number.format(built) });
  return t('cleaning.preview', { points: number.format(desk.moved.get(one.id) ?? 0) });
}
