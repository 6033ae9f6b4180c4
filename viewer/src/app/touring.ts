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
import { Ahead } from '../scene/ahead.ts';
import type { View } from '../scene/view.ts';
import { type Listening, type Transcript, Voice } from './voice.ts';
import { type Way, Ways } from './ways.ts';

export { leave, leftAt } from './memory.ts';
export { toKeep, told } from './telling.ts';
export { startAt };

export interface TouringEvents {
  /** The player's state has changed; `stopChanged` when it is at another stop than before. */
  onChange: (stopChanged: boolean) => void;
}

export class Touring {
  state: PlayerState;
  readonly document: TourDocument;
  private readonly view: View;
  private readonly events: TouringEvents;
  private readonly voice: Voice;
  timings: readonly Timing[] = [];
  private language = '';
  /** How fast it is told and flown: 1 as written. */
  private rate = 1;
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
    this.events = events;
    this.state = start;
    this.ahead = view.ahead ??= new Ahead(view.stage, view.conditions);
    this.ahead.begin();
    this.ways = new Ways(document.stops, monument, view);
    this.way = { from: view.rig.orbit, via: [], free: true };
    this.path = pathAround(this.way.from, this.ways.framed(this.stop), []);
    this.voice = new Voice(base, {
      onRecordingEnded: (seconds) => {
        // The last tick came a little before the end; what was heard must not be played again.
        this.send({ type: 'narration', seconds });
        this.send({ type: 'ended' });
      },
      onReadingEnded: () => this.send({ type: 'ended' }),
      onWords: () => this.events.onChange(false),
    });
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
    return this.state.phase === 'dwell' ? this.voice.captionAt(this.state.elapsed) : '';
  }

  /** What is said at the stop, and which sentence is heard. */
  get transcript(): Transcript {
    return this.voice.transcriptAt(this.state.phase === 'dwell' ? this.state.elapsed : null);
  }

  /** Whether this stop could be read by a computer's voice. */
  get readable(): boolean {
    return this.voice.readable;
  }

  /** Take over how the visitor wants to listen. */
  listen(how: Listening): void {
    if (how.speed !== undefined) this.rate = how.speed;
    this.voice.listen(how);
    if (how.aloud !== undefined) this.say();
  }

  /** Hear a sentence of the transcript again, and what follows. */
  hear(sentence: number): void {
    const start = this.voice.from(sentence);
    if (start !== null) {
      const before = totalOf(this.timings.slice(0, this.state.stop)) + this.timings[this.state.stop]!.move_s;
      this.send({ type: 'seek', seconds: before + start + 0.01 });
    }
    this.send({ type: 'play' });
    this.say();
  }

  /** Change the language where the tour is: same stop, from the start of its words. */
  speak(language: string): void {
    if (language === this.language) return;
    this.language = language;
    this.time();
    if (this.state.phase === 'dwell') this.state = { ...this.state, elapsed: 0 };
    this.voice.interrupt();
    this.voice.load(this.stop, language);
    this.say();
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

  send(event: PlayerEvent): void {
    const before = this.state;
    this.state = step(before, event, this.timings);
    if (this.state === before) return;
    const stopChanged = this.state.stop !== before.stop || event.type === 'seek';
    const restarted =
      event.type === 'return' || (event.type === 'play' && (before.wandering || before.finished));
    if (stopChanged || restarted) {
      this.setOut(before, event.type === 'seek');
      this.voice.interrupt();
      this.voice.load(this.stop, this.language);
    }
    if (before.phase === 'move' || stopChanged || restarted) this.follow();
    if (event.type !== 'narration' && event.type !== 'ended') this.say();
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

  /** The stop's monuments are on screen, and the first flight begins: fetch what it ends on. */
  setOff(): void {
    if (this.state.phase === 'move') this.ahead.prepare({ ...this.ways.shows(this.stop), now: true });
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
    this.voice.pause();
    this.voice.load(null, this.language);
    this.ahead.end();
    this.view.stage.clock.cancel(this.timer);
    this.ended = true;
  }

  /** Put the camera where the state says. */
  private follow(): void {
    const timing = this.timings[this.state.stop]!;
    const t = this.state.phase === 'dwell' ? 1 : Math.min(1, this.state.elapsed / (timing.move_s || 1e-9));
    this.view.place(this.path(EASINGS[this.stop.easing](t)));
  }

  private say(): void {
    if (this.state.playing && this.state.phase === 'dwell') this.voice.play(this.state.elapsed);
    else this.voice.pause();
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
    const heard = this.state.phase === 'dwell' ? this.voice.clock : null;
    if (heard !== null) this.send({ type: 'narration', seconds: heard });
    else if (seconds > 0) this.send({ type: 'tick', seconds, hold: this.voice.reading });
    this.timer = this.busy && !this.ended ? this.view.stage.clock.request((next) => this.tick(next)) : 0;
  }
}
