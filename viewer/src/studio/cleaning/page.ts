/** The page of a survey's cleaning: the labelled points in the middle, what was corrected of them beside it. */
import { html, nothing, type TemplateResult } from 'lit';
import labelTable from '../../../../assets/colours/labels.json';
import type { Part } from '../../ui/parts.ts';
import { styled } from '../../ui/styled.ts';
import type { Page } from '../pages.ts';
import type { Studio } from '../studio.ts';
import { clashes } from '../ui/clash.ts';
import { button } from '../ui/parts.ts';
import type { Cleaning } from './desk.ts';
import { list } from './list.ts';
import { over } from './over.ts';
import { result } from './result.ts';
import { toolForm, tools } from './tools.ts';
import './cleaning.css';

const TABS = ['stops', 'scene', 'form'] as const;
let shown: (typeof TABS)[number] = 'scene';

export const open = (studio: Studio): Page => ({
  render: () => cleaningPage(studio, studio.state.record as Cleaning),
});

function cleaningPage(studio: Studio, desk: Cleaning): TemplateResult {
  const { t } = studio.state;
  void desk.take(studio.staging.scene);
  if (desk.saver.clashes.length > 0)
    return html`<main class="documents">${clashes(studio, desk, () => '')}</main>`;
  return html`<nav class="tabs" aria-label=${t('tabs')}>
      ${TABS.map((tab) =>
        button({
          text: tab === 'stops' ? t('cleaning.corrections') : t(`tab.${tab}`),
          pressed: shown === tab,
          press: () => {
            shown = tab;
            studio.onState();
          },
        }),
      )}
    </nav>
    <main class="desk cleaning show-${shown}">
      <aside class="left" aria-label=${t('cleaning.corrections')}>${list(studio, desk)}</aside>
      <section class="middle" aria-label=${t('scene')}>
        ${tools(studio, desk)}
        <div class="stage">
          ${studio.staging.release ? over(studio, desk) : html`<p class="quiet none">${t('scene.none')}</p>`}
        </div>
        <p class="cleaning-loaded" role="status">${loaded(studio, desk)}</p>
      </section>
      <aside class="right" aria-label=${t('page.cleaning')}>
        ${toolForm(studio, desk)} ${legend(studio, desk)} ${result(studio, desk)}
      </aside>
    </main>`;
}

/** What is under the hand, and how much of the survey it is judged by. */
function loaded(studio: Studio, { made, hindrance, cloud, drawing }: Cleaning): string {
  const { t, language } = studio.state;
  const { draft } = drawing;
  const number = new Intl.NumberFormat(language);
  const older = hindrance === 'older';
  if (hindrance) return t(older ? 'cleaning.older' : 'cleaning.frame');
  if (!cloud || !made) return t('waiting');
  const all = Object.values(made.labels).reduce((sum, n) => sum + n, 0);
  const there = cloud.loaded;
  const said = t(there < all ? 'cleaning.loaded.some' : 'cleaning.loaded.all', {
    loaded: number.format(there),
    all: number.format(all),
  });
  return draft ? `${t('cleaning.draft', { points: number.format(draft.moved) })} ${said}` : said;
}

function legend(studio: Studio, desk: Cleaning): Part {
  const { t, language } = studio.state;
  const { made, drawing } = desk;
  if (!made) return nothing;
  const number = new Intl.NumberFormat(language);
  const toggle = (reason: string, on: boolean) => {
    const others = drawing.settings.hidden.filter((one) => one !== reason);
    drawing.set({ hidden: on ? others : [...others, reason] });
  };
  return html`<fieldset class="cleaning-legend">
    <legend>${t('cleaning.legend')}</legend>
    ${labelTable.labels.map(
      ({ reason, colour }) => html`<label>
        <input
          type="checkbox"
          .checked=${!drawing.settings.hidden.includes(reason)}
          @change=${(event: Event) => toggle(reason, (event.target as HTMLInputElement).checked)}
        />
        <span class="dot" ${styled({ background: `rgb(${colour.join(' ')})` })}></span>
        <span>${t(`cleaning.label.${reason}`)}</span>
        <span class="count">${number.format(made.labels[reason] ?? 0)}</span>
      </label>`,
    )}
  </fieldset>`;
}
