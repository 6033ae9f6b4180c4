import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Anchor, colourAt, oklabOf, rgbOf, tableOf } from '../../src/core/colour.ts';

const TABLES = ['change', 'change-purple-green', 'change-teal-brown'].map((name) => {
  const text = readFileSync(join(import.meta.dirname, `../../../assets/colours/${name}.json`), 'utf8');
  return [name, (JSON.parse(text) as { anchors: Anchor[] }).anchors] as const;
});
type Triple = [number, number, number];

// Full dichromacy, Machado, Oliveira and Fernandes 2009, severity 1, on linear sRGB.
const SEEN_BY: Record<string, number[]> = {
  everyone: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protanopes: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopes: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopes: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
};
const linear = (c: number) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
const gamma = (c: number) => (c <= 0.0031308 ? c * 12.92 : 1.055 * c ** (1 / 2.4) - 0.055);

function seen(rgb: Triple, by: number[]): Triple {
  const l = rgb.map(linear);
  return oklabOf(
    [0, 1, 2].map((r) =>
      gamma(Math.min(1, Math.max(0, by[r * 3]! * l[0]! + by[r * 3 + 1]! * l[1]! + by[r * 3 + 2]! * l[2]!))),
    ) as Triple,
  );
}
const apart = (a: Triple, b: Triple) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

describe.each(TABLES)('colours of %s', (_name, anchors) => {
  it('passes through its anchors and is clamped beyond them', () => {
    for (const { at, colour } of anchors) {
      rgbOf(colour).forEach((c, i) => {
        expect(colourAt(anchors, at)[i]).toBeCloseTo(c, 3);
      });
    }
    expect(colourAt(anchors, -9)).toEqual(colourAt(anchors, -1));
    colourAt(anchors, 9).forEach((c, i) => {
      expect(c).toBeCloseTo(colourAt(anchors, 1)[i]!, 6);
    });
  });

  it('grows darker towards both ends', () => {
    for (const sign of [-1, 1]) {
      for (let i = 0; i < 20; i++) {
        const [a, b] = [i / 20, (i + 1) / 20].map((x) => oklabOf(colourAt(anchors, sign * x))[0]);
        expect(b).toBeLessThan(a!);
      }
    }
  });

  it.each(Object.entries(SEEN_BY))(
    'tells loss from gain and both from nothing, as seen by %s',
    (_who, matrix) => {
      for (const x of [0.3, 0.6, 1]) {
        const [lost, gained, none] = [-x, x, 0].map((v) => seen(colourAt(anchors, v), matrix));
        expect(apart(lost!, gained!)).toBeGreaterThan(0.1);
        expect(apart(lost!, none!)).toBeGreaterThan(0.1);
        expect(apart(gained!, none!)).toBeGreaterThan(0.1);
      }
    },
  );

  it('makes a table of opaque bytes', () => {
    const table = tableOf(anchors, 256);
    expect(table.length).toBe(1024);
    expect([...table].filter((_, i) => i % 4 === 3).every((a) => a === 255)).toBe(true);
    expect([...table.slice(0, 3)]).toEqual(rgbOf(anchors[0]!.colour).map((c) => Math.round(c * 255)));
  });
});
