/** WebVTT captions: the cues and their words (W3C WebVTT, without regions and positions). */

export interface Cue {
  start: number;
  end: number;
  text: string;
}

const TIME = /^(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})$/;
const ENTITIES: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  nbsp: '\u00a0',
  lrm: '\u200e',
  rlm: '\u200f',
};

function seconds(text: string): number | null {
  const m = TIME.exec(text);
  return m && Number(m[1] ?? 0) * 3600 + Number(m[2]) * 60 + Number(m[3]) + Number(m[4]) / 1000;
}

/** The cues of a file in order of time. A block with a broken time line is left out, as browsers do. */
export function parseVtt(file: string): Cue[] {
  const cues: Cue[] = [];
  const blocks = file
    .replace(/^\ufeff/, '')
    .replace(/\r\n?/g, '\n')
    .split(/\n{2,}/);
  if (!/^WEBVTT(?:[ \t\n]|$)/.test(blocks[0] ?? '')) return cues;
  for (const block of blocks.slice(1)) {
    const lines = block.split('\n').filter((line, i) => i > 0 || line !== '');
    const timed = lines.findIndex((line) => line.includes('-->'));
    if (timed < 0 || timed > 1) continue;
    const [from, rest] = lines[timed]!.split('-->');
    const start = seconds(from!.trim());
    const end = seconds(rest!.trim().split(/[ \t]/)[0]!);
    if (start === null || end === null || end <= start) continue;
    const text = lines
      .slice(timed + 1)
      .join(' ')
      .replace(/<[^>]*>/g, '')
      .replace(/&(\w+);/g, (all, name: string) => ENTITIES[name] ?? all)
      .trim();
    if (text) cues.push({ start, end, text });
  }
  return cues.sort((a, b) => a.start - b.start);
}

/** The words spoken at `time` seconds, empty between cues. */
export function cueAt(cues: readonly Cue[], time: number): string {
  return cues
    .filter((cue) => cue.start <= time && time < cue.end)
    .map((cue) => cue.text)
    .join('\n');
}
