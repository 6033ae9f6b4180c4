/** Elevations of the open monument as PNG: drawn, captioned, and given to save. */
import {
  barOf,
  type Frame,
  frameOf,
  MM_PER_PIXEL,
  SIDES,
  type Side,
  withPaperSize,
} from '../core/elevation.ts';
import { metres } from '../core/format.ts';
import { LoadError } from '../core/load.ts';
import type { Look } from '../core/look.ts';
import type { MonumentEntry } from '../core/release.ts';
import { handheld } from '../scene/device.ts';
import { drawElevation } from '../scene/elevation.ts';
import type { App } from './app.ts';
import { idOf, monumentOf, shownNow } from './state.ts';
import type { Workbench } from './workbench.ts';

/** What the device can hold as one picture: pixels, and a canvas' longest side. */
const MOST_PIXELS = { desk: 64e6, hand: 16e6 };
const LONGEST_PX = 16_384;
const PLAIN_SIDE: Side = 'south';

export interface ElevatingState {
  side: Side;
  mm_per_pixel: number;
  status: 'idle' | 'drawing' | 'ready' | 'failed';
  share: number;
  picture: {
    url: string;
    name: string;
    width: number;
    height: number;
    bytes: number;
    error_m: number;
  } | null;
}

export class Elevating {
  state: ElevatingState = { side: PLAIN_SIDE, mm_per_pixel: 10, status: 'idle', share: 0, picture: null };
  /** How fine the visitor or an address wants it; null: as the device bears. */
  private chosen_mm: number | null = null;
  private readonly app: App;
  private readonly bench: Workbench;
  /** Whose it is; another one than the open monument until it is entered there. */
  monument: MonumentEntry | null = null;
  /** The condition of the picture, also of one that is being drawn. */
  private drawn: string | null = null;
  private abort = new AbortController();

  constructor(app: App, bench: Workbench) {
    this.app = app;
    this.bench = bench;
  }

  /** Begin in the open monument, as an address says or as it was left. */
  enter(look: Pick<Look, 'side' | 'mm_per_pixel'>): void {
    const monument = monumentOf(this.app.state);
    if (monument !== this.monument) {
      this.forget();
      this.chosen_mm = null;
    }
    this.monument = monument;
    this.follow();
    const side = SIDES.find((s) => s === look.side) ?? this.state.side;
    this.chosen_mm = MM_PER_PIXEL.find((mm) => mm === look.mm_per_pixel) ?? this.chosen_mm;
    // The finest that the device bears, where nobody has chosen.
    const finest = [2, 5, 10, 20, 50].find((mm) => this.fits(this.frame(mm)));
    const { picture } = this.state;
    const mm_per_pixel = this.chosen_mm ?? (picture ? null : finest) ?? this.state.mm_per_pixel;
    if (side !== this.state.side || mm_per_pixel !== this.state.mm_per_pixel) this.forget();
    this.state = { ...this.state, side, mm_per_pixel };
    this.tell();
  }

  /** What of it belongs to the address. */
  get look(): Pick<Look, 'side' | 'mm_per_pixel'> {
    const { side } = this.state;
    return { side: side === PLAIN_SIDE ? null : side, mm_per_pixel: this.chosen_mm };
  }

  /** The condition that is shown may have changed: a picture of another one goes. */
  follow(): void {
    const { monument, app } = this;
    if (!monument || idOf(shownNow(app.state, monument)) === this.drawn) return;
    this.forget();
    this.tell();
  }

  leave(): void {
    this.abort.abort();
    if (this.state.status === 'drawing') this.state = { ...this.state, status: 'idle', share: 0 };
  }

  set(change: Partial<Pick<ElevatingState, 'side' | 'mm_per_pixel'>>): void {
    this.forget();
    this.state = { ...this.state, ...change };
    this.chosen_mm = change.mm_per_pixel ?? this.chosen_mm;
    this.tell();
    this.app.address.remember();
  }

  private forget(): void {
    this.abort.abort();
    if (this.state.picture) URL.revokeObjectURL(this.state.picture.url);
    this.state = { ...this.state, status: 'idle', share: 0, picture: null };
  }

  /** The picture's frame at a resolution; without one, at the chosen. */
  frame(mm_per_pixel = this.state.mm_per_pixel): Frame {
    const { monument, app } = this;
    const shown = monument && shownNow(app.state, monument);
    const found =
      monument?.epochs.find((e) => e.id === shown?.epoch) ??
      monument?.states.find((s) => s.id === shown?.state);
    const bounds = found?.bounds ?? { min: [0, 0, 0] as const, max: [1, 1, 1] as const };
    return frameOf(bounds, this.state.side, mm_per_pixel, monument?.placement.scale ?? 1);
  }

  get most(): number {
    return handheld() ? MOST_PIXELS.hand : MOST_PIXELS.desk;
  }

  fits({ width, height }: Frame): boolean {
    return width * height <= this.most && Math.max(width, height) <= LONGEST_PX;
  }

  /** Draw the picture. `caption` gives lines of words for below it, knowing the error of the tiles used. */
  async draw(caption: (error_m: number) => readonly string[]): Promise<void> {
    const { monument, app } = this;
    const { view } = app;
    const frame = this.frame();
    if (!monument || !view || !this.fits(frame)) return;
    this.forget();
    this.abort = new AbortController();
    const { signal } = this.abort;
    this.state = { ...this.state, status: 'drawing' };
    this.tell();
    const shown = shownNow(app.state, monument);
    this.drawn = idOf(shown);
    const condition = view.conditions.get(monument, { epoch: shown.epoch, state: shown.state });
    const { side } = this.state;
    try {
      const drawn = await drawElevation(this.bench.reader, monument, shown, condition, side, frame, {
        signal,
        progress: (share) => {
          this.state = { ...this.state, share };
          this.tell();
        },
      });
      if (!drawn || signal.aborted) return;
      const error_m = drawn.error_m * monument.placement.scale;
      const canvas = this.captioned(drawn.canvas, caption(error_m));
      const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
      if (!blob) throw new LoadError('broken', 'elevation'); // the device had no room for it
      const bytes = withPaperSize(new Uint8Array(await blob.arrayBuffer()));
      if (signal.aborted) return;
      const url = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'image/png' }));
      const name = `${monument.id}-${idOf(shown)}-${side}-${this.state.mm_per_pixel}mm.png`;
      const { width, height } = canvas;
      this.state = { ...this.state, status: 'ready', picture: { url, name, width, height, bytes: bytes.length, error_m } }; // biome-ignore format: one value
      app.set({ announcement: app.state.t('elevation.ready') });
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      if (!signal.aborted) this.state = { ...this.state, status: 'failed' };
    }
    this.tell();
  }

  /** The picture with a scale bar and words below it, on white. */
  private captioned(picture: HTMLCanvasElement, caption: readonly string[]): HTMLCanvasElement {
    const { language } = this.app.state;
    const { mm_per_pixel } = this.state;
    const letter = Math.round(Math.min(64, Math.max(14, picture.width / 70)));
    const line = Math.round(letter * 1.6);
    const canvas = document.createElement('canvas');
    canvas.width = picture.width;
    canvas.height = picture.height + line * (caption.length + 3);
    const c = canvas.getContext('2d')!;
    c.fillStyle = '#fff';
    c.fillRect(0, 0, canvas.width, canvas.height);
    c.drawImage(picture, 0, 0);
    c.fillStyle = c.strokeStyle = '#1e2523';
    c.font = `${letter}px 'Be Vietnam Pro', sans-serif`;
    const { length_m, pixels } = barOf(picture.width, mm_per_pixel);
    const left = line;
    let y = picture.height + line;
    c.lineWidth = Math.max(1, letter / 8);
    c.beginPath();
    for (const [i, x] of [left, left, left + pixels, left + pixels].entries())
      c[i === 0 ? 'moveTo' : 'lineTo'](x, i === 0 || i === 3 ? y - letter / 2 : y);
    c.stroke();
    c.fillText(metres(length_m, language), left + pixels + letter, y);
    for (const text of caption) {
      y += line;
      c.fillText(text, left, y + letter / 2, canvas.width - 2 * left);
    }
    return canvas;
  }

  private tell(): void {
    const { app, monument } = this;
    if (app.state.route.view !== 'elevation' || !monument) return;
    app.set({ marks: [] });
  }
}
