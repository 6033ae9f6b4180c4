import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dxfOf, layerNames } from '../../src/core/dxf.ts';
import { extentOf, type Layer, scaleFor, sheetOf, svgOf } from '../../src/core/sheet.ts';

const square = (size: number): Layer['lines'] => [
  { closed: true, points: [[0, 0], [size, 0], [size, size], [0, size]] }, // biome-ignore format: corners
];
const LAYERS: Layer[] = [
  {
    id: '2024',
    name: 'Đo vẽ 2024 & "sau"',
    interpreted: false,
    colour: '#0072b2',
    lines: square(8),
    filled: [{ closed: false, points: [[8, 8], [9.5, 8.25]] }], // biome-ignore format: ends
    error_m: 0,
  },
  {
    id: '1885',
    name: '1885~',
    interpreted: true,
    colour: '#d55e00',
    lines: square(6),
    filled: [],
    error_m: 0.02,
  },
];
const EXTENT = extentOf(LAYERS)!;
const WORDS = {
  title: 'Ngọ Môn <x@1.25>',
  notes: ['Surface error of the tiles: 20 mm'],
  legend: (l: Layer) => l.name,
  bar: (m: number) => `${m} m`,
};
/** What each condition's layer is called, here and in `heritage/formats/drawing.py`. */
const named: { id: string; interpreted: boolean; name: string }[] = JSON.parse(
  readFileSync(new URL('layer-names.json', import.meta.url), 'utf8'),
);
const golden = (name: string) => join(import.meta.dirname, '../golden', name);

describe('a sheet', () => {
  it('knows its extent, and takes the largest usual scale that fits', () => {
    expect(EXTENT).toEqual({ min: [0, 0], max: [9.5, 8.25] });
    expect(scaleFor(EXTENT)).toBe(50); // 8.25 m are 165 mm at 1:50, and 412 mm at 1:20
    expect(extentOf([])).toBeNull();
  });

  it('is true to scale: lengths on paper are lengths on the wall', () => {
    const sheet = sheetOf(LAYERS, EXTENT, WORDS);
    const [first] = sheet.items.filter((i) => i.kind === 'path');
    const [a, b] = first!.points as [[number, number], [number, number]];
    expect(Math.hypot(b[0] - a[0], b[1] - a[1]) * sheet.scale).toBeCloseTo(8000, 6);
    const [bar] = sheet.items.filter((i) => i.kind === 'path' && i.layer === 'sheet');
    const text = sheet.items.find((i) => i.kind === 'text' && / m$/.test(i.text));
    const drawn = (bar as { points: [number, number][] }).points;
    expect(((drawn[2]![0] - drawn[1]![0]) * sheet.scale) / 1000).toBeCloseTo(Number.parseFloat((text as { text: string }).text), 9); // biome-ignore format: one value
    for (const item of sheet.items) {
      for (const [x, y] of item.kind === 'path' ? item.points : [item.at]) {
        expect(x).toBeGreaterThanOrEqual(0);
        expect(x).toBeLessThanOrEqual(sheet.width_mm);
        expect(y).toBeLessThanOrEqual(sheet.height_mm);
      }
    }
  });

  it('draws measured lines whole, interpreted ones dashed and filled ones dotted, and escapes words', async () => {
    const svg = svgOf(sheetOf(LAYERS, EXTENT, WORDS));
    expect(svg.match(/data-layer="1885"[^>]*stroke-dasharray="3 1.5"/g)?.length).toBe(1);
    expect(svg.match(/data-layer="2024"[^>]*stroke-dasharray="0.4 1"/g)?.length).toBe(1);
    expect(svg).toContain('Ngọ Môn &lt;x@1.25&gt;');
    await expect(svg).toMatchFileSnapshot(golden('section.svg'));
  });
});

describe('a DXF', () => {
  it('names layers as R12 allows', () => {
    expect(layerNames(named)).toEqual(named.map(({ name }) => name));
  });

  it('is ASCII, and the file that tests/viewer reads with another program', async () => {
    const dxf = dxfOf(LAYERS, EXTENT, [WORDS.title, ...LAYERS.map(WORDS.legend)], WORDS.bar);
    expect(/^[\n\x20-\x7e]*$/.test(dxf)).toBe(true);
    await expect(dxf).toMatchFileSnapshot(golden('section.dxf'));
  });
});
