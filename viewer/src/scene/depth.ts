/** How far away the surfaces are that are drawn: a small picture of depths, read back when the view has come to rest. */
import { Color, NearestFilter, type Object3D, ShaderMaterial, Vector3, WebGLRenderTarget } from 'three';
import type { Vec3 } from '../core/vec.ts';
import { type Stage, toThree } from './stage.ts';

const WIDE_PX = 480;
const NEAR_M = 0.05; // what lies on a surface may be so far behind it,
const NEAR = 0.02; // and so much of its distance: tiles are simplified, and the picture is coarse

/** Of 24 bits of three bytes: the share of the way to the far plane. */
const material = new ShaderMaterial({
  uniforms: { far: { value: 1 } },
  vertexShader: /* glsl */ `
varying float vAway;
void main() {
  vec4 seen = modelViewMatrix * vec4(position, 1.0);
  vAway = -seen.z;
  gl_PointSize = 1.0;
  gl_Position = projectionMatrix * seen;
}`,
  fragmentShader: /* glsl */ `
uniform float far;
varying float vAway;
void main() {
  vec3 parts = fract(vAway / far * vec3(1.0, 255.0, 65025.0));
  gl_FragColor = vec4(parts - parts.yzz * vec3(1.0 / 255.0, 1.0 / 255.0, 0.0), 1.0);
}`,
  side: 2,
});

/** A function that tells of places of the site frame whether one of `surfaces` stands before them as the stage stands now. */
export function hiding(stage: Stage, surfaces: readonly Object3D[]): (p: Vec3) => boolean {
  const { renderer, scene, camera, viewport } = stage;
  const width = Math.min(WIDE_PX, Math.round(viewport.width));
  const height = Math.max(1, Math.round((width * viewport.height) / viewport.width));
  const target = new WebGLRenderTarget(width, height, { minFilter: NearestFilter, magFilter: NearestFilter });
  const others = scene.children.filter((o) => o.visible && !surfaces.includes(o));
  const before = { colour: renderer.getClearColor(new Color()), alpha: renderer.getClearAlpha() };
  const far = camera.far;
  material.uniforms.far!.value = far;
  for (const o of others) o.visible = false;
  scene.overrideMaterial = material;
  renderer.setRenderTarget(target);
  renderer.setClearColor('#fff', 1);
  renderer.clear();
  renderer.render(scene, camera);
  const bytes = new Uint8Array(width * height * 4);
  renderer.readRenderTargetPixels(target, 0, 0, width, height, bytes);
  renderer.setClearColor(before.colour, before.alpha);
  renderer.setRenderTarget(null);
  scene.overrideMaterial = null;
  for (const o of others) o.visible = true;
  target.dispose();

  const away = (x: number, y: number) => {
    const at = 4 * (Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x)));
    return (far * (bytes[at]! + bytes[at + 1]! / 255 + bytes[at + 2]! / 65025)) / 255;
  };
  const world = camera.matrixWorldInverse.clone();
  const seen = camera.projectionMatrix.clone();
  const p = new Vector3();
  return (place) => {
    const distance = -toThree(place, p).applyMatrix4(world).z;
    p.applyMatrix4(seen);
    const [x, y] = [Math.floor(((p.x + 1) / 2) * width), Math.floor(((p.y + 1) / 2) * height)];
    const most = distance - NEAR_M - NEAR * distance;
    // The farthest of the pixels around: at a surface seen aslant, and at an edge, a mark on it must not flicker.
    for (let i = -1; i <= 1; i++) for (let j = -1; j <= 1; j++) if (away(x + i, y + j) >= most) return false;
    return distance > 0;
  };
}
