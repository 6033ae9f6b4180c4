/** The stops in their order: choose one, drag it by mouse, finger or arrow keys. */
import { html, nothing } from 'lit';
import { icon } from '../../ui/icons.ts';
import type { Part } from '../../ui/parts.ts';
import { styled } from '../../ui/styled.ts';
import { stopOfField } from '../core/fields.ts';
import { addStop, idsOf, moveStop, titleOf } from '../core/tour.ts';
import type { Editing } from '../editing.ts';
import type { Studio } from '../studio.ts';
import { studioIcon } from './icons.ts';
import { button } from './parts.ts';

/** A stop on its way to another place of the list. */
interface Drag {
  id: string;
  to: number;
  y: number;
  offset: number;
}

let drag: Drag | null = null;

export const initials = (name: string): string =>
  name
    .split(/\s+/)
    .map((part) => part.charAt(0))
    .slice(0, 2)
    .join('')
    .toLocaleUpperCase() || '?';

export function stopList(studio: Studio, editing: Editing): Part {
  const { t, language } = studio.state;
  const tour = editing.now;
  const ids = idsOf(tour);
  const order = drag ? idsOf(moveStop(tour, drag.id, drag.to)) : ids;
  return html`<div class="stops-head"><h2>${t('stops')}</h2></div>
    <ol class="stops">
      ${order.map((id, k) => stopLine(studio, editing, id, k, titleOf(tour, id, language)))}
    </ol>
    <div class="stops-foot">
      ${button({ kind: 'main', icon: icon('plus'), text: t('stop.add'), press: () => add(studio, editing) })}
      <p class="quiet">${studio.staging.scene ? t('stop.add.help') : t('stop.add.blind')}</p>
    </div>`;
}

/** A new stop from the present view, showing what is shown. */
function add(studio: Studio, editing: Editing): void {
  const { annotation: _open, ...given } = studio.staging.scene?.now() ?? { annotation: null };
  const { tour, id } = addStop(editing.now, editing.stop, given, editing.mark);
  editing.do(tour, { key: 'step.add' });
  editing.choose(id);
  if (studio.state.mode === 'explore') void studio.staging.go('make');
}

function stopLine(studio: Studio, editing: Editing, id: string, k: number, title: string): Part {
  const { t } = studio.state;
  const chosen = id === editing.stop;
  const found = editing.foundAt(id).length;
  const here = editing.others.filter((one) => one.stop === id);
  const clashes = editing.saver.clashes.filter((c) => stopOfField(c.field) === id).length;
  const dragged = drag?.id === id;
  return html`<li
    class="stop ${chosen ? 'chosen' : ''} ${dragged ? 'dragged' : ''}"
    data-stop=${id}
    ${styled({ '--drag': dragged ? `${drag!.offset}px` : '0px' })}
  >
    <button type="button" class="choose" aria-current=${chosen ? 'true' : nothing} @click=${() => editing.choose(id)}>
      <span class="number">${k + 1}</span>
      <span class="name">${title}</span>
      ${
        found > 0
          ? html`<span class="badge" title=${t('findings.count', { n: found })}>${icon('warning')}<span class="visually-hidden">${t('findings.count', { n: found })}</span></span>`
          : nothing
      }
      ${clashes > 0 ? html`<span class="badge clash">${t('clash.short')}</span>` : nothing}
      ${here.map(
        (one) =>
          html`<span class="person" title=${t('here.stop', { who: one.name })}><span aria-hidden="true">${initials(one.name)}</span><span class="visually-hidden">${t('here.stop', { who: one.name })}</span></span>`,
      )}
    </button>
    <button
      type="button"
      class="handle"
      aria-label=${t('stop.move', { title })}
      title=${t('stop.move.help')}
      @keydown=${(event: KeyboardEvent) => byKey(studio, editing, event, id, k)}
      @pointerdown=${(event: PointerEvent) => grab(event, id, k)}
      @pointermove=${(event: PointerEvent) => pull(studio, event)}
      @pointerup=${() => drop(studio, editing)}
      @pointercancel=${() => letGo(studio)}
    >${studioIcon('grip')}</button>
  </li>`;
}

function byKey(studio: Studio, editing: Editing, event: KeyboardEvent, id: string, k: number): void {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!step) return;
  event.preventDefault();
  editing.do(moveStop(editing.now, id, Math.max(0, k + step)), { key: 'step.move' });
  const { t, language } = studio.state;
  const place = idsOf(editing.now).indexOf(id) + 1;
  studio.set({ notice: t('stop.moved', { title: titleOf(editing.now, id, language), n: place }) });
  // The line has moved with its handle: the keyboard stays on it.
  setTimeout(() => document.querySelector<HTMLElement>(`[data-stop="${id}"] .handle`)?.focus(), 0);
}

function grab(event: PointerEvent, id: string, k: number): void {
  (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
  drag = { id, to: k, y: event.clientY, offset: 0 };
}

function pull(studio: Studio, event: PointerEvent): void {
  if (!drag) return;
  const lines = [...document.querySelectorAll<HTMLElement>('.stops .stop')];
  const height = lines[0]?.offsetHeight ?? 1;
  const steps = Math.round((event.clientY - drag.y) / height);
  const at = Math.max(0, Math.min(lines.length - 1, drag.to + steps));
  const moved = at - drag.to;
  drag = { ...drag, to: at, y: drag.y + moved * height, offset: event.clientY - drag.y - moved * height };
  studio.onState();
}

function drop(studio: Studio, editing: Editing): void {
  if (!drag) return;
  const { id, to } = drag;
  drag = null;
  editing.do(moveStop(editing.now, id, to), { key: 'step.move' });
  studio.onState();
}

function letGo(studio: Studio): void {
  drag = null;
  studio.onState();
}
