/**
 * The tour player as a pure machine: a state, events, and the next state. Each stop is a move of the camera
 * followed by a dwell; while narration is heard, its clock is the dwell's clock, and the dwell does not end before it.
 */
import { clamp } from './vec.ts';

export interface Timing {
  move_s: number;
  dwell_s: number;
}

export interface PlayerState {
  stop: number;
  phase: 'move' | 'dwell';
  /** Seconds into the phase. */
  elapsed: number;
  playing: boolean;
  /** The visitor has taken the camera; `return` brings the stop's view back. */
  wandering: boolean;
  finished: boolean;
}

export type PlayerEvent =
  /** `hold`: a voice without a clock is reading; the dwell does not end before it. */
  | { type: 'tick'; seconds: number; hold?: boolean }
  | { type: 'narration'; seconds: number }
  | { type: 'go'; stop: number }
  | { type: 'seek'; seconds: number }
  /** No way leads there: be there at once. */
  | { type: 'cut' }
  | { type: 'play' | 'pause' | 'next' | 'previous' | 'wander' | 'return' | 'ended' };

/** At the start of a stop's move. */
export const startAt = (stop: number, playing = false): PlayerState => ({
  stop,
  phase: 'move',
  elapsed: 0,
  playing,
  wandering: false,
  finished: false,
});

const HELD = 0.98; // of a dwell may pass while a voice is still reading

const lengthOf = (t: Timing) => t.move_s + t.dwell_s;

/** Length of the whole tour, seconds. */
export const totalOf = (timings: readonly Timing[]): number =>
  timings.reduce((sum, t) => sum + lengthOf(t), 0);

/** Where the state is on the tour's time line, seconds. */
export function positionOf(state: PlayerState, timings: readonly Timing[]): number {
  const before = totalOf(timings.slice(0, state.stop));
  const timing = timings[state.stop]!;
  if (state.phase === 'move') return before + Math.min(state.elapsed, timing.move_s);
  return before + timing.move_s + Math.min(state.elapsed, timing.dwell_s);
}

function seek(state: PlayerState, timings: readonly Timing[], seconds: number): PlayerState {
  let rest = clamp(seconds, 0, totalOf(timings));
  let stop = 0;
  while (stop < timings.length - 1 && rest >= lengthOf(timings[stop]!)) rest -= lengthOf(timings[stop++]!);
  const { move_s } = timings[stop]!;
  const moving = rest < move_s;
  const base = startAt(stop, state.playing);
  return { ...base, phase: moving ? 'move' : 'dwell', elapsed: moving ? rest : rest - move_s };
}

/** Advance through phases and stops; one long tick may cross several of them. */
function advance(state: PlayerState, timings: readonly Timing[], seconds: number): PlayerState {
  let { stop, phase } = state;
  let elapsed = state.elapsed + seconds;
  for (;;) {
    const timing = timings[stop]!;
    if (phase === 'move') {
      if (elapsed < timing.move_s) break;
      elapsed -= timing.move_s;
      phase = 'dwell';
      if (!state.playing) elapsed = 0;
    }
    if (!state.playing || elapsed < timing.dwell_s) break;
    if (stop === timings.length - 1) {
      return { ...state, stop, phase, elapsed: timing.dwell_s, playing: false, finished: true };
    }
    elapsed -= timing.dwell_s;
    stop++;
    phase = 'move';
  }
  return { ...state, stop, phase, elapsed };
}

/** The state after an event. A move runs to its end even while paused: the camera is never left half-way. */
export function step(state: PlayerState, event: PlayerEvent, timings: readonly Timing[]): PlayerState {
  const last = timings.length - 1;
  const go = (stop: number) => startAt(clamp(stop, 0, last), state.playing);
  switch (event.type) {
    case 'tick':
      if (state.wandering || (state.phase === 'dwell' && !state.playing)) return state;
      if (event.hold && state.phase === 'dwell') {
        const most = timings[state.stop]!.dwell_s * HELD;
        return { ...state, elapsed: Math.max(state.elapsed, Math.min(state.elapsed + event.seconds, most)) };
      }
      return advance(state, timings, event.seconds);
    case 'narration':
      if (state.phase !== 'dwell' || !state.playing) return state;
      return { ...state, elapsed: Math.min(event.seconds, timings[state.stop]!.dwell_s) };
    case 'ended':
      if (state.phase !== 'dwell' || !state.playing) return state;
      return advance(state, timings, 0);
    case 'go':
      return go(event.stop);
    case 'next':
      return state.stop < last ? go(state.stop + 1) : state;
    case 'previous':
      return go(state.stop - 1);
    case 'cut':
      return state.phase === 'move' ? { ...state, phase: 'dwell', elapsed: 0 } : state;
    case 'seek':
      return seek(state, timings, event.seconds);
    case 'play':
      if (state.finished) return startAt(0, true);
      if (state.wandering) return { ...startAt(state.stop, true) };
      return { ...state, playing: true };
    case 'pause':
      return { ...state, playing: false };
    case 'wander':
      return { ...state, playing: false, wandering: true };
    case 'return':
      return startAt(state.stop);
  }
}
