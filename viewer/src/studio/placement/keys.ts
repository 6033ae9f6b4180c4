/** The keyboard over map and scene: arrows move by a metre, brackets turn by a degree, with Shift by a tenth. */
import type { Standing } from './standing.ts';

const STEP_M = 1;
const STEP_DEG = 1;
const FINE = 0.1;
export const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** Whether the key was one of them. East is to the right and north is up, whichever way the scene is looked at. */
export function moveByKey(event: KeyboardEvent, standing: Standing): boolean {
  const arrow = ARROWS[event.key];
  const fine = event.shiftKey ? FINE : 1;
  if (arrow && !event.ctrlKey && !event.metaKey)
    standing.move([arrow[0] * STEP_M * fine, arrow[1] * STEP_M * fine, 0]);
  else if (event.code === 'BracketRight' || event.key === ']') standing.turn(STEP_DEG * fine);
  else if (event.code === 'BracketLeft' || event.key === '[') standing.turn(-STEP_DEG * fine);
  else return false;
  return true;
}
