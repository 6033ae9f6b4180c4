/** Over the scene: the ground plans where they lie, and the handles that move and turn the monument over the ground. */
import { html, LitElement, nothing, svg } from 'lit';
import type { Vec3 } from '../../core/vec.ts';
import { moveByKey } from './keys.ts';
import type { Model } from './model.ts';
import type { Placing } from './placing.ts';
import './scene.css';

const ROUND = 48;
const BEYOND_PX = 26; // the ring lies so far outside the walls
const NEAR = 3; // reaches of the monument: plans farther off only crowd the picture

type Spot = readonly [number, number];

const pathOf = (spots: readonly (Spot | null)[]): string | null =>
  spots.length > 0 && spots.every((spot) => spot !== null)
    ? `M${(spots as Spot[]).map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L')}Z`
    : null;

export class PlaceScene extends LitElement {
  static override properties = { placing: { attribute: false, hasChanged: () => true } };
  declare placing: Placing;
  private drag: { kind: 'move' | 'turn'; from: Spot; heading: number } | null = null;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override updated(): void {
    const { model, standing } = this.placing;
    if (!model) return;
    model.onDrawn = () => this.requestUpdate();
    model.put(standing.matrix);
  }

  private ground(model: Model, event: PointerEvent): Spot | null {
    const box = this.getBoundingClientRect();
    return model.ground(event.clientX - box.left, event.clientY - box.top, this.placing.standing.at[2]);
  }

  /** Clockwise from north, as seen from the middle. */
  private bearing([east, north]: Spot): number {
    const [e, n] = this.placing.standing.at;
    return (Math.atan2(east - e, north - n) * 180) / Math.PI;
  }

  private down(event: PointerEvent, model: Model): void {
    const kind = (event.target as Element).closest<SVGElement>('[data-drag]')?.dataset.drag;
    const from = this.ground(model, event);
    if (event.button !== 0 || !from || (kind !== 'move' && kind !== 'turn')) return;
    (event.target as Element).setPointerCapture(event.pointerId); // the drawing as a whole lets pointers through
    this.drag = { kind, from, heading: this.placing.standing.heading };
  }

  private dragged(event: PointerEvent, model: Model): void {
    const { drag } = this;
    const to = drag && this.ground(model, event);
    if (!drag || !to) return;
    const { standing } = this.placing;
    if (drag.kind === 'move') {
      standing.move([to[0] - drag.from[0], to[1] - drag.from[1], 0]);
      drag.from = to;
    } else standing.turnToHeading(drag.heading + this.bearing(to) - this.bearing(drag.from));
  }

  protected override render(): unknown {
    const { model, standing, features, footprint, pins, studio } = this.placing;
    if (!model) return nothing;
    const { width, height } = model.window;
    const { t } = studio.state;
    const [e, n, up] = standing.at;
    const at = model.project([e, n, up]);
    const beside = model.project([e + 1, n, up]);
    // So many metres is a pixel there, about: the ring keeps clear of the walls from near and from far.
    const metre_px = at && beside ? Math.hypot(beside[0] - at[0], beside[1] - at[1]) : 1;
    const reach = standing.reach + Math.min(standing.reach, BEYOND_PX / Math.max(metre_px, 1));
    const round = (deg: number): Vec3 => {
      const a = (deg * Math.PI) / 180;
      return [e + reach * Math.sin(a), n + reach * Math.cos(a), up];
    };
    const ring = pathOf(Array.from({ length: ROUND }, (_, k) => model.project(round((360 * k) / ROUND))));
    const knob = model.project(round(standing.heading));
    return html`<svg
      class="place-over ${pins.asking === 'scene' ? 'picking' : ''}"
      viewBox="0 0 ${width} ${height}"
      tabindex="0"
      role="application"
      aria-label=${t('place.scene.handles')}
      aria-describedby="place-keys"
      @keydown=${(event: KeyboardEvent) => moveByKey(event, standing) && event.preventDefault()}
      @pointerdown=${(event: PointerEvent) => this.down(event, model)}
      @pointermove=${(event: PointerEvent) => this.dragged(event, model)}
      @pointerup=${() => {
        this.drag = null;
      }}
      @pointercancel=${() => {
        this.drag = null;
      }}
      @wheel=${(event: WheelEvent) => model.zoom(event.deltaY < 0)}
    >
      ${features.map(({ id, polygons, ground_m }) => {
        const far = ([x, y]: Spot) => Math.hypot(x - e, y - n) > NEAR * standing.reach;
        if (id !== footprint && polygons.flat(2).every(far)) return nothing;
        const outline = polygons
          .flat()
          .map((corners) => pathOf(corners.map(([x, y]) => model.project([x, y, ground_m]))));
        return outline.every((path) => path !== null)
          ? svg`<path class="plan ${id === footprint ? 'own' : ''}" d=${outline.join('')}></path>`
          : nothing;
      })}
      ${ring && svg`<path class="ring" d=${ring}></path><path class="hold" data-drag="turn" d=${ring}></path>`}
      ${at && knob && svg`<line class="axis" x1=${at[0]} y1=${at[1]} x2=${knob[0]} y2=${knob[1]}></line>`}
      ${knob && svg`<circle class="handle" data-drag="turn" cx=${knob[0]} cy=${knob[1]} r="11"></circle>`}
      ${
        at &&
        svg`<circle class="handle" data-drag="move" cx=${at[0]} cy=${at[1]} r="14"></circle>
          <path class="grip" d="M${at[0] - 7} ${at[1]}h14M${at[0]} ${at[1] - 7}v14"></path>`
      }
      ${pins.pairs.map((pair) => {
        const spot = model.project(pins.placed(pair).placed);
        return spot
          ? svg`<circle class="point" cx=${spot[0]} cy=${spot[1]} r="6"></circle>
              <text x=${spot[0] + 9} y=${spot[1] - 7}>${pair.name}</text>`
          : nothing;
      })}
    </svg>`;
  }
}

customElements.define('heritage-place-scene', PlaceScene);
