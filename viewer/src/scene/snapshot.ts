/** The scene as a camera elsewhere sees it, in a picture of its own: how another screen will frame a view. */
import { PerspectiveCamera, SRGBColorSpace, WebGLRenderTarget } from 'three';
import { fitted, freeArea, type Viewport } from '../core/fit.ts';
import type { Pose } from '../core/frames.ts';
import { eyeOf } from '../core/orbit.ts';
import { type Stage, toThree } from './stage.ts';

/** A picture `width` pixels wide of what `viewport` would show of a pose; drawn of the tiles that are loaded now. */
export function snapshot(stage: Stage, pose: Pose, viewport: Viewport, width: number): ImageData {
  const height = Math.round((width * viewport.height) / viewport.width);
  const orbit = fitted(pose, viewport);
  const camera = new PerspectiveCamera(orbit.fovDeg, viewport.width / viewport.height);
  camera.near = Math.max(0.05, orbit.distance / 400);
  camera.far = orbit.distance + 6000;
  toThree(eyeOf(orbit), camera.position);
  camera.lookAt(toThree(orbit.target));
  const { shiftX, shiftY } = freeArea(viewport);
  camera.setViewOffset(viewport.width, viewport.height, -shiftX, -shiftY, viewport.width, viewport.height);
  camera.updateMatrixWorld();
  const { renderer, scene } = stage;
  const target = new WebGLRenderTarget(width, height, { samples: 4, colorSpace: SRGBColorSpace });
  const bytes = new Uint8Array(width * height * 4);
  renderer.setRenderTarget(target);
  renderer.clear();
  renderer.render(scene, camera);
  renderer.readRenderTargetPixels(target, 0, 0, width, height, bytes);
  renderer.setRenderTarget(null);
  target.dispose();
  // WebGL counts rows from the bottom.
  const image = new ImageData(width, height);
  const row = width * 4;
  for (let y = 0; y < height; y++)
    image.data.set(bytes.subarray((height - 1 - y) * row, (height - y) * row), y * row);
  for (let k = 3; k < image.data.length; k += 4) image.data[k] = 255;
  return image;
}
