import { describe, expect, it } from 'vitest';
import {
  type PlayerEvent,
  type PlayerState,
  positionOf,
  startAt,
  step,
  totalOf,
} from '../../src/core/player.ts';

const TIMINGS = [
  { move_s: 2, dwell_s: 4 },
  { move_s: 3, dwell_s: 5 },
  { move_s: 0, dwell_s: 1 },
];
const run = (state: PlayerState, ...events: PlayerEvent[]) =>
  events.reduce((s, event) => step(s, event, TIMINGS), state);
const tick = (seconds: number): PlayerEvent => ({ type: 'tick', seconds });

describe('tour player', () => {
  it('plays through all stops in the sum of their times and ends', () => {
    let state = step(startAt(0), { type: 'play' }, TIMINGS);
    const seen = new Set<number>();
    let seconds = 0;
    while (!state.finished && seconds < 60) {
      seen.add(state.stop);
      state = step(state, tick(0.1), TIMINGS);
      seconds += 0.1;
    }
    expect([...seen]).toEqual([0, 1, 2]);
    expect(seconds).toBeCloseTo(totalOf(TIMINGS), 0);
    expect(state).toMatchObject({ stop: 2, phase: 'dwell', playing: false, finished: true });
  });

  it('one long tick and many short ones lead to the same place', () => {
    const playing = run(startAt(0), { type: 'play' });
    for (const seconds of [0.5, 2, 5.9, 6, 8.5, 14, 14.5]) {
      const once = run(playing, tick(seconds));
      let many = playing;
      for (let i = 0; i < 100; i++) many = run(many, tick(seconds / 100));
      expect(positionOf(once, TIMINGS)).toBeCloseTo(positionOf(many, TIMINGS), 6);
    }
  });

  it('a paused move still arrives, and then waits', () => {
    const state = run(startAt(1), tick(10));
    expect(state).toMatchObject({ stop: 1, phase: 'dwell', elapsed: 0, playing: false });
    expect(run(state, tick(100))).toBe(state);
  });

  it('narration is the clock of the dwell; its end leads on', () => {
    const dwelling = run(startAt(0), { type: 'play' }, tick(2.5));
    expect(run(dwelling, { type: 'narration', seconds: 3.25 }).elapsed).toBe(3.25);
    expect(run(dwelling, { type: 'narration', seconds: 99 }).elapsed).toBe(4);
    // A voice longer than its dwell is heard to the end, a shorter one leaves the rest of the dwell.
    const late = run(dwelling, { type: 'narration', seconds: 5 });
    expect(late).toMatchObject({ stop: 0, phase: 'dwell' });
    expect(run(late, { type: 'ended' })).toMatchObject({ stop: 1, phase: 'move', playing: true });
    expect(run(dwelling, { type: 'ended' })).toMatchObject({ stop: 0, elapsed: 0.5 });
    expect(run(dwelling, { type: 'ended' }, tick(3.6))).toMatchObject({ stop: 1, playing: true });
    const moving = run(startAt(0), { type: 'play' });
    expect(run(moving, { type: 'narration', seconds: 3 })).toBe(moving);
  });

  it('a hand on the camera stops the tour; return and play bring the stop back', () => {
    const away = run(startAt(1), { type: 'play' }, tick(4), { type: 'wander' });
    expect(away).toMatchObject({ stop: 1, playing: false, wandering: true });
    expect(run(away, tick(50))).toBe(away);
    expect(run(away, { type: 'return' })).toEqual(startAt(1));
    expect(run(away, { type: 'play' })).toEqual(startAt(1, true));
    expect(run(away, { type: 'next' })).toMatchObject({ stop: 2, wandering: false });
  });

  it('next and previous stay within the tour', () => {
    expect(run(startAt(0), { type: 'previous' }).stop).toBe(0);
    const last = startAt(2);
    expect(run(last, { type: 'next' })).toBe(last);
    expect(run(startAt(0), { type: 'go', stop: 99 }).stop).toBe(2);
  });

  it('seeking and the position on the time line agree', () => {
    for (let t = 0; t < totalOf(TIMINGS); t += 0.7) {
      const state = run(startAt(0), { type: 'seek', seconds: t });
      expect(positionOf(state, TIMINGS)).toBeCloseTo(t, 9);
    }
    expect(run(startAt(0), { type: 'seek', seconds: 7 })).toMatchObject({
      stop: 1,
      phase: 'move',
      elapsed: 1,
    });
    expect(run(startAt(0), { type: 'seek', seconds: -5 }).stop).toBe(0);
    expect(run(startAt(0), { type: 'seek', seconds: 1e9 }).stop).toBe(2);
  });

  it('play after the end starts anew', () => {
    const end = run(startAt(2), { type: 'play' }, tick(99));
    expect(end.finished).toBe(true);
    expect(run(end, { type: 'play' })).toEqual(startAt(0, true));
  });

  it('a dwell waits for a voice without a clock, and ends after it', () => {
    const reading = run(startAt(0), { type: 'play' }, tick(2), { type: 'tick', seconds: 99, hold: true });
    expect(reading).toMatchObject({ stop: 0, phase: 'dwell' });
    expect(reading.elapsed).toBeGreaterThan(3.9);
    const later = run(reading, { type: 'tick', seconds: 5, hold: true });
    expect(later.elapsed).toBe(reading.elapsed);
    expect(run(later, tick(0.1))).toMatchObject({ stop: 1, phase: 'move' });
  });

  it('a cut is there at once, from its beginning', () => {
    const moving = run(startAt(0), { type: 'go', stop: 1 }, tick(1));
    expect(run(moving, { type: 'cut' })).toMatchObject({ stop: 1, phase: 'dwell', elapsed: 0 });
    const there = run(moving, tick(9));
    expect(run(there, { type: 'cut' })).toBe(there);
  });
});
