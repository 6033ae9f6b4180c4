/** Captions stand on a band of their own: legible over any picture, so the linter of tours need not look. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const css = readFileSync(new URL('../../src/ui/theme.css', import.meta.url), 'utf8');
const rule = /\.caption \{([^}]*)\}/.exec(css)![1]!;
const [r, g, b, alpha] = /background: rgb\((\d+) (\d+) (\d+) \/ ([\d.]+)\)/.exec(rule)!.slice(1).map(Number);

/** WCAG 2.2, relative luminance of an sRGB colour. */
const luminance = (rgb: readonly number[]) =>
  rgb
    .map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, k) => sum + v * [0.2126, 0.7152, 0.0722][k]!, 0);

it.each([0, 64, 128, 192, 255])('white words on the band over a grey of %i', (behind) => {
  expect(rule).toContain('color: #fff');
  const band = [r!, g!, b!].map((v) => v * alpha! + behind * (1 - alpha!));
  expect(1.05 / (luminance(band) + 0.05)).toBeGreaterThan(12);
});
