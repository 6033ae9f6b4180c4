/** A tour under way as the page shows it. */
import type { TouringState } from './state.ts';
import type { Touring } from './touring.ts';

/** The state of `touring`; `same` where only its clock has gone on since `before`. */
export function told(
  touring: Touring,
  before: TouringState | null,
  left: string | null,
): { state: TouringState; same: boolean } {
  const { elapsed: _then, ...was } = before?.player ?? { elapsed: 0 };
  const { elapsed: _now, ...is } = touring.state;
  const { transcript, caption } = touring;
  const same =
    JSON.stringify(was) === JSON.stringify(is) &&
    before?.caption === caption &&
    before.transcript.at === transcript.at &&
    before.transcript.sentences.length === transcript.sentences.length;
  return {
    same,
    state: {
      document: touring.document,
      player: touring.state,
      timings: touring.timings,
      position_s: touring.position,
      caption,
      captions: before?.captions ?? true,
      muted: before?.muted ?? false,
      speed: before?.speed ?? 1,
      aloud: before?.aloud ?? false,
      readable: touring.readable,
      transcript,
      tried: before?.player.stop === touring.state.stop ? before.tried : [],
      left,
    },
  };
}

/** The stop to go on with another time; null at the beginning and at the end. */
export const toKeep = ({ state, stop }: Touring): string | null =>
  state.stop > 0 && !state.finished ? stop.id : null;
