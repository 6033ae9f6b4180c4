/** What monument.yaml says of a place, and how a person's word is written there. */
import type { Pose } from '../../core/release.ts';
import type { Vec3 } from '../../core/vec.ts';

/** A spot of the monument and where it is on the map. */
export interface Pair {
  name: string;
  role: 'control' | 'check';
  at_m: Vec3;
  crs_m: Vec3 | null;
}

/** A pose, without what goes without saying. */
type Written = Omit<Pose, 'scale' | 'up'> & Partial<Pose>;

export interface Decided {
  by: string;
  when: string;
  note?: string;
}

/** What monument.yaml says of the place, as far as it matters here. */
export interface Registration {
  method?: string;
  pose?: Written;
  points?: Pair[];
  decided?: Decided;
  settled?: boolean;
  scale?: string;
  level?: boolean | null;
}

/** What a pose says where monument.yaml leaves it out. */
export const LEFT_OUT = { scale: 1, up: [0, 0, 1] as [number, number, number] };

/** What stays of it whatever is decided. */
function rest(before: Registration): Registration {
  const out = { ...before } as Record<string, unknown>;
  for (const key of ['method', 'pose', 'points', 'gcp', 'settled', 'decided']) delete out[key];
  return out;
}

/** The present place is right, and goes on to follow better surveys. */
export const confirmed = (before: Registration, decided: Decided): Registration => ({
  ...before,
  settled: true,
  decided,
});

export const byPoints = (before: Registration, points: Pair[], decided: Decided): Registration => ({
  ...rest(before),
  method: 'gcp',
  points,
  decided,
});

export function byHand(before: Registration, { up, scale, ...pose }: Pose, decided: Decided): Registration {
  const leans = up[0] !== 0 || up[1] !== 0;
  const written = { ...pose, ...(scale === 1 ? {} : { scale }), ...(leans ? { up } : {}) };
  return { ...rest(before), method: 'hand', pose: written, decided };
}
