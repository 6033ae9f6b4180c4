/** What lies over the scene: the hand's strokes, and where the regions are. */
import { html, nothing, svg } from 'lit';
import type { Part } from '../../ui/parts.ts';
import type { Studio } from '../studio.ts';
import type { Drawn } from './cloud.ts';
import type { Cleaning } from './desk.ts';
import type { Vec2 } from './region.ts';

const HOVER_MS = 60;

/** The line that is drawn, and the ball under the pointer; of one hand, for there is one page. */
let line: Vec2[] = [];
let cursor: Drawn | null = null;
let hovered = 0;

export function over(studio: Studio, desk: Cleaning): Part {
  const { cloud, settings, draft, chosen } = desk;
  if (!cloud) return nothing;
  const one = desk.now.corrections.find((c) => c.id === chosen);
  const marks = draft ? cloud.drawn(draft.correction) : one ? cloud.drawn(desk.here(one)) : [];
  const drawing = settings.tool !== 'look';
  const { width, height } = cloud.window;
  return html`<svg
    class="cleaning-over ${settings.tool}"
    viewBox="0 0 ${width} ${height}"
    aria-hidden="true"
    @pointerdown=${drawing ? (event: PointerEvent) => begin(studio, desk, event) : nothing}
    @pointermove=${drawing ? (event: PointerEvent) => move(studio, desk, event) : nothing}
    @pointerup=${drawing ? () => end(studio, desk) : nothing}
    @pointercancel=${drawing ? () => stop(studio, desk) : nothing}
    @pointerleave=${() => {
      cursor = null;
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
  line = [];
  desk.drop();
  trace(studio, desk, event);
}

function move(studio: Studio, desk: Cleaning, event: PointerEvent): void {
  if ((event.currentTarget as Element).hasPointerCapture(event.pointerId)) {
    trace(studio, desk, event);
    return;
  }
  const now = performance.now();
  if (desk.settings.tool !== 'brush' || now - hovered < HOVER_MS) return;
  hovered = now;
  const at = desk.cloud!.pick(...placeOf(event));
  cursor = at ? desk.cloud!.ball(at, desk.settings.radius_m) : null;
  studio.onState();
}

function trace(studio: Studio, desk: Cleaning, event: PointerEvent): void {
  cursor = null;
  if (desk.settings.tool === 'brush') desk.stroke(...placeOf(event));
  else {
    line.push(placeOf(event));
    studio.onState();
  }
}

function end(studio: Studio, desk: Cleaning): void {
  if (desk.settings.tool === 'lasso') desk.draw(line);
  line = [];
  if (desk.draft) desk.keep();
  studio.onState();
}

function stop(studio: Studio, desk: Cleaning): void {
  line = [];
  desk.drop();
  studio.onState();
}
