/** The small map: north up, a scale, where the camera stands and what it sees; a press goes there. */
import { html, LitElement, nothing, svg } from 'lit';
import type { App } from '../app/app.ts';
import type { Near } from '../app/nearby.ts';
import { monumentOf } from '../app/state.ts';
import { roundLength, walking } from '../core/geo.ts';
import { eyeOf } from '../core/orbit.ts';
import { box, doublings, type Fit, fitOf, kept, place, SIDE, under, widened } from '../core/plan.ts';
import type { FootprintLayer, MonumentEntry, Release } from '../core/release.ts';
import type { Pictures } from './plan.ts';

const CONE_PX = 46;
const SCALE_PX = 64;
const FLY_S = 1.2;

/** A tip on the visitor's mark towards where the device points. */
function facing(near: Near) {
  if (near.status !== 'on' || near.heading_deg === null) return nothing;
  return svg`<path d="M-6 -6L0 -15L6 -6Z" transform="rotate(${near.heading_deg.toFixed(0)})"></path>`;
}

/** What the map lies on, once it has come. */
interface Laid {
  code: typeof import('./plan.ts');
  layer: FootprintLayer;
  pictures: Pictures;
}

export class Overview extends LitElement {
  static override properties = { app: { attribute: false }, state: { attribute: false } };
  declare app: App;
  declare state: App['state'];
  private laid: Laid | 'coming' | null = null;
  /** The picture of what the map lies on, and what it was drawn for. */
  private picture = '';
  private drawn = '';
  private nearest: { release: Release; fit: Fit } | null = null;
  /** How often the map shows twice as much, so that the camera is on it. */
  private doubled = 0;
  private readonly dark = window.matchMedia('(prefers-color-scheme: dark)');

  override connectedCallback(): void {
    super.connectedCallback();
    this.dark.addEventListener('change', this.repaint);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.dark.removeEventListener('change', this.repaint);
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /** The map as it is where the camera has not left it. */
  private get narrow(): Fit {
    const { release } = this.state;
    if (!release) return { x: 0, y: 0, scale: 1 };
    if (this.nearest?.release !== release) this.nearest = { release, fit: fitOf(release) };
    return this.nearest.fit;
  }

  private get fit(): Fit {
    return widened(this.narrow, this.doubled);
  }

  /** A monument's outline: its ground plan where it is known, else its box. */
  private outline(monument: MonumentEntry): string {
    const laid = this.laid === 'coming' ? null : this.laid;
    const plan = laid?.layer.features.find((f) => f.monument === monument.id);
    const rings = plan ? plan.polygons.flat() : [box(monument)];
    const corner = (at: readonly [number, number, ...number[]]) =>
      place(this.fit, at)
        .map((v) => v.toFixed(1))
        .join(' ');
    return rings.map((ring) => `M${ring.map(corner).join('L')}Z`).join('');
  }

  protected override render() {
    const { app, state } = this;
    const { t, release, language, near } = state;
    if (!release || !state.overview) return nothing;
    const { scale } = this.fit;
    const length = roundLength(SCALE_PX / scale);
    const open = monumentOf(state);
    const me = near.status === 'on' ? place(this.fit, near.at) : null;
    return html`<div class="overview" @click=${this.go}>
      <svg viewBox="0 0 ${SIDE} ${SIDE}" role="img" aria-label=${t('overview')}>
        ${this.picture ? svg`<image href=${this.picture} width=${SIDE} height=${SIDE}></image>` : nothing}
        ${release.monuments.map((m) => {
          const kept = m === open || app.finding.passes(m);
          const marked = m === open || m.id === state.pointed;
          return svg`<path class="plan ${kept ? '' : 'receded'} ${marked ? 'marked' : ''}" fill-rule="evenodd" d=${this.outline(m)}></path>`;
        })}
        <g class="eye"><path d="M0 0L-22 -${CONE_PX}A${CONE_PX} ${CONE_PX} 0 0 1 22 -${CONE_PX}Z"></path><circle r="4.5"></circle></g>
        ${me ? svg`<g class="me" transform="translate(${me[0]} ${me[1]})">${facing(near)}<circle r="6"></circle></g>` : nothing}
        <g class="north" transform="translate(${SIDE - 20} 22)"><path d="M0 -11L6 7L0 3.5L-6 7Z"></path><text y="22">${t('overview.north')}</text></g>
        <g class="scale" transform="translate(${(SIDE - 12 - length * scale).toFixed(1)} ${SIDE - 12})"><path d="M0 -5V0H${(length * scale).toFixed(1)}V-5"></path><text x=${((length * scale) / 2).toFixed(1)} y="-9">${walking(length, language)}</text></g>
      </svg>
    </div>`;
  }

  protected override updated(): void {
    // The monuments' own picture comes first.
    if (this.state.arrived && this.state.overview && !this.laid) void this.lay();
    void this.paint();
    this.follow();
  }

  /** Fetch what the map lies on. */
  private async lay(): Promise<void> {
    const { app, state } = this;
    const { release } = state;
    if (!release) return;
    this.laid = 'coming';
    try {
      const code = await import('./plan.ts');
      const layer = release.footprints
        ? await app.document<FootprintLayer>(release.footprints)
        : { features: [], complete: true };
      this.laid = { code, layer, pictures: await code.loadPictures(release.map, state.base) };
    } catch {
      this.laid = null; // offline: the outlines alone, until the map is opened anew
      return;
    }
    this.requestUpdate();
  }

  /** Draw what the map lies on, where the scale or the theme is another one than before. */
  private async paint(): Promise<void> {
    const element = this.querySelector('.overview');
    if (!element || !this.laid || this.laid === 'coming') return;
    const { code, layer, pictures } = this.laid;
    const now = `${this.doubled} ${this.dark.matches}`;
    if (now === this.drawn) return;
    this.drawn = now;
    const map = this.state.release?.map ?? null;
    const picture = await code.drawPlan(element, this.fit, map, pictures, layer);
    if (now === this.drawn) {
      URL.revokeObjectURL(this.picture);
      this.picture = picture;
      this.requestUpdate();
    } else URL.revokeObjectURL(picture);
  }

  private readonly repaint = (): void => {
    void this.paint();
  };

  /** Turn the cone to where the camera is now, and show more of the site where it has left the map. */
  follow(): void {
    const view = this.app?.view;
    const eye = this.querySelector('.eye');
    if (!view || !eye) return;
    const { orbit } = view.rig;
    const at = eyeOf(orbit);
    const wanted = doublings(this.narrow, at, this.doubled);
    if (wanted !== this.doubled) {
      this.doubled = wanted;
      this.requestUpdate();
    }
    const [x, y] = place(this.fit, at);
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
    eye.setAttribute('transform', `translate(${kept(x)} ${kept(y)}) rotate(${turn})`);
  }

  private readonly go = (event: MouseEvent): void => {
    const view = this.app.view;
    if (!view || this.state.touring) return;
    const area = (event.currentTarget as Element).getBoundingClientRect();
    const [east, north] = under(this.fit, [
      ((event.clientX - area.left) / area.width) * SIDE,
      ((event.clientY - area.top) / area.height) * SIDE,
    ]);
    const { orbit } = view.rig;
    this.app.framing.roam({ ...orbit, target: [east, north, orbit.target[2]] }, FLY_S);
  };
}

customElements.define('heritage-overview', Overview);
