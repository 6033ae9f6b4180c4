/** Elevations by parallel rays: from which side, how large in pixels, and what the file says of itself. */
import { direction } from './frames.ts';
import { roundLength } from './geo.ts';
import { type Mat4, scale, type Vec3 } from './vec.ts';

export type Side = 'north' | 'east' | 'south' | 'west' | 'top';
export const SIDES: readonly Side[] = ['south', 'north', 'west', 'east', 'top'];
export const MM_PER_PIXEL = [1, 2, 5, 10, 20, 50] as const;

/** Where to the picture's right and up point in the monument frame, and where to it looks. */
export const VIEWS: Record<Side, { right: Vec3; up: Vec3; look: Vec3 }> = {
  north: { right: [-1, 0, 0], up: [0, 0, 1], look: [0, -1, 0] },
  east: { right: [0, 1, 0], up: [0, 0, 1], look: [-1, 0, 0] },
  south: { right: [1, 0, 0], up: [0, 0, 1], look: [0, 1, 0] },
  west: { right: [0, -1, 0], up: [0, 0, 1], look: [1, 0, 0] },
  top: { right: [1, 0, 0], up: [0, 1, 0], look: [0, 0, -1] },
};

const MARGIN = 0.02; // of the larger side, white round the monument

/** A picture's frame: the lower left corner along right and up, and its size in pixels. */
export interface Frame {
  left_m: number;
  bottom_m: number;
  /** One pixel, in metres of the monument frame. */
  pixel_m: number;
  width: number;
  height: number;
}

/** The frame of a box seen from a side. `factor`: true metres in a metre of the monument frame. */
export function frameOf(
  box: { min: Vec3; max: Vec3 },
  side: Side,
  mm_per_pixel: number,
  factor: number,
): Frame {
  const { right, up } = VIEWS[side];
  const range = (axis: Vec3) => {
    const ends = axis.map((a, k) => [a * box.min[k]!, a * box.max[k]!]);
    return [0, 1].map((pick) =>
      ends.reduce((sum, e) => sum + (pick === 0 ? Math.min(...e) : Math.max(...e)), 0),
    ) as [number, number];
  };
  const [[l, r], [b, t]] = [range(right), range(up)];
  const margin = MARGIN * Math.max(r - l, t - b);
  const pixel_m = mm_per_pixel / 1000 / factor;
  return {
    left_m: l - margin,
    bottom_m: b - margin,
    pixel_m,
    width: Math.max(1, Math.ceil((r - l + 2 * margin) / pixel_m)),
    height: Math.max(1, Math.ceil((t - b + 2 * margin) / pixel_m)),
  };
}

/** The compass bearing of where a picture looks, degrees from north; null for a plan. */
export function bearingOf(side: Side, site_from_monument: Mat4): number | null {
  if (side === 'top') return null;
  const [east, north] = direction(site_from_monument, scale(VIEWS[side].look, 1));
  return ((Math.atan2(east, north) * 180) / Math.PI + 360) % 360;
}

/** Rectangles of at most `edge` pixels that tile a picture, row by row from the upper left. */
export function tilesOf(
  width: number,
  height: number,
  edge: number,
): { x: number; y: number; w: number; h: number }[] {
  const out: { x: number; y: number; w: number; h: number }[] = [];
  for (let y = 0; y < height; y += edge) {
    for (let x = 0; x < width; x += edge)
      out.push({ x, y, w: Math.min(edge, width - x), h: Math.min(edge, height - y) });
  }
  return out;
}

/** The scale bar under a picture: its length in metres and pixels. */
export function barOf(width: number, mm_per_pixel: number): { length_m: number; pixels: number } {
  const length_m = roundLength(Math.max(mm_per_pixel / 1000, (width * mm_per_pixel) / 1000 / 4));
  return { length_m, pixels: (length_m * 1000) / mm_per_pixel };
}

/** A tenth of a millimetre of paper to a pixel (254 dpi): m mm per pixel are printed at 1 : 10 m. */
export const PIXELS_PER_METRE_OF_PAPER = 10_000;
export const printedScale = (mm_per_pixel: number): number => mm_per_pixel * 10;

function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let k = 0; k < 8; k++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** A PNG that says its size on paper (pHYs, right after IHDR). Raises where the bytes are no PNG. */
export function withPaperSize(png: Uint8Array, pixels_per_metre = PIXELS_PER_METRE_OF_PAPER): Uint8Array {
  const head = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
  if (!head.every((b, i) => png[i] === b) || png.length < 33) throw new Error('not a PNG');
  const chunk = new Uint8Array(21);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, 9);
  chunk.set([0x70, 0x48, 0x59, 0x73], 4);
  view.setUint32(8, pixels_per_metre);
  view.setUint32(12, pixels_per_metre);
  chunk[16] = 1; // the unit is the metre
  view.setUint32(17, crc32(chunk.subarray(4, 17)));
  const after = 8 + 25; // signature, IHDR
  const out = new Uint8Array(png.length + chunk.length);
  out.set(png.subarray(0, after));
  out.set(chunk, after);
  out.set(png.subarray(after), after + chunk.length);
  return out;
}
