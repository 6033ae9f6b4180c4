/**
 * A section as DXF of AutoCAD R12, which every CAD program reads: ASCII, one metre is one unit, a layer for each
 * condition, dashed where it is interpreted. Text that is not ASCII is written as \U+XXXX.
 */
import { roundLength } from './geo.ts';
import type { Extent, Layer } from './sheet.ts';

type Pair = [number, string | number];

const NAME_LETTERS = 31;

/**
 * A name for each condition's layer, no two alike. R12 knows capitals, digits, - and _, at most 31; what would be the
 * same once cut ends in _2, _3 and so on. `heritage/formats/drawing.py` names the same layers alike.
 */
export function layerNames(conditions: readonly { id: string; interpreted: boolean }[]): string[] {
  const names: string[] = [];
  for (const { id, interpreted } of conditions) {
    const kind = interpreted ? 'STATE' : 'EPOCH';
    const plain = `${kind}_${id.toUpperCase()}`.replace(/[^A-Z0-9_-]/gu, '_');
    let name = plain.slice(0, NAME_LETTERS);
    for (let number = 2; names.includes(name); number++)
      name = `${plain.slice(0, NAME_LETTERS - `_${number}`.length)}_${number}`;
    names.push(name);
  }
  return names;
}

const ascii = (text: string) =>
  [...text.normalize('NFC').replace(/[\r\n]+/g, ' ')]
    .flatMap((c) => (c >= ' ' && c <= '~' ? [c] : c.split('').map(utf16)))
    .join('');
const utf16 = (unit: string) => `\\U+${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;

const DASH = 'DASHED';
const DOT = 'DOT';
/** AutoCAD's colour numbers nearest to the sheet's colours. */
const COLOURS: Record<string, number> = {
  '#0072b2': 150,
  '#d55e00': 30,
  '#009e73': 104,
  '#cc79a7': 213,
  '#56b4e9': 140,
  '#e69f00': 40,
};

/** Lines of a text: group code, value. */
const pairs = (list: readonly Pair[]) =>
  list
    .map(([code, value]) => `${code}\n${typeof value === 'number' ? number(code, value) : value}\n`)
    .join('');
const number = (code: number, value: number) =>
  code < 60 && code >= 10 ? (Math.round(value * 1e6) / 1e6).toFixed(6) : String(Math.round(value));

const linetype = (name: string, words: string, dashes: readonly number[]): Pair[] => [
  [0, 'LTYPE'],
  [2, name],
  [70, 0],
  [3, words],
  [72, 65],
  [73, dashes.length],
  [40, dashes.reduce((sum, d) => sum + Math.abs(d), 0)],
  ...dashes.map((d): Pair => [49, d]),
];

const polyline = (
  layer: string,
  points: readonly (readonly [number, number])[],
  closed: boolean,
  dots: boolean,
): Pair[] => [
  [0, 'POLYLINE'],
  [8, layer],
  ...(dots ? ([[6, DOT]] as Pair[]) : []),
  [66, 1],
  [10, 0],
  [20, 0],
  [30, 0],
  [70, closed ? 1 : 0],
  ...points.flatMap(([x, y]): Pair[] => [
    [0, 'VERTEX'],
    [8, layer],
    [10, x],
    [20, y],
    [30, 0],
  ]),
  [0, 'SEQEND'],
  [8, layer],
];

/** The file. `words` are lines of text that go below the drawing; `bar` writes the scale bar's length, metres. */
export function dxfOf(
  layers: readonly Layer[],
  extent: Extent,
  words: readonly string[],
  bar: (m: number) => string,
): string {
  const { min, max } = extent;
  const names = layerNames(layers);
  const high = Math.max((max[0] - min[0]) / 60, 0.01); // of letters: sixty of them across the drawing
  const length = roundLength((max[0] - min[0]) / 3 || 1);
  const y = min[1] - 3 * high;
  const text = (line: string, row: number): Pair[] => [
    [0, 'TEXT'],
    [8, 'SHEET'],
    [10, min[0]],
    [20, y - (row + 1) * 2 * high],
    [30, 0],
    [40, high],
    [1, ascii(line)],
  ];
  const rows = [bar(length), ...words];
  const low: [number, number] = [min[0], y - (rows.length + 1) * 2 * high];
  const tables: Pair[] = [
    [0, 'SECTION'], [2, 'TABLES'],
    [0, 'TABLE'], [2, 'LTYPE'], [70, 3],
    ...linetype('CONTINUOUS', 'Solid line', []),
    ...linetype(DASH, '__ __ __ __', [0.12, -0.06]),
    ...linetype(DOT, '. . . . . .', [0, -0.05]),
    [0, 'ENDTAB'],
    [0, 'TABLE'], [2, 'LAYER'], [70, layers.length + 2],
    ...[{ name: '0', colour: 7, line: 'CONTINUOUS' }, { name: 'SHEET', colour: 7, line: 'CONTINUOUS' }, ...layers.map((l, i) => ({ name: names[i]!, colour: COLOURS[l.colour] ?? 7, line: l.interpreted ? DASH : 'CONTINUOUS' }))]
      .flatMap(({ name, colour, line }): Pair[] => [[0, 'LAYER'], [2, name], [70, 0], [62, colour], [6, line]]),
    [0, 'ENDTAB'],
    [0, 'ENDSEC'],
  ]; // biome-ignore format: one table beside the other
  const entities = layers.flatMap((l, i) => {
    const name = names[i]!;
    return [
      ...l.lines.flatMap((p) => polyline(name, p.points, p.closed, false)),
      ...l.filled.flatMap((p) => polyline(name, p.points, p.closed, true)),
    ];
  });
  return pairs([
    [0, 'SECTION'], [2, 'HEADER'],
    [9, '$ACADVER'], [1, 'AC1009'],
    [9, '$EXTMIN'], [10, low[0]], [20, low[1]], [30, 0],
    [9, '$EXTMAX'], [10, max[0]], [20, max[1]], [30, 0],
    [0, 'ENDSEC'],
    ...tables,
    [0, 'SECTION'], [2, 'ENTITIES'],
    ...entities,
    ...polyline('SHEET', [[min[0], y + high / 2], [min[0], y], [min[0] + length, y], [min[0] + length, y + high / 2]], false, false),
    ...rows.flatMap(text),
    [0, 'ENDSEC'],
    [0, 'EOF'],
  ]); // biome-ignore format: a file from top to bottom
}
