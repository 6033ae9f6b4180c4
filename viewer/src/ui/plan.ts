/** What the small map lies on, north up: the base map or the photo, and the buildings around the monuments. */
import { type Fit, place, SIDE } from '../core/plan.ts';
import type { FootprintLayer, MapEntry, MapImage } from '../core/release.ts';

type Colour = readonly [number, number, number];

const LAYERS = ['ground', 'green', 'water', 'street'] as const;
const PHOTO_OPACITY = 0.7;
const OUTLINED_PX = 0.08; // pixels a metre from which houses have an outline

/** The pictures that the map is drawn from; null where there is none, or it did not come. */
export interface Pictures {
  base: HTMLImageElement | null;
  photo: HTMLImageElement | null;
}

export async function loadPictures(map: MapEntry | null, base: string): Promise<Pictures> {
  const load = async (entry: MapImage | null) => {
    if (!entry) return null;
    const image = new Image();
    image.src = base + entry.url;
    // The small map does without a picture rather than failing.
    return await image.decode().then(
      () => image,
      () => null,
    );
  };
  return { base: await load(map?.base ?? null), photo: await load(map?.photo ?? null) };
}

/** The map's picture, square, as an address of the page's own; `styled` is the element whose style says the colours. */
export async function drawPlan(
  styled: Element,
  fit: Fit,
  map: MapEntry | null,
  pictures: Pictures,
  layer: FootprintLayer,
): Promise<string> {
  const ratio = Math.min(2, window.devicePixelRatio || 1);
  const canvas = new OffscreenCanvas(Math.round(SIDE * ratio), Math.round(SIDE * ratio));
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  const style = getComputedStyle(styled);
  const colour = (name: string) => style.getPropertyValue(`--map-${name}`).trim();
  context.imageSmoothingQuality = 'high';
  context.scale(ratio, ratio);
  const lay = (image: HTMLImageElement | null, entry: MapImage | null | undefined) => {
    if (!image || !entry) return;
    const [west, north] = place(fit, [entry.min[0], entry.max[1]]);
    const [east, south] = place(fit, [entry.max[0], entry.min[1]]);
    context.drawImage(image, west, north, east - west, south - north);
  };
  lay(pictures.base, map?.base);
  tint(
    context,
    LAYERS.map((name) => rgb(colour(name))),
  );
  context.globalAlpha = PHOTO_OPACITY;
  lay(pictures.photo, map?.photo);
  context.globalAlpha = 1;
  context.fillStyle = colour('block');
  context.strokeStyle = colour('edge');
  context.lineWidth = 0.6;
  context.beginPath();
  for (const { polygons, monument } of reaches(layer, fit) ? layer.features : []) {
    if (monument) continue; // drawn above, as something to point at
    for (const ring of polygons.flat()) {
      ring.forEach((corner, k) => {
        const [x, y] = place(fit, corner);
        if (k === 0) context.moveTo(x, y);
        else context.lineTo(x, y);
      });
      context.closePath();
    }
  }
  context.fill('evenodd');
  if (fit.scale > OUTLINED_PX) context.stroke();
  return URL.createObjectURL(await canvas.convertToBlob());
}

/** Whether the houses at hand fill the map; those nearest to the monuments alone would look like a round town. */
function reaches({ features, complete }: FootprintLayer, { x, y, scale }: Fit): boolean {
  if (complete) return true;
  const away = features.map(({ polygons }) => {
    const [east, north] = polygons[0]![0]![0]!;
    return Math.hypot(east - x, north - y);
  });
  return Math.max(0, ...away) * scale >= SIDE / 2;
}

/** The coverages of water, green and streets become their colours; where nothing was drawn there is ground. */
function tint(context: OffscreenCanvasRenderingContext2D, [ground, green, water, street]: Colour[]): void {
  const { width, height } = context.canvas;
  const picture = context.getImageData(0, 0, width, height);
  const { data } = picture;
  for (let at = 0; at < data.length; at += 4) {
    const [wet, lush, paved] = [data[at]! / 255, data[at + 1]! / 255, data[at + 2]! / 255];
    for (let k = 0; k < 3; k++) {
      let value = ground![k]!;
      value += (green![k]! - value) * lush;
      value += (water![k]! - value) * wet;
      value += (street![k]! - value) * paved;
      data[at + k] = value;
    }
    data[at + 3] = 255;
  }
  context.putImageData(picture, 0, 0);
}

/** A colour written as #rrggbb. */
function rgb(text: string): Colour {
  const number = Number.parseInt(text.slice(1), 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}
