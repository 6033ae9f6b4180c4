/** What is on screen, measured or interpreted: always said, at the top of the scene. */
import { html, nothing } from 'lit';
import type { App } from '../app/app.ts';
import { conditionName, monumentOf, shownNow } from '../app/state.ts';
import { legend } from './legend.ts';
import { type Part, standing } from './parts.ts';

const chip = (
  interpreted: boolean,
  text: string,
  more: Part = nothing,
): Part => html`<div class="claim ${interpreted ? 'interpreted' : ''}">
  <p><span class="swatch ${interpreted ? 'interpreted' : ''}"></span><span>${text}</span></p>
  ${more}
</div>`;

export function claim(app: App): Part {
  const { state } = app;
  const { mode } = app.comparing;
  const monument = monumentOf(state);
  if (!monument || mode === 'swipe' || mode === 'side' || state.status !== 'ready') return nothing;
  const { states } = app.interpreting;
  const patterns = states.length > 0 ? legend(app, states) : nothing;
  if (mode && state.comparing) {
    const { left, right } = state.comparing;
    if (mode === 'change') {
      const [a, b] = [left, right].map((shown) => conditionName(state, monument, shown));
      return chip(false, state.t('claim.change', { left: a!, right: b! }));
    }
    const [l, r] = [left, right].map((shown) => standing(state, monument, shown));
    const between = mode === 'overlay' ? '+' : '→';
    return chip(l!.interpreted || r!.interpreted, `${l!.text} ${between} ${r!.text}`, patterns);
  }
  const { interpreted, text } = standing(state, monument, shownNow(state, monument));
  return chip(interpreted, text, patterns);
}
