/** A section as a sheet of paper: lines at a round scale, a scale bar, and the figures a reader needs. */
import { roundLength } from './geo.ts';
import type { Polyline } from './section.ts';

/** One condition's cut. `filled` closes holes where nothing was measured. Metres, true to scale. */
export interface Layer {
  id: string;
  name: string;
  interpreted: boolean;
  colour: string;
  lines: Polyline[];
  filled: Polyline[];
  error_m: number;
}

export type Pen = 'measured' | 'interpreted' | 'filled' | 'sheet';

/** Millimetres of paper from the upper left corner, y downwards. */
export type Item =
  | { kind: 'path'; layer: string; pen: Pen; colour: string; closed: boolean; points: [number, number][] }
  | { kind: 'text'; text: string; at: [number, number]; size_mm: number; anchor: 'start' | 'middle' };

export interface Sheet {
  width_mm: number;
  height_mm: number;
  /** 1 : scale. */
  scale: number;
  items: Item[];
}

/** Dashes of a pen on paper, millimetres; measured lines have none. */
export const DASHES: Record<Pen, readonly number[]> = {
  measured: [],
  interpreted: [3, 1.5],
  filled: [0.4, 1],
  sheet: [],
};

export const SCALES = [1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000, 2000, 5000] as const;
// A drawing fits on A3, lying, with room for the words below it.
const DRAWN_MM = { width: 380, height: 210 };
const MARGIN_MM = 10;
const TEXT_MM = 3.5;
const LINE_MM = 5.5;
const INK = '#1e2523';

export interface Extent {
  min: [number, number];
  max: [number, number];
}

/** Where all lines lie; null where there are none. */
export function extentOf(layers: readonly Layer[]): Extent | null {
  const min: [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const max: [number, number] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const layer of layers) {
    for (const { points } of [...layer.lines, ...layer.filled]) {
      for (const [x, y] of points) {
        [min[0], min[1]] = [Math.min(min[0], x), Math.min(min[1], y)];
        [max[0], max[1]] = [Math.max(max[0], x), Math.max(max[1], y)];
      }
    }
  }
  return min[0] <= max[0] ? { min, max } : null;
}

/** The largest usual scale at which an extent fits the paper; beyond the last, the last. */
export function scaleFor({ min, max }: Extent): number {
  const [w, h] = [(max[0] - min[0]) * 1000, (max[1] - min[1]) * 1000];
  const fits = (s: number) => w / s <= DRAWN_MM.width && h / s <= DRAWN_MM.height;
  return SCALES.find(fits) ?? SCALES[SCALES.length - 1]!;
}

/**
 * The sheet of a section. `title` and `notes` are lines of words; `legend` says what each layer is; `bar` writes a length
 * in metres. `smallest_mm`: paper that even a small drawing gets, so that the words have room.
 */
export function sheetOf(
  layers: readonly Layer[],
  extent: Extent,
  words: {
    title: string;
    notes: readonly string[];
    legend: (layer: Layer) => string;
    bar: (m: number) => string;
  },
  scale = scaleFor(extent),
): Sheet {
  const { min, max } = extent;
  const mm = 1000 / scale;
  const drawn = { width: (max[0] - min[0]) * mm, height: (max[1] - min[1]) * mm };
  const width_mm = Math.max(drawn.width, 150) + 2 * MARGIN_MM;
  const left = (width_mm - drawn.width) / 2;
  const top = MARGIN_MM + 2 * LINE_MM;
  const place = ([x, y]: readonly [number, number]): [number, number] => [
    left + (x - min[0]) * mm,
    top + (max[1] - y) * mm,
  ];
  const items: Item[] = [
    { kind: 'text', text: words.title, at: [MARGIN_MM, MARGIN_MM + 4], size_mm: 5, anchor: 'start' },
  ];
  for (const { id, colour, interpreted, lines, filled } of layers) {
    const own: [Pen, Polyline[]][] = [
      [interpreted ? 'interpreted' : 'measured', lines],
      ['filled', filled],
    ];
    for (const [pen, all] of own) {
      for (const { points, closed } of all) {
        items.push({ kind: 'path', layer: id, pen, colour, closed, points: points.map(place) });
      }
    }
  }
  let y = top + drawn.height + 10;
  const length = roundLength(Math.max(0.001, (width_mm - 2 * MARGIN_MM) / mm / 3));
  const bar = (points: [number, number][]): Item => ({
    kind: 'path',
    layer: 'sheet',
    pen: 'sheet',
    colour: INK,
    closed: false,
    points,
  });
  const ends: [number, number] = [MARGIN_MM, MARGIN_MM + length * mm];
  items.push(bar([[ends[0], y - 2], [ends[0], y], [ends[1], y], [ends[1], y - 2]])); // biome-ignore format: one line
  items.push({
    kind: 'text',
    text: words.bar(length),
    at: [ends[1] + 2, y],
    size_mm: TEXT_MM,
    anchor: 'start',
  });
  for (const layer of layers) {
    y += LINE_MM;
    const middle = y - TEXT_MM / 3;
    items.push({
      ...(bar([[MARGIN_MM, middle], [MARGIN_MM + 12, middle]]) as Item & { kind: 'path' }),
      pen: layer.interpreted ? 'interpreted' : 'measured',
      colour: layer.colour,
    }); // biome-ignore format: one line
    items.push({ kind: 'text', text: words.legend(layer), at: [MARGIN_MM + 15, y], size_mm: TEXT_MM, anchor: 'start' }); // biome-ignore format: one line
  }
  for (const text of words.notes) {
    y += LINE_MM;
    items.push({ kind: 'text', text, at: [MARGIN_MM, y], size_mm: TEXT_MM, anchor: 'start' });
  }
  return { width_mm, height_mm: y + MARGIN_MM, scale, items };
}

const escaped = (text: string) =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]!);
const n = (value: number) => (Math.round(value * 1000) / 1000).toString();

/** The path data of a line on the sheet. */
export const pathData = (points: readonly (readonly [number, number])[], closed: boolean): string =>
  `M${points.map(([x, y]) => `${n(x)} ${n(y)}`).join('L')}${closed ? 'Z' : ''}`;

/** A sheet as an SVG file whose user unit is a millimetre: printed as it is, it is true to scale. */
export function svgOf(sheet: Sheet): string {
  const { width_mm, height_mm, items } = sheet;
  const drawn = items.map((item) => {
    if (item.kind === 'text') {
      const [x, y] = item.at;
      return `<text x="${n(x)}" y="${n(y)}" font-size="${item.size_mm}" text-anchor="${item.anchor}">${escaped(item.text)}</text>`;
    }
    const dashes = DASHES[item.pen].join(' ');
    const dash = dashes ? ` stroke-dasharray="${dashes}"` : '';
    return `<path data-layer="${escaped(item.layer)}" d="${pathData(item.points, item.closed)}" stroke="${item.colour}"${dash}/>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="${n(width_mm)}mm" height="${n(height_mm)}mm" viewBox="0 0 ${n(width_mm)} ${n(height_mm)}">
<rect width="100%" height="100%" fill="#fff"/>
<g fill="none" stroke-width="0.25" stroke-linejoin="round">
${drawn.filter((d) => d.startsWith('<path')).join('\n')}
</g>
<g fill="${INK}" font-family="'Be Vietnam Pro', 'Noto Sans', Arial, sans-serif">
${drawn.filter((d) => d.startsWith('<text')).join('\n')}
</g>
</svg>
`;
}
