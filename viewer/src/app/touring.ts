/** A tour under way: the player's machine, the voice, and the camera between stops. */
import { pathAround } from '../core/around.ts';
import type { Orbit } from '../core/orbit.ts';
import { EASINGS } from '../core/path.ts';
import {
  type PlayerEvent,
  type PlayerState,
  positionOf,
  startAt,
  step,
  type Timing,
  totalOf,
} from '../core/player.ts';
import type { MonumentEntry, StopEntry, TourDocument } from '../core/release.ts';
import { sentenceAt, sentencesOf } from '../core/transcript.ts';
import { Ahead } from '../scene/ahead.ts';
import type { View } from '../scene/view.ts';
import { Narrator } from './narrator.ts';
import { Reader, voiceFor } from './reader.ts';
import { type Way, Ways } from './ways.ts';

export { leave, leftAt } from './memory.ts';
export { toKeep, told } from './telling.ts';
export { startAt };

export interface TouringEvents {
  /** The player's state has changed; `stopChanged` when it is at another stop than before. */
  onChange: (stopChanged: boolean) => void;
}

/** How a visitor listens; what is not named stays. */
export interface Listening {
  muted?: boolean;
  captions?: boolean;
  speed?: number;
  aloud?: boolean;
}

export class Touring {
  state: PlayerState;
  readonly document: TourDocument;
  private readonly view: View;
  private readonly events: TouringEvents;
  private readonly narrator = new Narrator();
  private readonly reader = new Reader();
  private readonly base: string;
  timings: readonly Timing[] = [];
  private language = '';
  /** How fast it is told and flown: 1 as written. */
  private rate = 1;
  /** A computer's voice reads stops without a recording. */
  private aloud = false;
  private readonly ahead: Ahead;
  private readonly ways: Ways;
  private way: Way;
  private path: (t: number) => Orbit;
  private lastFrame = 0;
  private timer = 0;
  private ended = false;

  constructor(
    document: TourDocument,
    monument: MonumentEntry,
    view: View,
    base: string,
    language: string,
    start: PlayerState,
    events: TouringEvents,
  ) {
    this.document = document;
    this.view = view;
    this.base = base;
    this.events = events;
    this.state = start;
    this.ahead = view.ahead ??= new Ahead(view.stage);
    this.ways = new Ways(document.stops, monument, view);
    this.way = { from: view.rig.orbit, via: [], free: true };
    this.path = pathAround(this.way.from, this.ways.framed(this.stop), []);
    this.narrator.onEnded = () => {
      // The last tick came a little before the end; what was heard must not be played again.
      this.send({ type: 'narration', seconds: this.narrator.seconds });
      this.send({ type: 'ended' });
    };
    this.narrator.onCues = this.reader.onSentence = () => this.events.onChange(false);
    this.reader.onEnded = () => this.send({ type: 'ended' });
    this.speak(language);
    this.run();
  }

  get stop(): StopEntry {
    return this.document.stops[this.state.stop]!;
  }

  get position(): number {
    return positionOf(this.state, this.timings);
  }

  get caption(): string {
    if (this.state.phase !== 'dwell') return '';
    if (this.recorded) return this.narrator.captionAt(this.state.elapsed);
    return this.reader.speaking ? (this.reader.sentences[this.reader.at] ?? '') : '';
  }

  /** What is said at the stop, and which sentence is heard; by a recording, or by a computer's voice. */
  get transcript(): { sentences: readonly string[]; at: number; voice: 'recorded' | 'computer' | null } {
    if (this.recorded) {
      const spoken = sentencesOf(this.narrator.cues);
      const at = this.state.phase === 'dwell' ? sentenceAt(spoken, this.state.elapsed) : -1;
      return { sentences: spoken.map((s) => s.text), at, voice: 'recorded' };
    }
    if (!this.aloud) return { sentences: [], at: -1, voice: null };
    return { sentences: this.reader.sentences, at: this.reader.at, voice: 'computer' };
  }

  /** Whether this stop could be read by a computer's voice. */
  get readable(): boolean {
    return !this.recorded && voiceFor(this.language) !== null;
  }

  private get recorded(): boolean {
    return this.stop.narration[this.language] !== undefined;
  }

  /** Take over how the visitor wants to listen. */
  listen({ muted, speed, aloud }: Listening): void {
    if (muted !== undefined) this.narrator.muted = muted;
    if (speed !== undefined) this.rate = this.narrator.rate = this.reader.rate = speed;
    if (aloud === undefined) return;
    this.aloud = aloud;
    this.reader.pause();
    this.voice();
  }

  /** Hear a sentence of the transcript again, and what follows. */
  hear(sentence: number): void {
    if (this.recorded) {
      const start = sentencesOf(this.narrator.cues)[sentence]?.start ?? 0;
      const before = totalOf(this.timings.slice(0, this.state.stop)) + this.timings[this.state.stop]!.move_s;
      this.send({ type: 'seek', seconds: before + start + 0.01 });
    } else this.reader.from(sentence);
    this.send({ type: 'play' });
    this.voice();
  }

  /** Change the language where the tour is: same stop, from the start of its words. */
  speak(language: string): void {
    if (language === this.language) return;
    this.language = language;
    this.time();
    if (this.state.phase === 'dwell') this.state = { ...this.state, elapsed: 0 };
    this.narrator.pause();
    this.load();
    this.voice();
    this.run();
  }

  /** How long everything takes: in this language, and with cuts where flights are unwelcome now. */
  time(): void {
    const { language } = this;
    this.timings = this.document.stops.map((s) => ({
      move_s: s.easing === 'cut' || this.view.rig.still ? 0 : s.move_s,
      dwell_s: s.dwell_s[language] ?? Object.values(s.dwell_s)[0] ?? 0,
    }));
  }

  private load(): void {
    this.narrator.load(this.base, this.stop.narration[this.language] ?? null);
    this.reader.load(this.stop.text[this.language] ?? '', this.language);
  }

  send(event: PlayerEvent): void {
    const before = this.state;
    this.state = step(before, event, this.timings);
    if (this.state === before) return;
    const stopChanged = this.state.stop !== before.stop || event.type === 'seek';
    const restarted =
      event.type === 'return' || (event.type === 'play' && (before.wandering || before.finished));
    if (stopChanged || restarted) {
      this.setOut(before, event.type === 'seek');
      this.narrator.pause();
      this.load();
    }
    if (before.phase === 'move' || stopChanged || restarted) this.follow();
    if (event.type !== 'narration' && event.type !== 'ended') this.voice();
    this.events.onChange(this.state.stop !== before.stop);
    this.lookAhead(before, stopChanged);
    this.run();
  }

  /** Choose the way to the stop; where a surface stands in it, be there at once. */
  private setOut(before: PlayerState, sought: boolean): void {
    this.way = this.ways.to(this.state.stop, before, sought);
    if (!this.way.free) this.state = step(this.state, { type: 'cut' }, this.timings);
    this.lay();
  }

  private lay(): void {
    this.path = pathAround(this.way.from, this.ways.framed(this.stop), this.way.via);
  }

  /** Fetch what comes: on the way the stop's own picture, at the stop the next one's. */
  private lookAhead(before: PlayerState, stopChanged: boolean): void {
    const { state } = this;
    const arrived = state.phase === 'dwell' && (before.phase === 'move' || stopChanged);
    if (state.wandering) {
      if (!before.wandering) this.ahead.prepare(null);
      return;
    }
    if (!arrived && !stopChanged && !before.wandering) return;
    const stop = arrived ? this.document.stops[state.stop + 1] : this.stop;
    if (!stop) {
      this.ahead.prepare(null);
      return;
    }
    this.ahead.prepare({ ...this.ways.shows(stop), now: !arrived });
  }

  /** The window has changed: frame the stop anew, unless the visitor has the camera. */
  refit(): void {
    if (this.state.wandering) return;
    this.lay();
    this.follow();
  }

  /** End the tour: no sound, no clock. */
  end(): void {
    this.narrator.pause();
    this.narrator.load(this.base, null);
    this.reader.pause();
    this.ahead.prepare(null);
    this.view.stage.clock.cancel(this.timer);
    this.ended = true;
  }

  /** Put the camera where the state says. */
  private follow(): void {
    const timing = this.timings[this.state.stop]!;
    const t = this.state.phase === 'dwell' ? 1 : Math.min(1, this.state.elapsed / (timing.move_s || 1e-9));
    this.view.place(this.path(EASINGS[this.stop.easing](t)));
  }

  private voice(): void {
    const speaks = this.state.playing && this.state.phase === 'dwell';
    if (speaks) this.narrator.play(this.state.elapsed);
    else this.narrator.pause();
    if (speaks && this.aloud && !this.recorded) this.reader.play();
    else this.reader.pause();
  }

  private get busy(): boolean {
    const { phase, playing, wandering } = this.state;
    return !wandering && (phase === 'move' || playing);
  }

  /** The clock runs only while something moves or is told. */
  private run(): void {
    if (this.ended || this.timer !== 0 || !this.busy) return;
    this.lastFrame = 0;
    this.timer = this.view.stage.clock.request((time) => this.tick(time));
  }

  private tick(time: number): void {
    const seconds = this.lastFrame ? Math.min(0.25, (time - this.lastFrame) / 1000) * this.rate : 0;
    this.lastFrame = time;
    if (this.state.phase === 'dwell' && this.narrator.speaking) {
      this.send({ type: 'narration', seconds: this.narrator.seconds });
    } else if (seconds > 0) {
      this.send({ type: 'tick', seconds, hold: this.reader.speaking });
    }
    this.timer = this.busy && !this.ended ? this.view.stage.clock.request((next) => this.tick(next)) : 0;
  }
}
