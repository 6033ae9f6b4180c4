/** Two people have changed the same thing: both sides beside each other, and a person decides. */
import { html, nothing } from 'lit';
import { icon } from '../../ui/icons.ts';
import type { Part } from '../../ui/parts.ts';
import { stopOfField } from '../core/fields.ts';
import type { Clash } from '../core/merge.ts';
import type { Studio } from '../studio.ts';
import { fieldName } from './difference.ts';
import { button, plainly } from './parts.ts';

type Deciding = {
  readonly clashes: readonly Clash[];
  decide: (clash: Clash, choice: 'mine' | 'theirs') => void;
};
type Desk = { readonly saver: Deciding };

/** `stopName`: what a stop is called. */
export function clashes(studio: Studio, { saver }: Desk, stopName: (stop: string) => string): Part {
  const { t } = studio.state;
  const all = saver.clashes;
  if (all.length === 0) return nothing;
  return html`<section class="clashes" role="alertdialog" aria-labelledby="clash-title">
    <h2 id="clash-title" tabindex="-1">${icon('warning')} ${t('clash.title', { n: all.length })}</h2>
    <p>${t('clash.help')}</p>
    ${all.map((clash) => {
      const stop = stopOfField(clash.field);
      const name = [stop && stopName(stop), fieldName(studio, clash.field)].filter(Boolean).join(': ');
      return html`<article>
        <h3>${name}</h3>
        <div class="columns two">
          ${side(studio, saver, clash, 'mine', t('clash.mine'), name)}
          ${side(studio, saver, clash, 'theirs', clash.who ? t('clash.of', { who: clash.who }) : t('clash.theirs'), name)}
        </div>
        <details><summary>${t('clash.before')}</summary><pre>${plainly(clash.base)}</pre></details>
      </article>`;
    })}
  </section>`;
}

function side(
  studio: Studio,
  saver: Deciding,
  clash: Clash,
  which: 'mine' | 'theirs',
  title: string,
  name: string,
): Part {
  const { t } = studio.state;
  const value = clash[which];
  const gone = value === null || value === undefined;
  return html`<div class="column ${which}">
    <h4>${title}</h4>
    <pre>${gone ? t('clash.removed') : plainly(value)}</pre>
    ${button({
      kind: 'main',
      text: which === 'mine' ? t('clash.keep.mine') : t('clash.keep.theirs'),
      label: `${which === 'mine' ? t('clash.keep.mine') : t('clash.keep.theirs')}: ${name}`,
      press: () => saver.decide(clash, which),
    })}
  </div>`;
}
