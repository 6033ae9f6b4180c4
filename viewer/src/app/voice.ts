/** What is heard at a stop: its recording, or on request a computer's voice where there is none; with the words to it. */
import type { StopEntry } from '../core/release.ts';
import { sentenceAt, sentencesOf } from '../core/transcript.ts';
import { Narrator } from './narrator.ts';
import { Reader, voiceFor } from './reader.ts';

/** How a visitor listens; what is not named stays. */
export interface Listening {
  muted?: boolean;
  captions?: boolean;
  speed?: number;
  aloud?: boolean;
}

/** What is said at a stop, and which sentence is heard; -1: none. */
export interface Transcript {
  sentences: readonly string[];
  at: number;
  voice: 'recorded' | 'computer' | null;
}

export interface VoiceEvents {
  /** A recording has ended, at its second. */
  onRecordingEnded: (seconds: number) => void;
  onReadingEnded: () => void;
  /** Other words are said, or are known now. */
  onWords: () => void;
}

export class Voice {
  private readonly narrator = new Narrator();
  private readonly reader = new Reader();
  private readonly base: string;
  /** A computer's voice reads stops without a recording. */
  private aloud = false;
  private recorded = false;
  private language = '';

  constructor(base: string, events: VoiceEvents) {
    this.base = base;
    this.narrator.onEnded = () => events.onRecordingEnded(this.narrator.seconds);
    this.reader.onEnded = events.onReadingEnded;
    this.narrator.onCues = this.reader.onSentence = events.onWords;
  }

  /** Make a stop's words ready; null for none. */
  load(stop: StopEntry | null, language: string): void {
    const narration = stop?.narration[language] ?? null;
    this.language = language;
    this.recorded = narration !== null;
    this.narrator.load(this.base, narration);
    this.reader.load(stop?.text[language] ?? '', language);
  }

  /** Speak from a second of the stop's dwell on, or be silent. */
  play(from: number): void {
    this.narrator.play(from);
    if (this.aloud && !this.recorded) this.reader.play();
    else this.reader.pause();
  }

  pause(): void {
    this.narrator.pause();
    this.reader.pause();
  }

  /** Silence a recording that will be played from elsewhere; a computer's voice has no elsewhere. */
  interrupt(): void {
    this.narrator.pause();
  }

  listen({ muted, speed, aloud }: Listening): void {
    if (muted !== undefined) this.narrator.muted = muted;
    if (speed !== undefined) this.narrator.rate = this.reader.rate = speed;
    if (aloud === undefined) return;
    this.aloud = aloud;
    this.reader.pause();
  }

  /** The second of the dwell at which a sentence begins; null where a computer's voice reads it, and does so next. */
  from(sentence: number): number | null {
    if (this.recorded) return sentencesOf(this.narrator.cues)[sentence]?.start ?? 0;
    this.reader.from(sentence);
    return null;
  }

  /** The recording's second while it is heard: the dwell's clock. */
  get clock(): number | null {
    return this.narrator.speaking ? this.narrator.seconds : null;
  }

  /** A voice without a clock is reading. */
  get reading(): boolean {
    return this.reader.speaking;
  }

  /** Whether this stop could be read by a computer's voice. */
  get readable(): boolean {
    return !this.recorded && voiceFor(this.language) !== null;
  }

  /** What is said at a second of the dwell. */
  captionAt(seconds: number): string {
    if (this.recorded) return this.narrator.captionAt(seconds);
    return this.reader.speaking ? (this.reader.sentences[this.reader.at] ?? '') : '';
  }

  /** `seconds` of the dwell; null before it. */
  transcriptAt(seconds: number | null): Transcript {
    if (this.recorded) {
      const spoken = sentencesOf(this.narrator.cues);
      const at = seconds === null ? -1 : sentenceAt(spoken, seconds);
      return { sentences: spoken.map((s) => s.text), at, voice: 'recorded' };
    }
    if (!this.aloud) return { sentences: [], at: -1, voice: null };
    return { sentences: this.reader.sentences, at: this.reader.at, voice: 'computer' };
  }
}
