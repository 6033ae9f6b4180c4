/** Frame the same thing on a phone and on a desktop: see wider and back off until a view's box is in the free part. */
import type { Pose } from './frames.ts';
import { lookDirection, type Orbit, orbitOf } from './orbit.ts';
import { cross, dot, scale, sub, type Vec3 } from './vec.ts';

/** The window in CSS pixels and what panels cover of each side. */
export interface Viewport {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const MARGIN = 0.94; // of the free half-width that may be filled
const WIDEST_DEG = 80; // up and down, on a narrow window
const WIDEST_ACROSS_DEG = 52; // from side to side: wider than this, straight things look bent

const tanHalf = (degrees: number) => Math.tan((degrees * Math.PI) / 360);

/** Half the free area over half the whole window, and where its centre lies from the window's, in pixels. */
export function freeArea(v: Viewport): { x: number; y: number; shiftX: number; shiftY: number } {
  return {
    x: Math.max(0.1, (v.width - v.left - v.right) / v.width),
    y: Math.max(0.1, (v.height - v.top - v.bottom) / v.height),
    shiftX: (v.left - v.right) / 2,
    shiftY: (v.top - v.bottom) / 2,
  };
}

/** Right and up of a camera that looks along `look`, with z up. */
export function basis(look: Vec3): { right: Vec3; up: Vec3 } {
  const flat = cross(look, [0, 0, 1]);
  const norm = Math.hypot(...flat) || 1;
  const right = scale(flat, 1 / norm);
  return { right, up: cross(right, look) };
}

/**
 * The orbit of `pose`, changed as little as brings every point of `pose.fit` into the free area, whose centre is the
 * target. A narrow window first sees wider, then the camera moves back along its own line of sight: backing off
 * alone would lead through walls. A pose without a fit box is only taken over.
 */
export function fitted(pose: Pose, viewport: Viewport): Orbit {
  const orbit = orbitOf(pose.eye, pose.target, pose.fovDeg);
  const look = lookDirection(orbit);
  const { right, up } = basis(look);
  const free = freeArea(viewport);
  const aspect = viewport.width / viewport.height;
  // Each point's slope: the tangent of half the field of view that would just show it, times its depth.
  const points = pose.fit.map((p) => {
    const d = sub(p, pose.eye);
    const slope =
      Math.max(Math.abs(dot(d, right)) / (aspect * free.x), Math.abs(dot(d, up)) / free.y) / MARGIN;
    return { slope, depth: dot(d, look) };
  });
  const given = tanHalf(pose.fovDeg);
  const widest = Math.max(given, Math.min(tanHalf(WIDEST_DEG), tanHalf(WIDEST_ACROSS_DEG) / aspect));
  const wanted = Math.max(...points.map(({ slope, depth }) => (depth > 0 ? slope / depth : Infinity)), given);
  const tan = Math.min(wanted, widest);
  const back = Math.max(...points.map(({ slope, depth }) => slope / tan - depth), 0);
  return { ...orbit, distance: orbit.distance + back, fovDeg: (Math.atan(tan) * 360) / Math.PI };
}
