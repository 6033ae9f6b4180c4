/** The recorded voice of a stop, with its captions. */
import { loadText } from '../core/load.ts';
import type { Narration } from '../core/release.ts';
import { type Cue, cueAt, parseVtt } from '../core/vtt.ts';

export class Narrator {
  onEnded: () => void = () => {};
  private readonly audio = new Audio();
  private cues: Cue[] = [];
  private url = '';
  private silent = false;

  constructor() {
    this.audio.preload = 'auto';
    this.audio.addEventListener('ended', () => this.onEnded());
    this.audio.addEventListener('error', () => this.fail());
  }

  /** Whether its clock counts. */
  get speaking(): boolean {
    return this.url !== '' && !this.silent && !this.audio.paused;
  }

  get seconds(): number {
    return this.audio.currentTime;
  }

  set muted(muted: boolean) {
    this.audio.muted = muted;
  }

  /** Make the narration of a stop ready; null for a stop without one. */
  load(base: string, narration: Narration | null): void {
    const url = narration ? base + narration.audio : '';
    if (url === this.url) return;
    this.audio.pause();
    this.url = url;
    this.silent = false;
    this.cues = [];
    if (!narration) {
      this.audio.removeAttribute('src');
      return;
    }
    this.audio.src = url;
    if (!narration.captions) return;
    loadText(base + narration.captions).then(
      (text) => {
        if (this.url === url) this.cues = parseVtt(text);
      },
      () => {}, // the stop's text is on screen; captions are a help, not the only words
    );
  }

  play(from: number): void {
    // A voice that has ended would start again from the beginning.
    if (this.url === '' || this.silent || from >= this.audio.duration - 0.05) return;
    if (Math.abs(this.audio.currentTime - from) > 0.3) this.audio.currentTime = from;
    if (this.audio.paused) this.audio.play().catch(() => this.fail());
  }

  pause(): void {
    this.audio.pause();
  }

  captionAt(seconds: number): string {
    return cueAt(this.cues, seconds);
  }

  /** The browser would not play, or the file is broken: the tour goes on by its own clock. */
  private fail(): void {
    this.silent = this.url !== '';
  }
}
