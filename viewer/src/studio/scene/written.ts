/** What the scene shows, as the site's files write it. */
import { inverse, point } from '../../core/frames.ts';
import { eyeOf, type Orbit } from '../../core/orbit.ts';
import type { MonumentEntry, StopEntry } from '../../core/release.ts';
import type { Vec3 } from '../../core/vec.ts';
import type { Json, Pose } from '../core/tour.ts';

export const centimetres = (p: Vec3): Vec3 => p.map((v) => Math.round(v * 100) / 100) as unknown as Vec3;

export function poseOfStop({ view }: StopEntry): Pose {
  const { eye_m, target_m, fov_deg, fit_m } = view as unknown as Required<Pose>;
  return { eye_m, target_m, fov_deg, ...(fit_m ? { fit_m } : {}) };
}

/** The camera as a stop writes it. An orbit that has backed off to fit a box keeps its own line of sight. */
export function poseNow(orbit: Orbit, monument: MonumentEntry): Pose {
  const monument_from_site = inverse(monument.placement.site_from_monument);
  return {
    eye_m: centimetres(point(monument_from_site, eyeOf(orbit))),
    target_m: centimetres(point(monument_from_site, orbit.target)),
    fov_deg: Math.round(orbit.fovDeg),
  };
}

/** A section as the site's files write it: without what is not set. */
export const onlySet = (plane: object): Json =>
  Object.fromEntries(Object.entries(plane).filter(([, value]) => value !== null)) as Json;
