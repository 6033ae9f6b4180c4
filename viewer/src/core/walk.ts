/**
 * A visitor on foot: where a step leads, given the ground. Feet are a place of the site frame, metres. A body is three balls
 * over each other that walls push aside, above a step's height; below it the feet find the floor.
 */
import { add, clamp, length, scale, sub, type Vec3 } from './vec.ts';

export const EYE_M = 1.6;
export const SPEED_M_S = 1.4; // a stroll
export const FAST_M_S = 3.2;
export const STEP_M = 0.35; // stairs of palaces are high; a balustrade is higher
export const EDGE_M = 1; // nobody walks down more than this at once: a terrace's edge stops
const RADIUS_M = 0.25;
const BALLS_M = [STEP_M + RADIUS_M, 1.05, 1.5]; // above the feet
const STRIDE_M = 0.1; // less than the radius, so that nobody gets behind a thin wall
const FOOT_M = 0.1; // a crack that is narrower than a foot is no hole
const NEAR_M = [0, 0.7, 1.5, 2.5, 4];
const SQUEEZED_M = 0.02; // still in a wall by more than this: no room

/** What a visitor walks on. Heights and places are of the site frame, metres. */
export interface Ground {
  /** Whether everything around a place is there; where it is not, nobody goes. */
  knows: (e: number, n: number) => boolean;
  floor: (e: number, n: number, top: number) => number | null;
  push: (centre: Vec3, radius: number) => Vec3;
  touches: (centre: Vec3, radius: number) => boolean;
  hit: (from: Vec3, to: Vec3) => { share: number; point: Vec3; normal: Vec3 } | null;
}

/** What stopped a step, if anything: a wall, an edge, or ground that has not come yet. */
export type Stop = 'wall' | 'edge' | 'unknown';

export interface Step {
  feet: Vec3;
  stop: Stop | null;
}

const FOOT: readonly (readonly [number, number])[] = [
  [0, 0],
  [FOOT_M, 0],
  [-FOOT_M, 0],
  [0, FOOT_M],
  [0, -FOOT_M],
];

/** Height of what feet find at a place, not above `top`; null over nothing. */
export function standing(ground: Ground, e: number, n: number, top: number): number | null {
  let found: number | null = null;
  for (const [x, y] of FOOT) {
    const z = ground.floor(e + x, n + y, top);
    if (z !== null && (found === null || z > found)) found = z;
  }
  return found;
}

/** Where a body whose feet are at `feet` is pushed by walls; null where there is no room for it. */
function aside(ground: Ground, feet: Vec3): Vec3 | null {
  let at = feet;
  for (let round = 0; round < 3; round++) {
    let moved = 0;
    for (const above of BALLS_M) {
      const way = ground.push(add(at, [0, 0, above]), RADIUS_M);
      at = add(at, way);
      moved = Math.max(moved, length(way));
    }
    if (moved < 1e-4) break;
  }
  const squeezed = BALLS_M.some((above) => ground.touches(add(at, [0, 0, above]), RADIUS_M - SQUEEZED_M));
  return squeezed ? null : at;
}

/** Whether a visitor can be put on a place: the feet there, pushed clear of walls; null where they cannot. */
export function settle(ground: Ground, e: number, n: number, top: number): Vec3 | null {
  if (!ground.knows(e, n)) return null;
  const z = standing(ground, e, n, top);
  if (z === null) return null;
  const at = aside(ground, [e, n, z]);
  if (!at || Math.hypot(at[0] - e, at[1] - n) > 2 * RADIUS_M) return null;
  const floor = standing(ground, at[0], at[1], z + STEP_M);
  return floor === null || floor < z - EDGE_M ? null : [at[0], at[1], floor];
}

/** The same for a place or, where there is no room, one near by, nearest first. */
export function settleNear(ground: Ground, e: number, n: number, top: number): Vec3 | null {
  for (const far of NEAR_M)
    for (let k = 0; k < (far ? 8 : 1); k++) {
      const feet = settle(
        ground,
        e + far * Math.sin((k * Math.PI) / 4),
        n + far * Math.cos((k * Math.PI) / 4),
        top,
      );
      if (feet) return feet;
    }
  return null;
}

function stride(ground: Ground, feet: Vec3, way: Vec3): Step {
  const there = add(feet, way);
  if (!ground.knows(there[0], there[1])) return { feet, stop: 'unknown' };
  const at = aside(ground, there);
  if (!at) return { feet, stop: 'wall' };
  // Whoever is pushed through something was on the wrong side of it.
  const middle = add(feet, [0, 0, BALLS_M[1]!]);
  if (ground.hit(middle, add(at, [0, 0, BALLS_M[1]!]))) return { feet, stop: 'wall' };
  const floor = standing(ground, at[0], at[1], feet[2] + STEP_M);
  if (floor === null || floor < feet[2] - EDGE_M) return { feet, stop: 'edge' };
  const gone = Math.hypot(at[0] - feet[0], at[1] - feet[1]);
  return { feet: [at[0], at[1], floor], stop: gone < length(way) * 0.5 ? 'wall' : null };
}

/** Walk `east` and `north` metres from `feet`, in strides; walls are slid along, edges are not crossed. */
export function walk(ground: Ground, feet: Vec3, east: number, north: number): Step {
  const far = Math.hypot(east, north);
  const strides = Math.ceil(far / STRIDE_M);
  let step: Step = { feet, stop: null };
  for (let k = 0; k < strides; k++) {
    step = stride(ground, step.feet, [east / strides, north / strides, 0]);
    if (step.stop === 'edge' || step.stop === 'unknown') break;
  }
  return step;
}

/** The eye follows the feet softly: stairs are no jolts. Heights in metres, `seconds` since the last frame. */
export function eased(eye_m: number, feet: Vec3, seconds: number): number {
  const goal = feet[2] + EYE_M;
  const next = eye_m + (goal - eye_m) * (1 - Math.exp(-9 * seconds));
  return Math.abs(goal - next) < 1e-3 ? goal : next;
}

/** The arc of something thrown from a hand: places on it, until it meets a surface. */
export function thrown(
  ground: Ground,
  from: Vec3,
  direction: Vec3,
): { places: Vec3[]; hit: { point: Vec3; normal: Vec3 } | null } {
  const places = [from];
  let speed = scale(direction, THROW_M_S);
  for (let k = 0; k < THROW_STEPS; k++) {
    const here = places.at(-1)!;
    speed = add(speed, [0, 0, -9.81 * THROW_S]);
    const next = add(here, scale(speed, THROW_S));
    const hit = ground.hit(here, next);
    places.push(hit ? hit.point : next);
    if (hit) return { places, hit };
  }
  return { places, hit: null };
}
const THROW_M_S = 9;
const THROW_S = 0.05;
const THROW_STEPS = 50;

/** A place to begin on foot: before a monument, on the side its opening view looks from. `reach_m`: half its size that way. */
export function approach(eye: Vec3, target: Vec3, reach_m: number): Vec3 {
  const off = sub(eye, target);
  const flat = Math.hypot(off[0], off[1]) || 1;
  const far = clamp(flat, Math.min(flat, reach_m + 2), reach_m + 6);
  return [target[0] + (off[0] / flat) * far, target[1] + (off[1] / flat) * far, eye[2]];
}
