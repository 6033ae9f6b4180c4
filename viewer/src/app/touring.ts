/** A tour under way: the player's machine, the voice, and the camera between stops. */
import { type Pose, poseOf } from '../core/frames.ts';
import type { Orbit } from '../core/orbit.ts';
import { EASINGS, pathBetween } from '../core/path.ts';
import {
  type PlayerEvent,
  type PlayerState,
  positionOf,
  startAt,
  step,
  type Timing,
} from '../core/player.ts';
import type { MonumentEntry, StopEntry, TourDocument } from '../core/release.ts';
import type { View } from '../scene/view.ts';
import { Narrator } from './narrator.ts';

export { startAt };

export interface TouringEvents {
  /** The player's state has changed; `stopChanged` when it is at another stop than before. */
  onChange: (stopChanged: boolean) => void;
}

export class Touring {
  state: PlayerState;
  readonly document: TourDocument;
  private readonly monument: MonumentEntry;
  private readonly view: View;
  private readonly events: TouringEvents;
  private readonly narrator = new Narrator();
  private readonly base: string;
  timings: readonly Timing[] = [];
  private language = '';
  /** Where the present move began. */
  private from: Orbit;
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
    this.monument = monument;
    this.view = view;
    this.base = base;
    this.events = events;
    this.state = start;
    this.from = view.rig.orbit;
    this.narrator.onEnded = () => {
      // The last tick came a little before the end; what was heard must not be played again.
      this.send({ type: 'narration', seconds: this.narrator.seconds });
      this.send({ type: 'ended' });
    };
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
    return this.state.phase === 'dwell' ? this.narrator.captionAt(this.state.elapsed) : '';
  }

  set muted(muted: boolean) {
    this.narrator.muted = muted;
  }

  /** Change the language where the tour is: same stop, from the start of its words. */
  speak(language: string): void {
    if (language === this.language) return;
    this.language = language;
    this.timings = this.document.stops.map((s) => ({
      move_s: s.easing === 'cut' || this.view.rig.still ? 0 : s.move_s,
      dwell_s: s.dwell_s[language] ?? Object.values(s.dwell_s)[0] ?? 0,
    }));
    if (this.state.phase === 'dwell') this.state = { ...this.state, elapsed: 0 };
    this.narrator.pause();
    this.narrator.load(this.base, this.stop.narration[language] ?? null);
    this.voice();
    this.run();
  }

  send(event: PlayerEvent): void {
    const before = this.state;
    this.state = step(before, event, this.timings);
    if (this.state === before) return;
    const stopChanged = this.state.stop !== before.stop || event.type === 'seek';
    const restarted =
      event.type === 'return' || (event.type === 'play' && (before.wandering || before.finished));
    if (stopChanged || restarted) {
      const previous = this.document.stops[this.state.stop - 1];
      this.from = event.type === 'seek' && previous ? this.framed(previous) : this.view.rig.orbit;
      this.narrator.pause();
      this.narrator.load(this.base, this.stop.narration[this.language] ?? null);
    }
    if (before.phase === 'move' || stopChanged || restarted) this.follow();
    if (event.type !== 'narration' && event.type !== 'ended') this.voice();
    this.events.onChange(this.state.stop !== before.stop);
    this.run();
  }

  /** The window has changed: frame the stop anew, unless the visitor has the camera. */
  refit(): void {
    if (!this.state.wandering) this.follow();
  }

  /** End the tour: no sound, no clock. */
  end(): void {
    this.narrator.pause();
    this.narrator.load(this.base, null);
    cancelAnimationFrame(this.timer);
    this.ended = true;
  }

  private pose(stop: StopEntry): Pose {
    return poseOf(stop.view, this.monument.placement.site_from_monument);
  }

  private framed(stop: StopEntry): Orbit {
    return this.view.framed(this.pose(stop));
  }

  /** Put the camera where the state says. */
  private follow(): void {
    const to = this.framed(this.stop);
    const timing = this.timings[this.state.stop]!;
    const t = this.state.phase === 'dwell' ? 1 : Math.min(1, this.state.elapsed / (timing.move_s || 1e-9));
    this.view.place(pathBetween(this.from, to)(EASINGS[this.stop.easing](t)));
  }

  private voice(): void {
    if (this.state.playing && this.state.phase === 'dwell') this.narrator.play(this.state.elapsed);
    else this.narrator.pause();
  }

  private get busy(): boolean {
    const { phase, playing, wandering } = this.state;
    return !wandering && (phase === 'move' || playing);
  }

  /** The clock runs only while something moves or is told. */
  private run(): void {
    if (this.ended || this.timer !== 0 || !this.busy) return;
    this.lastFrame = 0;
    this.timer = requestAnimationFrame((time) => this.tick(time));
  }

  private tick(time: number): void {
    const seconds = this.lastFrame ? Math.min(0.25, (time - this.lastFrame) / 1000) : 0;
    this.lastFrame = time;
    if (this.state.phase === 'dwell' && this.narrator.speaking) {
      this.send({ type: 'narration', seconds: this.narrator.seconds });
    } else if (seconds > 0) {
      this.send({ type: 'tick', seconds });
    }
    this.timer = this.busy && !this.ended ? requestAnimationFrame((next) => this.tick(next)) : 0;
  }
}
