/** The eyes of a headset, as the camera that chooses tiles has to know them. */
import type { PerspectiveCamera } from 'three';
import type { Stage } from '../scene/stage.ts';

const NEAR_M = 0.1;
const FAR_M = 6000;
/** Before the first frame nobody knows what an eye sees: about what headsets have. */
const EYE_PX = { width: 1680, height: 1760 };

const eyesOf = (stage: Stage) => stage.renderer.xr.getCamera().cameras as (PerspectiveCamera & { viewport?: { z: number; w: number } })[]; // biome-ignore format: one value

/** The picture of one eye, pixels. */
export function eyeSize(stage: Stage): { width: number; height: number } {
  const seen = eyesOf(stage)[0]?.viewport;
  return seen && seen.z > 0 ? { width: seen.z, height: seen.w } : EYE_PX;
}

/** Let the stage's camera stand where the head is and see what both eyes see. */
export function lookThrough(stage: Stage): void {
  const { camera, renderer } = stage;
  [camera.near, camera.far] = [NEAR_M, FAR_M];
  stage.eye = eyeSize(stage);
  renderer.xr.updateCamera(camera);
  let [left, right, down, up] = [0, 0, 0, 0];
  for (const { projectionMatrix } of eyesOf(stage)) {
    const e = projectionMatrix.elements;
    left = Math.min(left, (e[8]! - 1) / e[0]!);
    right = Math.max(right, (e[8]! + 1) / e[0]!);
    down = Math.min(down, (e[9]! - 1) / e[5]!);
    up = Math.max(up, (e[9]! + 1) / e[5]!);
  }
  const n = NEAR_M;
  camera.projectionMatrix.makePerspective(left * n, right * n, up * n, down * n, n, FAR_M);
  camera.projectionMatrixInverse.copy(camera.projectionMatrix).invert();
}
