/** What is said at a stop, sentence by sentence: to read along, and to listen to again from there. */
import type { Cue } from './vtt.ts';

const ENDS = /[.!?…。！？][”"’'»)\]]*$/;

/** Captions break where lines are full; here they are put together again up to the end of each sentence. */
export function sentencesOf(cues: readonly Cue[]): Cue[] {
  const sentences: Cue[] = [];
  let open = false;
  for (const cue of cues) {
    const last = sentences.at(-1);
    if (open && last) {
      sentences[sentences.length - 1] = { start: last.start, end: cue.end, text: `${last.text} ${cue.text}` };
    } else sentences.push({ ...cue });
    open = !ENDS.test(cue.text.trim());
  }
  return sentences;
}

/** The sentence that is heard at `time` seconds, or was last; -1 before the first. */
export function sentenceAt(sentences: readonly Cue[], time: number): number {
  return sentences.findLastIndex((sentence) => sentence.start <= time);
}

/** The sentences of a text without recording, as its language ends them. */
export function split(text: string, language: string): string[] {
  const segments = new Intl.Segmenter(language, { granularity: 'sentence' }).segment(text);
  return [...segments].map((s) => s.segment.trim()).filter((s) => s !== '');
}
