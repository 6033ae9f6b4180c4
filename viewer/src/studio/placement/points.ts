/** Control points: a spot clicked in the scene and on the map, its role, and how far the tried place is from it. */
import { html, nothing } from 'lit';
import { metres } from '../../core/format.ts';
import type { Vec3 } from '../../core/vec.ts';
import { icon } from '../../ui/icons.ts';
import type { Part } from '../../ui/parts.ts';
import { button, iconButton, line, numeral, select } from '../ui/parts.ts';
import type { Placing } from './placing.ts';
import type { Pair } from './registration.ts';

const LEAST = 3;

export function pointsForm(placing: Placing): Part {
  const { t, language } = placing.studio.state;
  const { pins, standing } = placing;
  const { asking, pairs, controls } = pins;
  const { points: used } = standing.plan;
  return html`<p class="quiet">${t('place.points.help')}</p>
    ${
      used.length > 0 && pairs.length === 0
        ? html`<table><caption>${t('place.points.present')}</caption><tbody>
            ${used.map(
              ({ name, use, length_m }) =>
                html`<tr><th scope="row">${name}</th><td>${t(`place.use.${use}`)}</td><td>${metres(length_m, language)}</td></tr>`,
            )}</tbody></table>`
        : nothing
    }
    <ol class="place-points">${pairs.map((pair, k) => point(placing, pair, k))}</ol>
    <div class="buttons">
      ${button({ text: t(asking ? 'place.points.stop' : 'place.points.add'), icon: icon(asking ? 'close' : 'plus'), disabled: !placing.mayDecide || !placing.studio.staging.release, press: () => pins.add() })}
      ${button({ text: t('place.fit'), icon: icon('near'), disabled: placing.trials.busy !== null || controls < LEAST || !placing.mayDecide, press: () => void placing.ask('gcp') })}
    </div>
    ${pairs.length > 0 && controls < LEAST ? html`<p class="quiet">${t('place.points.more', { n: LEAST - controls })}</p>` : nothing}`;
}

function point(placing: Placing, pair: Pair, k: number): Part {
  const { t, language } = placing.studio.state;
  const { pins } = placing;
  const { at, placed } = pins.placed(pair);
  const { found } = placing.trials;
  const fitted = found?.kind === 'gcp' ? found.trial.plan.points : [];
  const residual = fitted.find((one) => one.name === pair.name);
  const length = residual?.length_m ?? (at && Math.hypot(at[0] - placed[0], at[1] - placed[1]));
  const number = (label: string, key: 'at_m' | 'crs_m', n: 0 | 1 | 2) =>
    numeral(
      label,
      pair[key]?.[n] ?? null,
      { min: -1e8, max: 1e8, step: 0.001, unit: 'm' },
      (value) =>
        value !== null &&
        pair[key] &&
        pins.change(k, { [key]: pair[key].map((v, i) => (i === n ? value : v)) as unknown as Vec3 }),
    );
  return html`<li><fieldset>
    <legend>${pair.name}</legend>
    <p class="place-residual ${residual?.use === 'blunder' ? 'problem' : ''}">
      ${length === null ? t('place.ask.map') : html`<strong>${metres(length, language)}</strong> ${residual ? t(`place.use.${residual.use}`) : t('place.points.now')}`}</p>
    <div class="row">
      ${line(t('place.points.name'), pair.name, (name) => name.trim() && pins.change(k, { name: name.trim() }))}
      ${select(
        t('place.points.role'),
        pair.role,
        (['control', 'check'] as const).map((role) => ({ value: role, text: t(`place.use.${role}`) })),
        (role) => pins.change(k, { role: role as Pair['role'] }),
      )}
      ${iconButton(icon('trash'), t('take.away', { what: pair.name }), () => pins.remove(k), { className: 'remove' })}
    </div>
    <details><summary>${t('place.points.numbers')}</summary>
      <div class="row">${number('x', 'at_m', 0)} ${number('y', 'at_m', 1)} ${number('z', 'at_m', 2)}</div>
      ${pair.crs_m ? html`<div class="row">${number('X', 'crs_m', 0)} ${number('Y', 'crs_m', 1)} ${number('Z', 'crs_m', 2)}</div>` : nothing}
    </details>
  </fieldset></li>`;
}
