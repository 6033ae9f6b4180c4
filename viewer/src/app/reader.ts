/** A computer's voice for a stop without a recording: only on request, and said to be one. */
import { split } from '../core/transcript.ts';

/** A voice of the visitor's system for a language; null where it has none. */
export function voiceFor(language: string): SpeechSynthesisVoice | null {
  if (!('speechSynthesis' in window)) return null;
  const base = language.split('-')[0]!.toLowerCase();
  const fits = speechSynthesis.getVoices().filter((v) => v.lang.toLowerCase().split(/[-_]/)[0] === base);
  // A voice of the machine needs no network, and tells no one what is read.
  return fits.find((v) => v.localService) ?? null;
}

export class Reader {
  onEnded: () => void = () => {};
  /** Another sentence is read. */
  onSentence: () => void = () => {};
  rate = 1;
  sentences: readonly string[] = [];
  /** The sentence that is read, or would be next. */
  at = 0;
  /** Whether it reads at this moment. */
  speaking = false;
  private language = '';
  /** Tells answers to an utterance that was given up from those to the present one. */
  private turn = 0;

  load(text: string, language: string): void {
    this.pause();
    this.language = language;
    this.sentences = split(text, language);
    this.at = 0;
  }

  get finished(): boolean {
    return this.at >= this.sentences.length;
  }

  play(): void {
    const voice = voiceFor(this.language);
    if (this.speaking || this.finished || !voice) return;
    this.speaking = true;
    this.say(voice, ++this.turn);
  }

  /** Read from a sentence on. */
  from(sentence: number): void {
    this.pause();
    this.at = sentence;
  }

  pause(): void {
    if (!this.speaking) return;
    this.turn++;
    this.speaking = false;
    speechSynthesis.cancel();
  }

  private say(voice: SpeechSynthesisVoice, turn: number): void {
    const utterance = new SpeechSynthesisUtterance(this.sentences[this.at]!);
    utterance.voice = voice;
    utterance.lang = voice.lang;
    utterance.rate = this.rate;
    const next = () => {
      if (turn !== this.turn) return;
      this.at++;
      this.onSentence();
      if (!this.finished) this.say(voice, turn);
      else {
        this.speaking = false;
        this.onEnded();
      }
    };
    utterance.onend = next;
    utterance.onerror = () => {
      if (turn !== this.turn) return;
      this.speaking = false; // the tour goes on by its own clock
      this.at = this.sentences.length;
      this.onEnded();
    };
    this.onSentence();
    speechSynthesis.speak(utterance);
  }
}
