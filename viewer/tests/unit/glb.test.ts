import { describe, expect, it } from 'vitest';
import { freeAtFirst } from '../../src/core/free.ts';
import { readGlb } from '../../src/core/glb.ts';

/** A .glb of a JSON text and bytes, by the letter of glTF 2.0: chunks padded to four bytes. */
function glb(json: string, bin: number[]): ArrayBuffer {
  const text = new TextEncoder().encode(json.padEnd(Math.ceil(json.length / 4) * 4));
  const out = new Uint8Array(12 + 8 + text.length + 8 + bin.length);
  const view = new DataView(out.buffer);
  for (const [i, word] of [0x46546c67, 2, out.length, text.length, 0x4e4f534a].entries())
    view.setUint32(4 * i, word, true);
  out.set(text, 20);
  view.setUint32(20 + text.length, bin.length, true);
  view.setUint32(24 + text.length, 0x004e4942, true);
  out.set(bin, 28 + text.length);
  return out.buffer;
}

describe('readGlb', () => {
  const whole = glb('{"scene":0,"asset":{"version":"2.0"}}', [1, 2, 3, 4]);

  it('takes JSON and bytes apart', () => {
    const { gltf, bin } = readGlb(whole);
    expect(gltf.scene).toBe(0);
    expect([...bin]).toEqual([1, 2, 3, 4]);
  });

  it('refuses what is none, what is cut off, and what has no JSON', () => {
    expect(() => readGlb(new ArrayBuffer(4))).toThrow('not a binary glTF');
    expect(() => readGlb(new TextEncoder().encode('<!doctype html>').buffer)).toThrow('not a binary glTF');
    expect(() => readGlb(whole.slice(0, whole.byteLength - 2))).toThrow('cut off');
    expect(() => readGlb(whole.slice(0, 12))).toThrow('no JSON');
  });
});

describe('freeAtFirst', () => {
  it('leaves the sheet and the tools of a phone, and the card of a desktop on its side', () => {
    expect(freeAtFirst(390, 844, true, false)).toMatchObject({ bottom: 388, top: 116, left: 0 });
    expect(freeAtFirst(1440, 900, false, false)).toMatchObject({
      left: 24 + 0.27 * 1440,
      right: 0,
      bottom: 0,
    });
    expect(freeAtFirst(2400, 900, false, true)).toMatchObject({ left: 0, right: 24 + 412 });
    expect(freeAtFirst(2400, 900, false, false, 20)).toMatchObject({ left: 24 + 1.25 * 412 });
    expect(freeAtFirst(640, 360, false, false).left).toBeCloseTo(12 + 0.54 * 640);
  });
});
