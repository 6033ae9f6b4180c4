/** Lines and points over the scene, moved as the camera moves; in two panes they are drawn in both. Fetched with the first. */
import { LitElement, nothing, svg } from 'lit';
import type { App } from '../app/app.ts';
import { hiddenMarks } from '../app/hiding.ts';
import { monumentOf } from '../app/state.ts';
import { direction, point } from '../core/frames.ts';
import { along, type Hidden } from '../core/hidden.ts';
import type { Mark } from '../core/marks.ts';
import { eyeOf } from '../core/orbit.ts';
import { dot, sub } from '../core/vec.ts';

export interface Place {
  x: number;
  y: number;
}

const REST_MS = 250;
const LEAST_SEEN = 0.25; // of a mark, for its name to stand there

/** `seen` is the share of it that is not behind the monument. */
type Painter = (mark: Mark, on: readonly (Place | null)[], d: string, middle: Place, seen: number) => unknown;
/** Ways to draw a kind of mark that come with the code that makes it, so that the first screen does not wait for them. */
export const painters: Partial<Record<Mark['kind'], Painter>> = {};

export class Marks extends LitElement {
  static override properties = { app: { attribute: false }, state: { attribute: false } };
  declare app: App;
  declare state: App['state'];

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /** What of the marks was behind the monument when the view last came to rest. */
  private behind: ReadonlyMap<Mark, Hidden> = new Map();

  private timer = 0;

  /** Marks have come, or the camera has moved: once all rests, find out what is behind the monument. */
  private rest(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.checkHidden(), REST_MS);
  }

  private checkHidden(): void {
    const { app, state } = this;
    const monument = state && monumentOf(state);
    if (!monument || !app.view || state.marks.length === 0) return;
    this.behind = hiddenMarks(app.view, monument, state.marks);
    this.requestUpdate();
  }

  protected override firstUpdated(): void {
    this.rest();
  }

  /** The camera has moved. */
  follow(): void {
    if (!this.state?.marks.length) return;
    this.requestUpdate();
    this.rest();
  }

  protected override updated(changed: Map<string, unknown>): void {
    const before = changed.get('state') as App['state'] | undefined;
    if (before && before.marks !== this.state.marks && this.state.marks.length > 0) this.rest();
  }

  protected override render(): unknown {
    const { app, state } = this;
    const monument = monumentOf(state);
    const stage = app.view?.stage;
    if (!monument || !stage || state.marks.length === 0) return nothing;
    const m = monument.placement.site_from_monument;
    const { width, height } = stage.viewport;
    const eye = eyeOf(app.view!.rig.orbit);
    const seen = ({ facing: f }: Mark) => !f || dot(direction(m, f.normal), sub(eye, point(m, f.at))) > 0;
    return svg`<svg class="marks" viewBox="0 0 ${width} ${height}" aria-hidden="true">
      ${stage.layout.panes.map((pane, i) => {
        const { x, y, width: w, height: h } = pane.rect;
        return svg`<svg x=${x} y=${y} width=${w} height=${h} viewBox="${x} ${y} ${w} ${h}">
          ${state.marks.filter(seen).map((mark) => this.mark(mark, (p) => stage.project(point(m, p), i)))}
        </svg>`;
      })}
    </svg>`;
  }

  private mark(mark: Mark, project: (p: Mark['points'][number]) => Place | null): unknown {
    const on = mark.points.map(project);
    const there = on.filter((p) => p !== null);
    if (there.length === 0) return nothing;
    const middle = (axis: 'x' | 'y') => there.reduce((sum, p) => sum + p[axis], 0) / there.length;
    const at = { x: middle('x'), y: middle('y') };
    const hidden = this.behind.get(mark);
    const seen = hidden?.seen ?? 1;
    const [d, behind] = drawn(mark, on, project, hidden);
    const dots = on.map((p, i) => (hidden?.points[i] ? null : p));
    const text = seen > LEAST_SEEN ? mark.text : null;
    const paint = painters[mark.kind];
    return svg`${behind ? svg`<path class="behind" d=${behind}></path>` : nothing}${
      paint
        ? paint({ ...mark, text }, dots, d, at, seen)
        : svg`<g class=${mark.kind}>
      <path class="under" d=${d}></path><path d=${d}></path>
      ${mark.dots ? dots.map((p) => (p ? svg`<circle cx=${p.x} cy=${p.y} r="5"></circle>` : nothing)) : nothing}
      ${text ? svg`<text x=${at.x} y=${at.y} text-anchor="middle" dy="-10">${text}</text>` : nothing}
    </g>`
    }`;
  }
}

/** The paths of a mark's lines: what is seen of them, and what is behind the monument. */
function drawn(
  mark: Mark,
  on: readonly (Place | null)[],
  project: (p: Mark['points'][number]) => Place | null,
  hidden: Hidden | undefined,
): [string, string] {
  const paths: [string, string] = ['', ''];
  const piece = (a: Place | null | undefined, b: Place | null | undefined, behind: boolean) => {
    if (a && b)
      paths[behind ? 1 : 0] += `M${a.x.toFixed(1)} ${a.y.toFixed(1)}L${b.x.toFixed(1)} ${b.y.toFixed(1)}`;
  };
  mark.lines.forEach(([i, j], line) => {
    const pieces = hidden?.lines[line];
    if (!pieces || pieces.every((hid) => hid === pieces[0])) {
      piece(on[i], on[j], pieces?.[0] ?? false);
      return;
    }
    const place = (k: number) => project(along(mark.points[i]!, mark.points[j]!, k / pieces.length));
    pieces.forEach((hid, k) => {
      piece(place(k), place(k + 1), hid);
    });
  });
  return paths;
}

customElements.define('heritage-marks', Marks);
