import { describe, expect, it } from 'vitest';
import { barOf, bearingOf, frameOf, SIDES, tilesOf, VIEWS, withPaperSize } from '../../src/core/elevation.ts';
import { cross, type Vec3 } from '../../src/core/vec.ts';

const BOX = { min: [-10, -3, 0] as Vec3, max: [10, 4, 12] as Vec3 };

describe('an elevation', () => {
  it.each(SIDES)('is not mirrored: %s', (side) => {
    const { right, up, look } = VIEWS[side];
    expect(cross(right, up).map((v, k) => v + look[k]!)).toEqual([0, 0, 0]);
  });

  it('has as many pixels as its millimetres say, with a margin', () => {
    const frame = frameOf(BOX, 'east', 5, 1);
    expect(frame.width).toBe(Math.ceil((7 + 2 * 0.24) / 0.005));
    expect(frame.height).toBe(Math.ceil((12 + 2 * 0.24) / 0.005));
    expect(frame.left_m).toBeCloseTo(-3.24, 9);
    // A monument frame in which a metre is two true metres has pixels half as large.
    expect(frameOf(BOX, 'east', 5, 2).pixel_m).toBeCloseTo(0.0025, 12);
    expect(frameOf(BOX, 'west', 5, 1).left_m).toBeCloseTo(-4.24, 9);
  });

  it('says where it looks', () => {
    const turned = (deg: number) => {
      const h = (deg * Math.PI) / 180;
      return [Math.cos(h), -Math.sin(h), 0, 0, Math.sin(h), Math.cos(h), 0, 0, 0, 0, 1, 0, 5, 5, 0, 1];
    };
    expect(bearingOf('south', turned(0))).toBeCloseTo(0, 9);
    expect(bearingOf('south', turned(90))).toBeCloseTo(90, 9);
    expect(bearingOf('west', turned(0))).toBeCloseTo(90, 9);
    expect(bearingOf('top', turned(0))).toBeNull();
  });

  it('is drawn in parts that cover it once', () => {
    const parts = tilesOf(2500, 1100, 1144);
    expect(parts.length).toBe(3);
    expect(parts.reduce((sum, p) => sum + p.w * p.h, 0)).toBe(2500 * 1100);
    expect(barOf(2500, 5)).toEqual({ length_m: 2, pixels: 400 });
  });

  it('is a PNG that says its size on paper, with a checksum that holds', () => {
    const png = new Uint8Array(Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')); // biome-ignore format: one pixel
    const out = Buffer.from(withPaperSize(png));
    expect(out.subarray(37, 41).toString()).toBe('pHYs');
    // The chunk of 10 000 pixels per metre, as other programs write it.
    expect(out.subarray(33, 54).toString('hex')).toBe('000000097048597300002710000027100194695119');
    expect(out.length).toBe(png.length + 21);
    expect(() => withPaperSize(new Uint8Array(40))).toThrow('not a PNG');
  });
});
