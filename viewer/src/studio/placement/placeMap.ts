/** The map with its gestures: drag to pan or by a handle, wheel and two fingers to zoom, arrows and brackets to move and turn. */
import { html, LitElement } from 'lit';
import { point } from '../../core/frames.ts';
import { icon } from '../../ui/icons.ts';
import { iconButton } from '../ui/parts.ts';
import { ARROWS, moveByKey } from './keys.ts';
import { type MapView, mapDrawing, placeAt, viewOf } from './map.ts';
import type { Placing } from './placing.ts';
import { snapped } from './stand.ts';

const SNAP_PX = 8;

export class PlaceMap extends LitElement {
  static override properties = { placing: { attribute: false, hasChanged: () => true } };
  declare placing: Placing;
  private view: MapView | null = null;
  /** Whether a person has chosen what the map shows. */
  private looked = false;
  private drag: { kind: 'pan' | 'move' | 'turn'; x: number; y: number; far: boolean } | null = null;
  private readonly fingers = new Map<number, readonly [number, number]>();
  private readonly sized = new ResizeObserver(() => this.resize());

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.sized.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sized.disconnect();
  }

  /** Everything that the placement is about, in the window. */
  whole(): void {
    this.looked = false;
    const { standing, status } = this.placing;
    const [width, height] = [this.clientWidth, this.clientHeight];
    if (status !== 'ready' || width === 0) return;
    const { plan, matrix } = standing;
    const cells = plan.cells_m.length > 0 ? plan.cells_m : [[0, 0, 0] as const];
    const matrices = [matrix, ...plan.places.map((place) => place.site_from_monument)];
    const corners = matrices.flatMap((m) => cells.map((cell) => point(m, cell)));
    this.view = viewOf(
      corners.map(([e, n]) => [e, n]),
      width,
      height,
    );
    this.requestUpdate();
  }

  zoom(factor: number, at?: readonly [number, number]): void {
    const { view } = this;
    if (!view) return;
    this.looked = true;
    const scale = Math.min(5, Math.max(0.002, view.scale * factor));
    const [e, n] = at ?? view.middle;
    const k = scale / view.scale;
    this.view = {
      ...view,
      scale,
      middle: [e + (view.middle[0] - e) * k, n + (view.middle[1] - n) * k],
    };
    this.requestUpdate();
  }

  private resize(): void {
    if (!this.view || !this.looked) {
      this.whole();
      return;
    }
    this.view = { ...this.view, width: this.clientWidth, height: this.clientHeight };
    this.requestUpdate();
  }

  private pan(x_px: number, y_px: number): void {
    const { view } = this;
    if (!view) return;
    this.looked = true;
    const [e, n] = view.middle;
    this.view = { ...view, middle: [e - x_px * view.scale, n + y_px * view.scale] };
    this.requestUpdate();
  }

  private keys(event: KeyboardEvent): void {
    const { placing } = this;
    const arrow = ARROWS[event.key];
    if (arrow && (event.ctrlKey || event.metaKey)) this.pan(-60 * arrow[0], 60 * arrow[1]);
    else if (moveByKey(event, placing.standing)) event.preventDefault();
    else if (event.key === '+' || event.key === '=') this.zoom(0.8);
    else if (event.key === '-') this.zoom(1.25);
    else if (event.key === '0') this.whole();
    else if (event.key === 'Enter' && placing.pins.asking === 'map') this.answer(...this.view!.middle);
    else return;
    event.preventDefault();
  }

  private at(event: PointerEvent | WheelEvent): [number, number] {
    const box = this.getBoundingClientRect();
    return placeAt(this.view!, event.clientX - box.left, event.clientY - box.top);
  }

  /** A place on the map: with Shift exactly there, else the corner of a plan that is near. */
  private answer(east: number, north: number, exactly = false): void {
    const { features } = this.placing;
    const reach = exactly ? 0 : SNAP_PX * this.view!.scale;
    this.placing.pins.answerMap(
      ...snapped(
        [east, north],
        features.flatMap((f) => f.polygons),
        reach,
      ),
    );
  }

  private down(event: PointerEvent): void {
    if (!this.view || event.button !== 0 || (event.target as Element).closest('button')) return;
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    this.fingers.set(event.pointerId, [event.clientX, event.clientY]);
    const kind = (event.target as Element).closest<SVGElement>('[data-drag]')?.dataset.drag;
    const by = this.placing.pins.asking === 'map' ? 'pan' : kind === 'move' || kind === 'turn' ? kind : 'pan';
    this.drag = this.fingers.size > 1 ? null : { kind: by, x: event.clientX, y: event.clientY, far: false };
  }

  private dragged(event: PointerEvent): void {
    const { drag, fingers, view } = this;
    const before = fingers.get(event.pointerId);
    if (!before || !view) return;
    fingers.set(event.pointerId, [event.clientX, event.clientY]);
    const [dx, dy] = [event.clientX - before[0], event.clientY - before[1]];
    if (fingers.size === 2) {
      const other = [...fingers].find(([id]) => id !== event.pointerId)![1];
      const apart = (p: readonly [number, number]) => Math.hypot(p[0] - other[0], p[1] - other[1]) || 1;
      this.pan(dx / 2, dy / 2);
      this.zoom(apart(before) / apart([event.clientX, event.clientY]));
      return;
    }
    if (!drag) return;
    drag.far ||= Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > 4;
    if (drag.kind === 'pan') this.pan(dx, dy);
    else if (drag.kind === 'move') this.placing.standing.move([dx * view.scale, -dy * view.scale, 0]);
    else {
      const { standing } = this.placing;
      const [e, n] = standing.at;
      const [x, y] = this.at(event);
      standing.turnToHeading((Math.atan2(x - e, y - n) * 180) / Math.PI);
    }
  }

  private up(event: PointerEvent): void {
    const { drag } = this;
    this.fingers.delete(event.pointerId);
    this.drag = null;
    if (drag && !drag.far && event.type === 'pointerup' && this.placing.pins.asking === 'map')
      this.answer(...this.at(event), event.shiftKey);
  }

  protected override updated(): void {
    if (!this.view) this.whole();
  }

  protected override render(): unknown {
    const { placing, view } = this;
    const { standing, pins } = placing;
    const { t, language } = placing.studio.state;
    const { cells_m: cells, places } = standing.plan;
    return html`<div
        class="place-map"
        tabindex="0"
        role="application"
        aria-label=${t('place.map')}
        aria-describedby="place-keys"
        @keydown=${(event: KeyboardEvent) => this.keys(event)}
        @pointerdown=${(event: PointerEvent) => this.down(event)}
        @pointermove=${(event: PointerEvent) => this.dragged(event)}
        @pointerup=${(event: PointerEvent) => this.up(event)}
        @pointercancel=${(event: PointerEvent) => this.up(event)}
        @wheel=${(event: WheelEvent) => {
          event.preventDefault();
          if (this.view) this.zoom(1.0015 ** event.deltaY, this.at(event));
        }}
      >
        ${
          view
            ? mapDrawing({
                view,
                features: placing.features,
                own: placing.footprint,
                cells,
                others: places.slice(1).map((place) => place.site_from_monument),
                present: places[0]!.site_from_monument,
                tried: standing.matrix,
                middle: standing.middle,
                reach: standing.reach,
                points: pins.pairs.map((pair) => ({ name: pair.name, ...pins.placed(pair) })),
                picking: placing.pins.asking === 'map',
                language,
                north: t('place.north'),
              })
            : ''
        }
      </div>
      <div class="place-tools">
        ${iconButton(icon('ar'), t('place.scene'), () => placing.show(!placing.beside), { pressed: placing.beside, disabled: !placing.studio.staging.release })}
        ${iconButton(icon('plus'), t('place.zoom.in'), () => this.zoom(0.8), { keys: '+' })}
        ${iconButton(icon('minus'), t('place.zoom.out'), () => this.zoom(1.25), { keys: '-' })}
        ${iconButton(icon('reset'), t('place.zoom.whole'), () => this.whole(), { keys: '0' })}
      </div>`;
  }
}

customElements.define('heritage-place-map', PlaceMap);
