/** Frame the same thing on a phone and on a desktop: back off until a view's box is in the free part of the screen. */
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
 * The orbit of `pose` moved back along its own line of sight by the least distance that brings every point of
 * `pose.fit` into the free area, whose centre is the target. A pose without a fit box is only taken over.
 */
export function fitted(pose: Pose, viewport: Viewport): Orbit {
  const orbit = orbitOf(pose.eye, pose.target, pose.fovDeg);
  const look = lookDirection(orbit);
  const { right, up } = basis(look);
  const free = freeArea(viewport);
  const tanY = Math.tan((pose.fovDeg * Math.PI) / 360);
  const tanX = (tanY * viewport.width) / viewport.height;
  let back = 0;
  for (const p of pose.fit) {
    const d = sub(p, pose.eye);
    const depth = dot(d, look);
    back = Math.max(
      back,
      Math.abs(dot(d, right)) / (tanX * free.x * MARGIN) - depth,
      Math.abs(dot(d, up)) / (tanY * free.y * MARGIN) - depth,
    );
  }
  return { ...orbit, distance: orbit.distance + back };
}

/** Where the swipe's line stands, CSS pixels from the window's left. */
export function swipeX(v: Viewport, position: number): number {
  return v.left + (v.width - v.left - v.right) * position;
}
