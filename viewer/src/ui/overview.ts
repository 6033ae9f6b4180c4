/** The small map: north up, a scale, where the camera stands and what it sees; a press goes there. */
import { html, LitElement, nothing, svg } from 'lit';
import type { App } from '../app/app.ts';
import { monumentOf } from '../app/state.ts';
import { point } from '../core/frames.ts';
import { roundLength, walking } from '../core/geo.ts';
import { eyeOf } from '../core/orbit.ts';
import type { MonumentEntry } from '../core/release.ts';
import type { Vec3 } from '../core/vec.ts';

const SIDE = 168;
const MARGIN = 26;
const CONE_PX = 46;
const SCALE_PX = 64;
const LEAST_M = 30; // of the smaller side, so that a single statue does not fill the map
const FLY_S = 1.2;

interface Fit {
  x: number;
  y: number;
  scale: number;
}

/** A monument's box on the ground, as corners in the site frame. */
function plan(monument: MonumentEntry): Vec3[] {
  const { min, max } = monument.bounds;
  const corners: [number, number][] = [
    [min[0], min[1]],
    [max[0], min[1]],
    [max[0], max[1]],
    [min[0], max[1]],
  ];
  return corners.map(([x, y]) => point(monument.placement.site_from_monument, [x, y, min[2]]));
}

export class Overview extends LitElement {
  static override properties = { app: { attribute: false }, state: { attribute: false } };
  declare app: App;
  declare state: App['state'];

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /** The rectangle of all monuments and of the eye of the first view, square and with a margin. */
  private get fit(): Fit {
    const { release } = this.state;
    const all = (release?.monuments ?? []).flatMap(plan);
    if (!release || all.length === 0) return { x: 0, y: 0, scale: (SIDE - 2 * MARGIN) / LEAST_M };
    all.push(release.opening.eye_m);
    const axis = (i: 0 | 1) =>
      [Math.min(...all.map((p) => p[i])), Math.max(...all.map((p) => p[i]))] as const;
    const [[west, east], [south, north]] = [axis(0), axis(1)];
    const side = Math.max(east - west, north - south, LEAST_M);
    return { x: (west + east) / 2, y: (south + north) / 2, scale: (SIDE - 2 * MARGIN) / side };
  }

  private place([east, north]: Vec3): [number, number] {
    const { x, y, scale } = this.fit;
    return [SIDE / 2 + (east - x) * scale, SIDE / 2 - (north - y) * scale];
  }

  protected override render() {
    const { app, state } = this;
    const { t, release, language, near } = state;
    if (!release || !state.overview) return nothing;
    const { scale } = this.fit;
    const length = roundLength(SCALE_PX / scale);
    const open = monumentOf(state);
    const me = near.status === 'on' ? this.place(near.at) : null;
    return html`<svg class="overview" viewBox="0 0 ${SIDE} ${SIDE}" role="img" aria-label=${t('overview')} @click=${this.go}>
      ${release.monuments.map((m) => {
        const kept = m === open || app.finding.passes(m);
        const marked = m === open || m.id === state.pointed;
        const points = plan(m)
          .map((p) => this.place(p).map((v) => v.toFixed(1)))
          .join(' ');
        return svg`<polygon class="${kept ? '' : 'receded'} ${marked ? 'marked' : ''}" points=${points}></polygon>`;
      })}
      <g class="eye"><path d="M0 0L-22 -${CONE_PX}A${CONE_PX} ${CONE_PX} 0 0 1 22 -${CONE_PX}Z"></path><circle r="4.5"></circle></g>
      ${me ? svg`<circle class="me" cx=${me[0]} cy=${me[1]} r="6"></circle>` : nothing}
      <g class="north" transform="translate(${SIDE - 20} 22)"><path d="M0 -11L6 7L0 3.5L-6 7Z"></path><text y="22">${t('overview.north')}</text></g>
      <g class="scale" transform="translate(${(SIDE - 12 - length * scale).toFixed(1)} ${SIDE - 12})"><path d="M0 -5V0H${(length * scale).toFixed(1)}V-5"></path><text x=${((length * scale) / 2).toFixed(1)} y="-9">${walking(length, language)}</text></g>
    </svg>`;
  }

  protected override updated(): void {
    this.follow();
  }

  /** Turn the cone to where the camera is now; off the map it stays at the edge. */
  follow(): void {
    const view = this.app?.view;
    const eye = this.querySelector('.eye');
    if (!view || !eye) return;
    const { orbit } = view.rig;
    const [x, y] = this.place(eyeOf(orbit));
    const inside = (v: number) => Math.min(SIDE - 8, Math.max(8, v));
    const { width, height, left, right } = view.stage.viewport;
    const across = Math.atan(
      Math.tan((orbit.fovDeg * Math.PI) / 360) * ((width - left - right) / Math.max(1, height)),
    );
    const half = Math.min(1.2, across);
    const [dx, dy] = [Math.sin(half) * CONE_PX, Math.cos(half) * CONE_PX];
    eye
      .querySelector('path')!
      .setAttribute('d', `M0 0L${-dx} ${-dy}A${CONE_PX} ${CONE_PX} 0 0 1 ${dx} ${-dy}Z`);
    const turn = (orbit.heading * 180) / Math.PI;
    eye.setAttribute('transform', `translate(${inside(x)} ${inside(y)}) rotate(${turn})`);
  }

  private readonly go = (event: MouseEvent): void => {
    const view = this.app.view;
    if (!view || this.state.touring) return;
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const { x, y, scale } = this.fit;
    const east = x + ((event.clientX - box.left) / box.width - 0.5) * (SIDE / scale);
    const north = y - ((event.clientY - box.top) / box.height - 0.5) * (SIDE / scale);
    const { orbit } = view.rig;
    this.app.framing.roam({ ...orbit, target: [east, north, orbit.target[2]] }, FLY_S);
  };
}

customElements.define('heritage-overview', Overview);
