/** Two people have changed the same thing: both sides beside each other, and a person decides. */
import { html, nothing } from 'lit';
import { icon } from '../../ui/icons.ts';
import type { Part } from '../../ui/parts.ts';
import { stopOfField } from '../core/fields.ts';
import type { Clash } from '../core/merge.ts';
import { titleOf } from '../core/tour.ts';
import type { Editing } from '../editing.ts';
import type { Studio } from '../studio.ts';
import { fieldName } from './difference.ts';
import { button, plainly } from './parts.ts';

export function clashes(studio: Studio, editing: Editing): Part {
  const { t, language } = studio.state;
  const all = editing.saver.clashes;
  if (all.length === 0) return nothing;
  return html`<section class="clashes" role="alertdialog" aria-labelledby="clash-title">
    <h2 id="clash-title" tabindex="-1">${icon('warning')} ${t('clash.title', { n: all.length })}</h2>
    <p>${t('clash.help')}</p>
    ${all.map((clash) => {
      const stop = stopOfField(clash.field);
      const where = stop ? titleOf(editing.now, stop, language) : t('group.tour');
      const name = `${where}: ${fieldName(studio, clash.field)}`;
      return html`<article>
        <h3>${name}</h3>
        <div class="sides two">
          ${side(studio, editing, clash, 'mine', t('clash.mine'), name)}
          ${side(studio, editing, clash, 'theirs', clash.who ? t('clash.of', { who: clash.who }) : t('clash.theirs'), name)}
        </div>
        <details><summary>${t('clash.before')}</summary><pre>${plainly(clash.base)}</pre></details>
      </article>`;
    })}
  </section>`;
}

function side(
  studio: Studio,
  editing: Editing,
  clash: Clash,
  which: 'mine' | 'theirs',
  title: string,
  name: string,
): Part {
  const { t } = studio.state;
  const value = clash[which];
  const gone = value === null || value === undefined;
  return html`<div class="side ${which}">
    <h4>${title}</h4>
    <pre>${gone ? t('clash.removed') : plainly(value)}</pre>
    ${button({
      kind: 'main',
      text: which === 'mine' ? t('clash.keep.mine') : t('clash.keep.theirs'),
      label: `${which === 'mine' ? t('clash.keep.mine') : t('clash.keep.theirs')}: ${name}`,
      press: () => editing.saver.decide(clash, which),
    })}
  </div>`;
}
