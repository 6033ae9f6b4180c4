/** Where a model is stood in the room around the visitor. The room's frame: metres, y up. Models stand around their origin, front to +z. */
import type { Vec3 } from './vec.ts';

/** What a visitor has to do in the room, or has done. */
export type Step = 'loading' | 'finding' | 'ready' | 'placed';
/** Why there is no room to see, or why it was left: the end of a message's name. Null: the visitor left. */
export type Ended = 'refused' | 'busy' | 'unable' | 'missing' | 'gone' | null;

const LEVEL = Math.cos((25 * Math.PI) / 180); // steeper than so is a wall or a slope: nothing stands there

/** Whether something can stand on a surface with this normal. */
export const isLevel = (normal: Vec3): boolean => normal[1] / Math.hypot(...normal) > LEVEL;

/**
 * Where a model comes to stand for a visitor whose eye is at `eye` and who aims at `hit`: its front towards them, and its
 * front edge, `reach_m` before its middle, where they aim. `turn_rad` is about the vertical, counterclockwise from above.
 */
export function stood(hit: Vec3, eye: Vec3, reach_m: number): { at: Vec3; turn_rad: number } {
  const [east, south] = [hit[0] - eye[0], hit[2] - eye[2]];
  const far = Math.hypot(east, south);
  // Who aims at their own feet faces nowhere: then ahead is where the room's frame has it.
  const [ahead, aside] = far < 0.01 ? [-1, 0] : [south / far, east / far];
  return {
    at: [hit[0] + aside * reach_m, hit[1], hit[2] + ahead * reach_m],
    turn_rad: Math.atan2(-aside, -ahead),
  };
}
