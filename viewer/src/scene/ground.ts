/** Something to stand on: a quiet ground that fades into the horizon, soft contact shadows, and the sky above. */
import {
  BackSide,
  CanvasTexture,
  CircleGeometry,
  Color,
  type ColorRepresentation,
  Group,
  LinearFilter,
  Mesh,
  ShaderMaterial,
  SphereGeometry,
  SRGBColorSpace,
  type Texture,
  TextureLoader,
  Vector3,
  Vector4,
} from 'three';
import { SUNK_M } from '../core/extent.ts';
import type { FootprintFeature, MapEntry, MapImage } from '../core/release.ts';
import { type SunPosition, smooth } from '../core/sun.ts';
import type { Vec3 } from '../core/vec.ts';
import { type GroundUniforms, groundMaterial, groundUniforms } from './groundMaterial.ts';
import type { Stage } from './stage.ts';
import { Terrain } from './terrain.ts';
import type { Theme } from './theme.ts';

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
uniform vec3 glow;
uniform vec4 sun;
varying vec3 vDirection;
void main() {
  vec3 towards = normalize(vDirection);
  float up = max(towards.y, 0.0);
  vec3 sky = mix(horizon, zenith, smoothstep(0.0, 0.5, pow(up, 0.72)));
  // Around a low sun the air glows, more along the horizon than upwards.
  float near = max(dot(normalize(vec3(towards.x, towards.y * 2.2, towards.z)), sun.xyz), 0.0);
  gl_FragColor = vec4(mix(sky, glow, sun.w * pow(near, 5.0)), 1.0);
  #include <colorspace_fragment>
  // Without grain the gradient shows bands on 8-bit screens.
  gl_FragColor.rgb += (fract(52.98 * fract(dot(gl_FragCoord.xy, vec2(0.0671, 0.00584)))) - 0.5) / 255.0;
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

export class Surroundings {
  readonly group = new Group();
  /** The ground model's tiles, where the release has one. */
  readonly terrain: Terrain | null;
  private theme: Theme | null = null;
  private sun: SunPosition | null = null;
  private readonly sky: ShaderMaterial;
  private readonly uniforms: GroundUniforms;
  /** Asks again for each picture that did not come. */
  private readonly missing: (() => void)[] = [];
  /** The scene does not wait for its pictures. */
  readonly loading = false;

  /** `radius` is how far the ground reaches, metres; `centre` its middle in the site frame, at ground height. */
  constructor(
    features: readonly FootprintFeature[],
    centre: Vec3,
    radius: number,
    map: MapEntry | null,
    base: string,
    matrix: readonly number[],
    stage: Stage,
    onChange: () => void,
  ) {
    this.sky = new ShaderMaterial({
      vertexShader: SKY_VERTEX,
      fragmentShader: SKY_FRAGMENT,
      uniforms: {
        zenith: { value: new Color() },
        horizon: { value: new Color() },
        glow: { value: new Color('#ffb56b') },
        sun: { value: new Vector4(0, 1, 0, 0) },
      },
      side: BackSide,
      depthWrite: false,
    });
    const sky = new Mesh(new SphereGeometry(1, 32, 16), this.sky);
    sky.frustumCulled = false;
    sky.renderOrder = -2;
    const box = boxAround(features, centre, radius);
    const ground = map?.ground ?? null;
    const threeCentre = new Vector3(centre[0], centre[2], -centre[1]);
    this.uniforms = groundUniforms(threeCentre, radius, shadowTexture(features, box), box);
    this.uniforms.horizon = this.sky.uniforms.horizon as { value: Color };
    this.load(map, base, stage, onChange);
    const plane = new Mesh(
      new CircleGeometry(radius, 96).rotateX(-Math.PI / 2),
      groundMaterial(this.uniforms, ground ? threeBox(ground) : null),
    );
    plane.position.set(centre[0], centre[2] - SUNK_M, -centre[1]);
    plane.renderOrder = -1;
    plane.receiveShadow = true;
    this.group.add(sky, plane);
    this.terrain = ground
      ? new Terrain(base + ground.tileset, matrix, stage, groundMaterial(this.uniforms, null), SUNK_M)
      : null;
  }

  /** Fetch what is drawn on the ground; the picture does without until it is there. */
  private load(map: MapEntry | null, base: string, stage: Stage, onChange: () => void): void {
    const loader = new TextureLoader();
    const lay = (image: MapImage | null, name: 'base' | 'photo') => {
      if (!image) return;
      const come = (texture: Texture) => {
        texture.flipY = false;
        texture.anisotropy = 4;
        if (name === 'photo') texture.colorSpace = SRGBColorSpace;
        const uniforms = this.uniforms;
        uniforms[name].value = texture;
        uniforms[`${name}Box`].value = threeBox(image);
        uniforms[`has${name === 'base' ? 'Base' : 'Photo'}`].value = 1;
        stage.invalidateSoon();
      };
      loader.load(base + image.url, come, undefined, () => {
        this.missing.push(() => lay(image, name));
        onChange();
      });
    };
    lay(map?.base ?? null, 'base');
    lay(map?.photo ?? null, 'photo');
  }

  get failed(): boolean {
    return this.missing.length > 0;
  }

  retry(): void {
    for (const again of this.missing.splice(0)) again();
  }

  /** The sky of the sun's height; null: the map's own. */
  shine(sun: SunPosition | null): void {
    this.sun = sun;
    if (this.theme) this.paint(this.theme);
  }

  paint(theme: Theme): void {
    this.theme = theme;
    const set = (uniform: { value: Color }, colour: ColorRepresentation) => uniform.value.set(colour);
    const [zenith, horizon] = skyColours(theme, this.sun);
    set(this.sky.uniforms.zenith as { value: Color }, zenith);
    set(this.sky.uniforms.horizon as { value: Color }, horizon);
    for (const name of ['ground', 'line', 'water', 'green', 'street'] as const) {
      set(this.uniforms[name], theme[name]);
    }
    (this.sky.uniforms.sun as { value: Vector4 }).value.copy(glowing(this.sun));
    this.uniforms.shadowDepth.value = theme.shadow;
  }
}

/** How low the sun is: 1 about the horizon, 0 by day and by night. */
const lowness = ({ elevationDeg }: SunPosition): number =>
  smooth(-9, 0, elevationDeg) * (1 - smooth(2, 16, elevationDeg));

/** Zenith and horizon: a low sun warms the horizon and deepens the sky, below it both go dark. */
function skyColours(theme: Theme, sun: SunPosition | null): [Color, Color] {
  const [zenith, horizon] = [new Color(theme.zenith), new Color(theme.horizon)];
  if (!sun) return [zenith, horizon];
  const night = 1 - smooth(-10, 2, sun.elevationDeg);
  const low = lowness(sun);
  zenith.lerp(new Color('#7f9cc4'), 0.55 * low);
  horizon.lerp(new Color('#eab68d'), 0.5 * low);
  return [zenith.lerp(new Color('#0e1730'), 0.86 * night), horizon.lerp(new Color('#28324a'), 0.94 * night)];
}

/** Where the sky glows, in three's axes, and how much. */
function glowing(sun: SunPosition | null): Vector4 {
  if (!sun) return new Vector4(0, 1, 0, 0);
  const [a, e] = [(sun.azimuthDeg * Math.PI) / 180, (sun.elevationDeg * Math.PI) / 180];
  return new Vector4(Math.sin(a) * Math.cos(e), Math.sin(e), -Math.cos(a) * Math.cos(e), 0.75 * lowness(sun));
}

/** A rectangle of the site frame in three's x and z: least corner and size. */
function threeBox({ min, max }: { min: readonly number[]; max: readonly number[] }): Vector4 {
  return new Vector4(min[0]!, -max[1]!, max[0]! - min[0]!, max[1]! - min[1]!);
}
