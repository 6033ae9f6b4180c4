/** The phone's bottom sheet: three heights, by finger, by key, by press. */
import { SHEET, SHEET_SHARE } from '../core/free.ts';

export type Snap = 'peek' | 'half' | 'full';

const ORDER: readonly Snap[] = ['peek', 'half', 'full'];
const FULL_TOP_PX = 72;
const EDGES_PX = 40; // of the title and the player together
const LINES_PX = 72; // of the words between them that `half` shows in any case
const FLING_PX_PER_MS = 0.5;

export const isPhone = (): boolean => window.matchMedia(SHEET).matches;

export class Sheet {
  snap: Snap = 'half';
  /** Asked to draw anew. */
  onChange: () => void = () => {};
  private drag: { y: number; height: number; time: number; last: number; speed: number } | null = null;
  private readonly panel: () => HTMLElement | null;

  constructor(panel: () => HTMLElement | null) {
    this.panel = panel;
  }

  /** Height in pixels of a snap point; `peek` shows the title and the player only. */
  height(snap: Snap): number {
    const window_px = window.innerHeight;
    const full = window_px - FULL_TOP_PX;
    if (snap === 'full') return full;
    const panel = this.panel();
    const height = (band: string) => panel?.querySelector<HTMLElement>(band)?.offsetHeight ?? 0;
    // Its lowest part, where some phones have their own sign, is left empty.
    const empty = panel ? Number.parseFloat(getComputedStyle(panel).paddingBottom) : 0;
    const bands = panel ? EDGES_PX + height('.head') + height('.foot') + empty : 120;
    // However low the window is, the player stays in it.
    const wanted = snap === 'peek' ? bands : Math.max(Math.round(window_px * SHEET_SHARE), bands + LINES_PX);
    return Math.min(full, wanted);
  }

  go(snap: Snap): void {
    this.snap = snap;
    this.apply();
    this.onChange();
  }

  /** Give the panel its height. */
  apply(): void {
    const panel = this.panel();
    if (!panel) return;
    panel.classList.toggle('dragged', this.drag !== null);
    if (isPhone()) panel.style.setProperty('--sheet-height', `${this.height(this.snap)}px`);
    else panel.style.removeProperty('--sheet-height');
  }

  private next(step: number): void {
    this.go(ORDER[Math.min(ORDER.length - 1, Math.max(0, ORDER.indexOf(this.snap) + step))]!);
  }

  readonly keydown = (event: KeyboardEvent): void => {
    const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    this.next(step);
  };

  /** A press without a drag goes round the three heights. */
  readonly click = (event: MouseEvent): void => {
    if (event.detail === 0 || !this.moved) this.go(ORDER[(ORDER.indexOf(this.snap) + 1) % ORDER.length]!);
  };

  private moved = false;

  readonly pointerdown = (event: PointerEvent): void => {
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    const height = this.panel()?.offsetHeight ?? 0;
    this.moved = false;
    this.drag = { y: event.clientY, height, time: event.timeStamp, last: event.clientY, speed: 0 };
  };

  readonly pointermove = (event: PointerEvent): void => {
    const { drag } = this;
    const panel = this.panel();
    if (!drag || !panel) return;
    if (Math.abs(event.clientY - drag.y) > 5) this.moved = true;
    drag.speed = (drag.last - event.clientY) / Math.max(1, event.timeStamp - drag.time);
    drag.last = event.clientY;
    drag.time = event.timeStamp;
    panel.classList.add('dragged');
    const height = Math.min(this.height('full'), Math.max(60, drag.height + drag.y - event.clientY));
    panel.style.setProperty('--sheet-height', `${height}px`);
  };

  readonly pointerup = (): void => {
    const { drag } = this;
    this.drag = null;
    if (!drag || !this.moved) return;
    const height = drag.height + drag.y - drag.last;
    if (drag.speed > FLING_PX_PER_MS) {
      this.go(ORDER.find((snap) => this.height(snap) > height) ?? 'full');
      return;
    }
    if (drag.speed < -FLING_PX_PER_MS) {
      this.go(ORDER.findLast((snap) => this.height(snap) < height) ?? 'peek');
      return;
    }
    const away = (snap: Snap) => Math.abs(this.height(snap) - height);
    this.go([...ORDER].sort((a, b) => away(a) - away(b))[0]!);
  };
}
