import { describe, expect, it, vi } from 'vitest';
import { BUDGET, Scheduler, shareOf } from '../../src/core/budget.ts';
import { linesOf, pagesOf } from '../../src/core/lines.ts';
import { Leaf } from '../../src/xr/leaf.ts';

describe('frame budget', () => {
  /** Tiles of halving errors: a level is drawn where its error is at most `px`; every level has four times the triangles. */
  const scene = (finest: number) => (px: number) => {
    const level = Math.max(0, Math.ceil(Math.log2(64 / px)));
    const triangles = finest / 4 ** Math.max(0, 5 - level);
    return { triangles, calls: Math.ceil(triangles / 15_000) };
  };

  it.each([2e5, 1e6, 4e6, 3e7])('comes to rest within it: %d triangles at full detail', (finest) => {
    const draw = scene(finest);
    const scheduler = new Scheduler(12, 200);
    const over: number[] = [];
    for (let k = 0; k < 120; k++) {
      const share = shareOf(draw(scheduler.error_px));
      if (share > 1) over.push(k / 2);
      scheduler.update(share, k / 2);
    }
    // Twenty seconds after each try of a finer level there may be another one.
    expect(over.filter((s) => s > 10).length).toBeLessThanOrEqual(3);
    for (let k = 1; k < over.length; k++)
      if (over[k]! > 10) expect(over[k]! - over[k - 1]!).toBeGreaterThan(9);
  });

  it('is as fine as the screen where there is room, and bearable where nothing helps', () => {
    const scheduler = new Scheduler(12, 200);
    expect(scheduler.error_px).toBe(24);
    for (let k = 0; k < 40; k++) scheduler.update(0.1, k);
    expect(scheduler.error_px).toBe(12);
    for (let k = 0; k < 40; k++) scheduler.update(9, k);
    expect(scheduler.error_px).toBe(200);
    scheduler.update(0.8, 41);
    expect(scheduler.error_px).toBe(200);
  });

  it('tries finer tiles again where the view is another one', () => {
    const scheduler = new Scheduler(12, 200);
    scheduler.update(2, 0);
    const px = scheduler.error_px;
    for (let k = 0; k < 12; k++) scheduler.update(0.1, 1);
    expect(scheduler.error_px).toBeGreaterThan(24);
    expect(scheduler.error_px).toBeLessThan(px);
    scheduler.forget();
    for (let k = 0; k < 12; k++) scheduler.update(0.1, 1);
    expect(scheduler.error_px).toBe(12);
  });

  it('counts what is nearer to its end, triangles or calls', () => {
    expect(shareOf({ triangles: 250_000, calls: 120 })).toBeCloseTo(1.2, 9);
    expect(shareOf({ triangles: 750_000, calls: 10 })).toBeCloseTo(1.5, 9);
    expect(BUDGET).toEqual({ triangles: 500_000, calls: 100 });
  });
});

describe('lines', () => {
  const measure = (words: string) => [...words].length;

  it('breaks between words, keeps every one, and none is too wide', () => {
    const text =
      'Bạn đang đứng trước cổng chính của hoàng thành.\n\nNgày xưa chỉ nhà vua được đi qua lối giữa.';
    const lines = linesOf(text, 18, measure);
    for (const line of lines) expect(measure(line)).toBeLessThanOrEqual(18);
    expect(lines.filter(Boolean).join(' ')).toBe(text.replace(/\s+/g, ' '));
    expect(lines.indexOf('')).toBeGreaterThan(0);
    // As few lines as there can be: the first word of a line did not fit into the one before.
    for (let k = 1; k < lines.length; k++) {
      const first = lines[k]!.split(' ')[0]!;
      if (lines[k] && lines[k - 1]) expect(measure(`${lines[k - 1]} ${first}`)).toBeGreaterThan(18);
    }
  });

  it('cuts a word that is wider than a line between letters, not between a letter and its mark', () => {
    const decomposed = 'Hue\u0302\u0301Hue\u0302\u0301';
    const lines = linesOf(decomposed, 5, measure);
    expect(lines.join('')).toBe(decomposed);
    for (const line of lines) expect(line).not.toMatch(/^[\u0300-\u036f]/);
  });

  it('turns pages without losing a line', () => {
    const lines = ['a', 'b', '', 'c', 'd', '', 'e'];
    expect(pagesOf(lines, 3)).toEqual([['a', 'b', ''], ['c', 'd', ''], ['e']]);
    expect(pagesOf(lines, 2)).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    expect(pagesOf([], 3)).toEqual([[]]);
  });
});

describe('a board in several languages', () => {
  /** A canvas that keeps what is written on it, with how it is written. */
  function board() {
    const written: { text: string; x: number; runs: string; from: string; lang: string }[] = [];
    const canvas = { width: 0, height: 0, lang: '', getContext: () => context };
    const context = {
      direction: 'inherit',
      textAlign: 'start',
      measureText: (text: string) => ({ width: text.length * 15 }),
      fillText: (text: string, x: number) =>
        written.push({ text, x, runs: context.direction, from: context.textAlign, lang: canvas.lang }),
      ...Object.fromEntries(
        ['clearRect', 'fillRect', 'beginPath', 'roundRect', 'rect', 'arc', 'fill', 'stroke'].map((k) => [
          k,
          () => {},
        ]),
      ),
    };
    vi.stubGlobal('document', { createElement: () => canvas });
    const leaf = new Leaf(1000, 950, false);
    vi.unstubAllGlobals();
    return { leaf, written };
  }
  const words = {
    kicker: { text: 'Stop 1 of 4', language: 'en' },
    title: { text: 'البوابة', language: 'ar' },
    claim: { interpreted: false, text: 'Measured' },
    text: { text: 'هنا', language: 'ar' },
    note: 'Trigger: press.',
    buttons: [{ id: 'leave', label: 'Leave' }],
    spoken: 'en',
  };

  it.each([true, false])('writes each text as its language runs (from the right: %s)', (rtl) => {
    const { leaf, written } = board();
    leaf.write({ ...words, rtl }, null, 0);
    const of = (text: string) => written.find((w) => w.text === text)!;
    for (const text of ['Stop 1 of 4', 'Measured', 'Trigger: press.', 'Leave'])
      expect(of(text), text).toMatchObject({ runs: 'ltr', lang: 'en' });
    for (const text of ['البوابة', 'هنا']) expect(of(text), text).toMatchObject({ runs: 'rtl', lang: 'ar' });
    for (const text of ['Stop 1 of 4', 'البوابة', 'هنا', 'Trigger: press.'])
      expect(of(text), text).toMatchObject(rtl ? { x: 956, from: 'right' } : { x: 44, from: 'left' });
    expect(leaf.buttonAt(rtl ? 950 : 50, 860)).toBe('leave');
  });
});
