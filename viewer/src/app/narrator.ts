/** The recorded voice of a stop, with its captions. */
import { loadText } from '../core/load.ts';
import type { Narration } from '../core/release.ts';
import { type Cue, cueAt, parseVtt } from '../core/vtt.ts';

export class Narrator {
  onEnded: () => void = () => {};
  /** The captions have come. */
  onCues: () => void = () => {};
  cues: readonly Cue[] = [];
  private readonly audio = new Audio();
  private url = '';
  /** Where it was last told to begin. */
  private asked = 0;
  /** The file is broken, or the browser would not play it unasked. */
  private silent: 'broken' | 'refused' | null = null;

  constructor() {
    this.audio.preload = 'auto';
    this.audio.addEventListener('ended', () => this.onEnded());
    this.audio.addEventListener('error', () => this.fail('broken'));
  }

  /** Whether its clock counts. */
  get speaking(): boolean {
    return this.url !== '' && !this.silent && !this.audio.paused;
  }

  get seconds(): number {
    // Before its length is known, and while it seeks, a recording may say 0.
    const ready = this.audio.readyState >= HTMLMediaElement.HAVE_METADATA && !this.audio.seeking;
    return ready ? this.audio.currentTime : this.asked;
  }

  set muted(muted: boolean) {
    this.audio.muted = muted;
  }

  /** How fast it is played; the pitch stays. */
  set rate(rate: number) {
    this.audio.defaultPlaybackRate = rate;
    this.audio.playbackRate = rate;
  }

  /** Make the narration of a stop ready; null for a stop without one. */
  load(base: string, narration: Narration | null): void {
    const url = narration ? base + narration.audio : '';
    if (url === this.url) return;
    this.audio.pause();
    this.url = url;
    this.silent = null;
    this.cues = [];
    if (!narration) {
      this.audio.removeAttribute('src');
      return;
    }
    this.audio.src = url;
    if (!narration.captions) return;
    loadText(base + narration.captions).then(
      (text) => {
        if (this.url !== url) return;
        this.cues = parseVtt(text);
        this.onCues();
      },
      () => {}, // the stop's text is on screen; captions are a help, not the only words
    );
  }

  play(from: number): void {
    // A voice that has ended would start again from the beginning.
    if (this.url === '' || this.silent || from >= this.audio.duration - 0.05) return;
    this.asked = from;
    if (Math.abs(this.audio.currentTime - from) > 0.3) this.audio.currentTime = from;
    if (this.audio.paused) this.audio.play().catch((error: unknown) => this.refused(error));
  }

  pause(): void {
    this.audio.pause();
    // A press may have changed its mind.
    if (this.silent === 'refused') this.silent = null;
  }

  captionAt(seconds: number): string {
    return cueAt(this.cues, seconds);
  }

  private refused(error: unknown): void {
    // A pause that came first is no refusal.
    const { name } = error as DOMException;
    if (name !== 'AbortError') this.fail(name === 'NotAllowedError' ? 'refused' : 'broken');
  }

  /** The tour goes on by its own clock. */
  private fail(why: 'broken' | 'refused'): void {
    if (this.url !== '' && this.silent !== 'broken') this.silent = why;
  }
}
