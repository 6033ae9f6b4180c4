/** What one draws with: a brush of balls or a lasso, from which labels to which; and a brush by numbers. */
import { html, nothing, type TemplateResult } from 'lit';
import brush from 'lucide-static/icons/brush.svg?raw';
import lasso from 'lucide-static/icons/lasso.svg?raw';
import type { Vec3 } from '../../core/vec.ts';
import { ownIcon } from '../../ui/icons.ts';
import type { Part } from '../../ui/parts.ts';
import type { Studio } from '../studio.ts';
import { studioIcon } from '../ui/icons.ts';
import { button, numeral, section, select } from '../ui/parts.ts';
import type { Cleaning } from './desk.ts';
import type { Tool } from './drawing.ts';
import type { Label } from './region.ts';

const ICONS: Record<Tool, TemplateResult> = {
  look: studioIcon('hand'),
  brush: ownIcon(brush),
  lasso: ownIcon(lasso),
};
const WAS: readonly Label[] = [
  'vegetation',
  'outlier',
  'fragment',
  'halo',
  'ground',
  'low_confidence',
  'kept',
];
const BECOMES: readonly Label[] = ['kept', 'vegetation', 'ground', 'outlier', 'fragment', 'halo'];

export function tools(studio: Studio, desk: Cleaning): Part {
  const { t } = studio.state;
  const { cloud } = desk;
  const { settings } = desk.drawing;
  return html`<div class="scene-tools" role="toolbar" aria-label=${t('cleaning.tools')}>
    ${(['look', 'brush', 'lasso'] as const).map((tool) =>
      button({
        text: t(`cleaning.tool.${tool}`),
        icon: ICONS[tool],
        pressed: settings.tool === tool,
        disabled: !cloud,
        press: () => desk.drawing.set({ tool }),
      }),
    )}
    <span class="spread"></span>
    <p class="quiet">${t('cleaning.says', { was: settings.was.map((one) => t(`cleaning.label.${one}`)).join(', '), becomes: t(`cleaning.label.${settings.becomes}`) })}</p>
  </div>`;
}

export function toolForm(studio: Studio, desk: Cleaning): Part {
  const { t } = studio.state;
  const { cloud } = desk;
  const { settings } = desk.drawing;
  if (!cloud) return nothing;
  const { was, becomes } = settings;
  const change = (label: Label, on: boolean) => {
    const next = WAS.filter((one) => (one === label ? on : was.includes(one)));
    if (next.length > 0) desk.drawing.set({ was: next });
    else studio.onState(); // one at least: the box is ticked again
  };
  return html`${section(
    t('cleaning.what'),
    html`<fieldset class="ticks">
        <legend>${t('cleaning.was')}</legend>
        ${WAS.map(
          (label) => html`<label>
            <input
              type="checkbox"
              .checked=${was.includes(label)}
              ?disabled=${label === becomes}
              @change=${(event: Event) => change(label, (event.target as HTMLInputElement).checked)}
            /><span>${t(`cleaning.label.${label}`)}</span></label>`,
        )}
      </fieldset>
      ${select(
        t('cleaning.becomes'),
        becomes,
        BECOMES.map((value) => ({ value, text: t(`cleaning.label.${value}`) })),
        (value) => {
          const left = was.filter((one) => one !== value);
          desk.drawing.set({ becomes: value as Label, was: left.length > 0 ? left : [becomes] });
        },
      )}`,
  )}
  ${section(
    t('cleaning.tool.brush'),
    html`${length(studio, t('cleaning.radius'), settings.radius_m, (radius_m) => desk.drawing.set({ radius_m }))}
      ${numbers(studio, desk)}`,
  )}
  ${section(
    t('cleaning.tool.lasso'),
    html`<div class="choice" role="radiogroup" aria-label=${t('cleaning.depth')}>
        ${([true, false] as const).map(
          (seen) => html`<label>
            <input type="radio" name="depth" .checked=${settings.seen === seen} @change=${() => desk.drawing.set({ seen })} />
            <span>${t(seen ? 'cleaning.seen' : 'cleaning.through')}</span></label>`,
        )}
      </div>
      ${settings.seen ? length(studio, t('cleaning.behind'), settings.behind_m, (behind_m) => desk.drawing.set({ behind_m })) : nothing}
      ${numeral(t('cleaning.far'), settings.far_m, { min: 0.01, max: 10_000, step: 0.01, unit: 'm' }, (far_m) => desk.drawing.set({ far_m }))}
      <p class="quiet">${t(settings.seen ? 'cleaning.seen.help' : 'cleaning.through.help')}</p>`,
  )}`;
}

const length = (studio: Studio, name: string, value: number, take: (value: number) => void): Part =>
  numeral(name, value, { min: 0.001, max: 1000, step: 0.001, unit: 'm' }, (next) =>
    next === null ? studio.onState() : take(next),
  );

/** The brush without a pointer: its place in numbers. */
function numbers(studio: Studio, desk: Cleaning): Part {
  const { t } = studio.state;
  const { drawing } = desk;
  return html`<fieldset class="box">
    <legend>${t('cleaning.place')}</legend>
    <div class="row">
      ${(['x', 'y', 'z'] as const).map((axis, k) =>
        numeral(axis, drawing.at[k]!, { min: -10_000, max: 10_000, step: 0.001, unit: 'm' }, (value) => {
          drawing.at = drawing.at.map((c, j) => (j === k ? (value ?? 0) : c)) as unknown as Vec3;
          studio.onState();
        }),
      )}
    </div>
    ${button({
      text: t('cleaning.middle'),
      press: () => {
        drawing.at = desk.cloud!.sight.middle();
        studio.onState();
      },
    })}
    ${button({
      kind: 'main',
      text: t('cleaning.dab'),
      press: () => {
        drawing.ball();
        desk.keep();
      },
    })}
  </fieldset>`;
}
