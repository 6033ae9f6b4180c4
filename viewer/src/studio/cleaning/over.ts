/** What lies over the scene: the hand's strokes, and where the regions are. */
import { html, nothing, svg } from 'lit';
import type { Part } from '../../ui/parts.ts';
import type { Studio } from '../studio.ts';
import type { Cleaning } from './desk.ts';
import type { Vec2 } from './region.ts';
import type { Drawn } from './sight.ts';

const HOVER_MS = 60;

let hovered = 0;

export function over(studio: Studio, desk: Cleaning): Part {
  const { cloud, drawing, chosen } = desk;
  const { settings, draft, line, cursor } = drawing;
  if (!cloud) return nothing;
  const one = desk.now.corrections.find((c) => c.id === chosen);
  const marks = draft ? cloud.sight.drawn(draft.correction) : one ? cloud.sight.drawn(desk.here(one)) : [];
  const held = settings.tool !== 'look';
  const { width, height } = cloud.sight.window;
  return html`<svg
    class="cleaning-over ${settings.tool}"
    viewBox="0 0 ${width} ${height}"
    aria-hidden="true"
    @pointerdown=${held ? (event: PointerEvent) => begin(studio, desk, event) : nothing}
    @pointermove=${held ? (event: PointerEvent) => move(studio, desk, event) : nothing}
    @pointerup=${held ? () => end(studio, desk) : nothing}
    @pointercancel=${held ? () => stop(studio, desk) : nothing}
    @pointerleave=${() => {
      drawing.cursor = null;
      studio.onState();
    }}
    @wheel=${(event: WheelEvent) => cloud.zoom(event.deltaY < 0)}
  >
    ${marks.map(shape)} ${cursor && settings.tool === 'brush' ? shape(cursor) : nothing}
    ${line.length > 1 ? svg`<path class="line" d=${pathOf(line)}></path>` : nothing}
  </svg>`;
}

const pathOf = (path: readonly Vec2[]) =>
  `M${path.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L')}`;
const shape = (mark: Drawn) =>
  mark.kind === 'ball'
    ? svg`<circle cx=${mark.x} cy=${mark.y} r=${mark.r}></circle>`
    : svg`<path d=${`${pathOf(mark.path)}Z`}></path>`;
const placeOf = (event: PointerEvent): Vec2 => [event.offsetX, event.offsetY];

function begin(studio: Studio, desk: Cleaning, event: PointerEvent): void {
  if (event.button !== 0) return;
  (event.currentTarget as Element).setPointerCapture(event.pointerId);
  desk.drawing.line = [];
  desk.drawing.drop();
  trace(studio, desk, event);
}

function move(studio: Studio, desk: Cleaning, event: PointerEvent): void {
  if ((event.currentTarget as Element).hasPointerCapture(event.pointerId)) {
    trace(studio, desk, event);
    return;
  }
  const now = performance.now();
  if (desk.drawing.settings.tool !== 'brush' || now - hovered < HOVER_MS) return;
  hovered = now;
  const at = desk.cloud!.pick(...placeOf(event));
  desk.drawing.cursor = at ? desk.cloud!.sight.ball(at, desk.drawing.settings.radius_m) : null;
  studio.onState();
}

function trace(studio: Studio, desk: Cleaning, event: PointerEvent): void {
  desk.drawing.cursor = null;
  if (desk.drawing.settings.tool === 'brush') desk.drawing.stroke(...placeOf(event));
  else {
    desk.drawing.line.push(placeOf(event));
    studio.onState();
  }
}

function end(studio: Studio, desk: Cleaning): void {
  if (desk.drawing.settings.tool === 'lasso') desk.drawing.lasso();
  desk.drawing.line = [];
  if (desk.drawing.draft) desk.keep();
  studio.onState();
}

function stop(studio: Studio, desk: Cleaning): void {
  desk.drawing.line = [];
  desk.drawing.drop();
  studio.onState();
}
