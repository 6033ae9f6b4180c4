import { describe, expect, it } from 'vitest';
import { type Box, leave, leftAt } from '../../src/core/kept.ts';
import { sentenceAt, sentencesOf, split } from '../../src/core/transcript.ts';

const cue = (start: number, end: number, text: string) => ({ start, end, text });

describe('the transcript', () => {
  const cues = [
    cue(0, 2, 'Past the moat'),
    cue(2, 4.5, 'the axis runs straight to the hall.'),
    cue(5, 7, '“Who built it?”'),
    cue(7, 9, 'Nobody'),
  ];

  it('puts captions together to sentences, and leaves none out', () => {
    expect(sentencesOf(cues)).toEqual([
      cue(0, 4.5, 'Past the moat the axis runs straight to the hall.'),
      cue(5, 7, '“Who built it?”'),
      cue(7, 9, 'Nobody'),
    ]);
    expect(sentencesOf([])).toEqual([]);
  });

  it('stays with the last sentence through a pause', () => {
    const sentences = sentencesOf(cues);
    expect([-1, 0, 4.4, 4.8, 5, 8, 99].map((t) => sentenceAt(sentences, t))).toEqual([-1, 0, 0, 0, 1, 2, 2]);
  });

  it('splits a text as its language does', () => {
    expect(split('Bạn đang đứng trước cổng. Ngày xưa chỉ nhà vua được đi qua!', 'vi')).toHaveLength(2);
    expect(split('Il a coûté 3.5 millions. C’est tout ?', 'fr')).toHaveLength(2);
    expect(split('  ', 'en')).toEqual([]);
  });
});

describe('where a tour was left', () => {
  const box = (): Box & { kept: Map<string, string> } => {
    const kept = new Map<string, string>();
    return {
      kept,
      getItem: (k) => kept.get(k) ?? null,
      setItem: (k, v) => void kept.set(k, v),
      removeItem: (k) => void kept.delete(k),
    };
  };

  it('is known by the stop’s id, in a later release as well', () => {
    const b = box();
    leave(b, '/hue/', 'gate', 'roof');
    expect(leftAt(b, '/hue/', 'gate', ['approach', 'roof', 'end'])).toBe('roof');
    expect(leftAt(b, '/hue/', 'gate', ['approach', 'moat', 'end', 'roof'])).toBe('roof');
    expect(leftAt(b, '/hue/', 'gate', ['approach', 'end'])).toBeNull(); // it is no more
    expect(leftAt(b, '/hue/', 'gate', ['roof', 'end'])).toBeNull(); // the beginning is no place to go on from
    expect(leftAt(b, '/hue/', 'hall', ['approach', 'roof'])).toBeNull();
    expect(leftAt(b, '/other/', 'gate', ['approach', 'roof'])).toBeNull();
    leave(b, '/hue/', 'gate', null);
    expect(b.kept.size).toBe(0);
  });

  it('is not missed where the browser keeps nothing', () => {
    const closed: Box = {
      getItem: () => {
        throw new Error('denied');
      },
      setItem: () => {
        throw new Error('full');
      },
      removeItem: () => {
        throw new Error('denied');
      },
    };
    expect(leftAt(closed, '/', 'gate', ['a', 'b'])).toBeNull();
    expect(() => leave(closed, '/', 'gate', 'b')).not.toThrow();
    expect(() => leave(closed, '/', 'gate', null)).not.toThrow();
  });
});
