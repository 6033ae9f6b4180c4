/** Something to stand on: a quiet ground that fades into the horizon, soft contact shadows, and the sky above. */
import {
  BackSide,
  CanvasTexture,
  CircleGeometry,
  Color,
  type ColorRepresentation,
  CustomBlending,
  Group,
  LinearFilter,
  Mesh,
  OneFactor,
  Plane,
  ShaderMaterial,
  SphereGeometry,
  Vector3,
  Vector4,
} from 'three';
import type { FootprintFeature } from '../core/release.ts';
import type { Vec3 } from '../core/vec.ts';

export interface Theme {
  zenith: ColorRepresentation;
  horizon: ColorRepresentation;
  ground: ColorRepresentation;
  line: ColorRepresentation;
  shadow: number;
  block: ColorRepresentation;
  edge: ColorRepresentation;
}

export const THEMES: Record<'light' | 'dark', Theme> = {
  light: {
    zenith: '#b9cbd6',
    horizon: '#f1ece1',
    ground: '#e6dfd0',
    line: '#a89c86',
    shadow: 0.5,
    block: '#f4ebd9',
    edge: '#b3a68e',
  },
  dark: {
    zenith: '#0c131b',
    horizon: '#393733',
    ground: '#272a2b',
    line: '#4c5256',
    shadow: 0.6,
    block: '#464643',
    edge: '#6d6c66',
  },
};

const SHADOW_PX = 1024;
const SHADOW_BLUR_M = 2.6;

const SKY_VERTEX = /* glsl */ `
varying vec3 vDirection;
void main() {
  vDirection = (modelMatrix * vec4(position, 0.0)).xyz;
  vec4 clip = projectionMatrix * vec4(mat3(viewMatrix) * vDirection, 1.0);
  gl_Position = clip.xyww;
}`;

const SKY_FRAGMENT = /* glsl */ `
uniform vec3 zenith;
uniform vec3 horizon;
varying vec3 vDirection;
void main() {
  float up = max(normalize(vDirection).y, 0.0);
  gl_FragColor = vec4(mix(horizon, zenith, smoothstep(0.0, 0.5, pow(up, 0.72))), 1.0);
  #include <colorspace_fragment>
  // Without grain the gradient shows bands on 8-bit screens.
  gl_FragColor.rgb += (fract(52.98 * fract(dot(gl_FragCoord.xy, vec2(0.0671, 0.00584)))) - 0.5) / 255.0;
}`;

const GROUND_VERTEX = /* glsl */ `
varying vec3 vPlace;
void main() {
  vec4 place = modelMatrix * vec4(position, 1.0);
  vPlace = place.xyz;
  gl_Position = projectionMatrix * viewMatrix * place;
}`;

const GROUND_FRAGMENT = /* glsl */ `
uniform vec3 ground;
uniform vec3 horizon;
uniform vec3 line;
uniform vec3 centre;
uniform float radius;
uniform sampler2D shadows;
uniform vec4 shadowBox;
uniform float shadowDepth;
varying vec3 vPlace;
float grid(vec2 p, float spacing, float pixels) {
  vec2 at = p / spacing;
  vec2 width = fwidth(at);
  vec2 near = abs(fract(at - 0.5) - 0.5) / width;
  float drawn = 1.0 - min(min(near.x, near.y) / pixels, 1.0);
  return drawn * (1.0 - smoothstep(0.15, 0.5, max(width.x, width.y)));
}
void main() {
  float away = length(vPlace.xz - centre.xz) / radius;
  vec3 colour = mix(ground, horizon, smoothstep(0.25, 1.0, away));
  float lines = 0.11 * grid(vPlace.xz, 10.0, 1.2) + 0.08 * grid(vPlace.xz, 50.0, 1.4);
  colour = mix(colour, line, lines * (1.0 - smoothstep(0.35, 0.9, away)));
  vec2 uv = (vPlace.xz - shadowBox.xy) / shadowBox.zw;
  if (uv.x > 0.0 && uv.x < 1.0 && uv.y > 0.0 && uv.y < 1.0) {
    colour *= 1.0 - shadowDepth * texture2D(shadows, uv).a;
  }
  gl_FragColor = vec4(colour, 1.0 - smoothstep(0.85, 1.0, away));
  #include <colorspace_fragment>
}`;

/** Blurred ground plans, drawn once: what a building takes of the sky's light. */
function shadowTexture(features: readonly FootprintFeature[], box: Vector4): CanvasTexture {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = SHADOW_PX;
  const context = canvas.getContext('2d');
  if (context) {
    const perMetre = SHADOW_PX / box.z;
    // Only the blur is wanted: the polygon itself is drawn out of sight.
    const away = SHADOW_PX * 2;
    context.shadowColor = 'black';
    context.shadowOffsetX = away;
    context.fillStyle = 'black';
    for (const blur of [SHADOW_BLUR_M, SHADOW_BLUR_M * 0.3]) {
      context.shadowBlur = blur * perMetre * 2;
      for (const feature of features) {
        for (const polygon of feature.polygons) {
          context.beginPath();
          for (const ring of polygon) {
            ring.forEach(([e, n], i) => {
              const [x, y] = [(e - box.x) * perMetre - away, (-n - box.y) * perMetre];
              if (i === 0) context.moveTo(x, y);
              else context.lineTo(x, y);
            });
            context.closePath();
          }
          context.fill('evenodd');
        }
      }
    }
  }
  const texture = new CanvasTexture(canvas);
  texture.flipY = false;
  texture.minFilter = LinearFilter;
  texture.generateMipmaps = false;
  return texture;
}

/** The square around all ground plans, in three's x and z: least corner and size. */
function boxAround(features: readonly FootprintFeature[], centre: Vec3, radius: number): Vector4 {
  const points = features.flatMap((f) => f.polygons.flat(2));
  const reach = points.reduce(
    (r, [e, n]) => Math.max(r, Math.abs(e - centre[0]), Math.abs(n - centre[1])),
    1,
  );
  const half = Math.min(reach + 4 * SHADOW_BLUR_M, radius);
  return new Vector4(centre[0] - half, -centre[1] - half, half * 2, half * 2);
}

/** How far the plane lies below the ground's height: a captured lawn is never as level as a plane. */
const SUNK_M = 0.15;

export class Surroundings {
  readonly group = new Group();
  private readonly sky: ShaderMaterial;
  private readonly ground: ShaderMaterial;

  /** `radius` is how far the ground reaches, metres; `centre` its middle in the site frame, at ground height. */
  constructor(features: readonly FootprintFeature[], centre: Vec3, radius: number) {
    this.sky = new ShaderMaterial({
      vertexShader: SKY_VERTEX,
      fragmentShader: SKY_FRAGMENT,
      uniforms: { zenith: { value: new Color() }, horizon: { value: new Color() } },
      side: BackSide,
      depthWrite: false,
    });
    const sky = new Mesh(new SphereGeometry(1, 32, 16), this.sky);
    sky.frustumCulled = false;
    sky.renderOrder = -2;
    const box = boxAround(features, centre, radius);
    this.ground = new ShaderMaterial({
      vertexShader: GROUND_VERTEX,
      fragmentShader: GROUND_FRAGMENT,
      uniforms: {
        ground: { value: new Color() },
        horizon: this.sky.uniforms.horizon!,
        line: { value: new Color() },
        centre: { value: new Vector3(centre[0], centre[2], -centre[1]) },
        radius: { value: radius },
        shadows: { value: shadowTexture(features, box) },
        shadowBox: { value: box },
        shadowDepth: { value: 0.4 },
      },
      // Not marked transparent, because three draws what is transparent last and the plane must not cover a
      // captured lawn; blended all the same, towards the sky.
      blending: CustomBlending,
      blendSrcAlpha: OneFactor,
    });
    const plane = new Mesh(new CircleGeometry(radius, 96).rotateX(-Math.PI / 2), this.ground);
    plane.position.set(centre[0], centre[2] - SUNK_M, -centre[1]);
    plane.renderOrder = -1;
    this.group.add(sky, plane);
  }

  paint(theme: Theme): void {
    const set = (material: ShaderMaterial, name: string, colour: ColorRepresentation) =>
      (material.uniforms[name]!.value as Color).set(colour);
    set(this.sky, 'zenith', theme.zenith);
    set(this.sky, 'horizon', theme.horizon);
    set(this.ground, 'ground', theme.ground);
    set(this.ground, 'line', theme.line);
    this.ground.uniforms.shadowDepth!.value = theme.shadow;
  }
}

/** Where a ray meets the ground; three's axes. */
export const groundPlane = (height: number): Plane => new Plane(new Vector3(0, 1, 0), -height);
