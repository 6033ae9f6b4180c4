import { describe, expect, it } from 'vitest';
import { cueAt, parseVtt } from '../../src/core/vtt.ts';

const FILE = `\ufeffWEBVTT - tour\r
\r
NOTE a remark\r
\r
intro\r
00:01.000 --> 00:03.500 align:start\r
<v Guide>Ng\u1ecd M\u00f4n &amp; l\u1ea7u</v>\r
hai d\u00f2ng\r
\r
01:00:00.000 --> 01:00:02.000\r
<i>An hour</i> later\r
\r
00:09.000 --> 00:04.000\r
backwards\r
\r
00:05.0 --> 00:06.000\r
broken time\r
`;

describe('captions', () => {
  it('reads cues, drops tags and settings, joins lines', () => {
    expect(parseVtt(FILE)).toEqual([
      { start: 1, end: 3.5, text: 'Ngọ Môn & lầu hai dòng' },
      { start: 3600, end: 3602, text: 'An hour later' },
    ]);
  });

  it('a file that is no WebVTT has no cues', () => {
    expect(parseVtt('1\n00:01.000 --> 00:02.000\ntext')).toEqual([]);
    expect(parseVtt('')).toEqual([]);
  });

  it('finds the words of a moment', () => {
    const cues = parseVtt(FILE);
    expect(cueAt(cues, 0.99)).toBe('');
    expect(cueAt(cues, 1)).toContain('Ngọ Môn');
    expect(cueAt(cues, 3.5)).toBe('');
  });
});
