/** Lines and points over the scene, moved as the camera moves; in two panes they are drawn in both. */
import { LitElement, nothing, svg } from 'lit';
import type { App } from '../app/app.ts';
import { monumentOf } from '../app/state.ts';
import { direction, point } from '../core/frames.ts';
import type { Mark } from '../core/marks.ts';
import { eyeOf } from '../core/orbit.ts';
import { dot, sub } from '../core/vec.ts';

export interface Place {
  x: number;
  y: number;
}

type Painter = (mark: Mark, on: readonly (Place | null)[], d: string, middle: Place) => unknown;
/** Ways to draw a kind of mark that come with the code that makes it, so that the first screen does not wait for them. */
export const painters: Partial<Record<Mark['kind'], Painter>> = {};

export class Marks extends LitElement {
  static override properties = { app: { attribute: false }, state: { attribute: false } };
  declare app: App;
  declare state: App['state'];

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /** The camera has moved. */
  follow(): void {
    if (this.state?.marks.length) this.requestUpdate();
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
    const seen = on.filter((p) => p !== null);
    if (seen.length === 0) return nothing;
    const middle = (axis: 'x' | 'y') => seen.reduce((sum, p) => sum + p[axis], 0) / seen.length;
    const lines = mark.lines.flatMap(([i, j]) => {
      const [a, b] = [on[i], on[j]];
      return a && b ? [`M${a.x.toFixed(1)} ${a.y.toFixed(1)}L${b.x.toFixed(1)} ${b.y.toFixed(1)}`] : [];
    });
    const d = lines.join('');
    const paint = painters[mark.kind];
    if (paint) return paint(mark, on, d, { x: middle('x'), y: middle('y') });
    return svg`<g class=${mark.kind}>
      <path class="under" d=${d}></path><path d=${d}></path>
      ${mark.dots ? seen.map((p) => svg`<circle cx=${p.x} cy=${p.y} r="5"></circle>`) : nothing}
      ${mark.text ? svg`<text x=${middle('x')} y=${middle('y')} text-anchor="middle" dy="-10">${mark.text}</text>` : nothing}
    </g>`;
  }
}

customElements.define('heritage-marks', Marks);
