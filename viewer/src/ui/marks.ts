/** Lines and points over the scene, moved as the camera moves; in two panes they are drawn in both. */
import { LitElement, nothing, svg } from 'lit';
import type { App } from '../app/app.ts';
import { monumentOf } from '../app/state.ts';
import { point } from '../core/frames.ts';
import { patternPath } from '../core/mapping.ts';
import type { Mark } from '../core/marks.ts';
import { styled } from './styled.ts';

interface Place {
  x: number;
  y: number;
}

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
    return svg`<svg class="marks" viewBox="0 0 ${width} ${height}" aria-hidden="true">
      ${stage.layout.panes.map((pane, i) => {
        const { x, y, width: w, height: h } = pane.rect;
        return svg`<svg x=${x} y=${y} width=${w} height=${h} viewBox="${x} ${y} ${w} ${h}">
          ${state.marks.map((mark) => this.mark(mark, (p) => stage.project(point(m, p), i)))}
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
    if (mark.look) return this.mapped(mark, mark.look, on, d, { x: middle('x'), y: middle('y') });
    return svg`<g class=${mark.kind}>
      <path class="under" d=${d}></path><path d=${d}></path>
      ${mark.dots ? seen.map((p) => svg`<circle cx=${p.x} cy=${p.y} r="5"></circle>`) : nothing}
      ${mark.text ? svg`<text x=${middle('x')} y=${middle('y')} text-anchor="middle" dy="-10">${mark.text}</text>` : nothing}
    </g>`;
  }

  /** An annotation in its term's colour; an area is filled with its pattern where all of its outline is before the camera. */
  private mapped(
    mark: Mark,
    { colour, pattern, filled, dashed }: NonNullable<Mark['look']>,
    on: readonly (Place | null)[],
    d: string,
    { x, y }: Place,
  ): unknown {
    const id = `mapped-${pattern}-${colour.slice(1)}`;
    const whole = filled && on.every((p) => p !== null);
    const ring = on.map((p) => `${p?.x.toFixed(1)},${p?.y.toFixed(1)}`).join(' ');
    return svg`<g class="mapped">
      ${
        whole
          ? svg`<defs><pattern id=${id} width="10" height="10" patternUnits="userSpaceOnUse">
              <rect width="10" height="10" fill=${colour} fill-opacity="0.22"></rect>
              <path class="tile" d=${patternPath(pattern, 10)} ${styled({ stroke: colour })}></path>
            </pattern></defs><polygon points=${ring} fill="url(#${id})"></polygon>`
          : nothing
      }
      <path class="under" d=${d}></path>
      <path d=${d} ${styled({ stroke: colour })} stroke-dasharray=${dashed ? '8 6' : nothing}></path>
      ${mark.dots ? on.map((p) => (p ? svg`<circle cx=${p.x} cy=${p.y} r="7" ${styled({ fill: colour })}></circle>` : nothing)) : nothing}
      ${mark.text ? svg`<text x=${x} y=${y} text-anchor="middle" dy=${mark.dots ? -12 : 6}>${mark.text}</text>` : nothing}
    </g>`;
  }
}

customElements.define('heritage-marks', Marks);
