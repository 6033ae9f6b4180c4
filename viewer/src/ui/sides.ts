/** What each of two conditions on one screen is, said on its side; and the line between two panes. */
import { html, nothing } from 'lit';
import type { App } from '../app/app.ts';
import { monumentOf } from '../app/state.ts';
import { legend } from './legend.ts';
import { type Part, standing } from './parts.ts';
import { styled } from './styled.ts';

/** The names of both conditions where they are seen: left and right, or above and below a lying line. */
export function sides(app: App): Part {
  const { comparing } = app.state;
  const { mode } = app.comparing;
  const monument = monumentOf(app.state);
  const stage = app.view?.stage;
  if (!comparing || !monument || !stage || (mode !== 'swipe' && mode !== 'side')) return nothing;
  const [, second] = stage.layout.panes;
  const above = mode === 'side' ? second?.rect.x === 0 : comparing.line === 'lying';
  const places = above ? ['above', 'below'] : ['left', 'right'];
  return html`${[comparing.left, comparing.right].map((shown, i) => {
    const { interpreted, brief } = standing(app.state, monument, shown);
    return html`<div class="side ${places[i]} ${interpreted ? 'interpreted' : ''}">
      <p><span class="swatch ${interpreted ? 'interpreted' : ''}"></span><span>${brief}</span></p>
      ${
        interpreted
          ? legend(
              app,
              app.interpreting.states.filter((s) => s.id === shown.state),
            )
          : nothing
      }
    </div>`;
  })}`;
}

/** Two panes beside or above each other: their names and the line between them. */
export function sideBySide(app: App): Part {
  const [, second] = app.view?.stage.layout.panes ?? [];
  if (!second) return nothing;
  const { x, y } = second.rect;
  const place: Record<string, string> =
    x > 0
      ? { left: `${x}px`, top: '0', width: '2px', height: '100%' }
      : { left: '0', top: `${y}px`, width: '100%', height: '2px' };
  return html`<div class="divider" aria-hidden="true" ${styled(place)}></div>
    ${sides(app)}`;
}
