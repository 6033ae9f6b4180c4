/** How the ground is drawn, plane and model alike: base map or photo, contact shadows, and the fade to the horizon. */
import {
  Color,
  CustomBlending,
  DataTexture,
  MeshLambertMaterial,
  OneFactor,
  type Texture,
  type Vector3,
  Vector4,
} from 'three';

export interface GroundUniforms {
  ground: { value: Color };
  horizon: { value: Color };
  line: { value: Color };
  water: { value: Color };
  green: { value: Color };
  street: { value: Color };
  centre: { value: Vector3 };
  radius: { value: number };
  shadows: { value: Texture };
  shadowBox: { value: Vector4 };
  shadowDepth: { value: number };
  base: { value: Texture };
  baseBox: { value: Vector4 };
  hasBase: { value: number };
  photo: { value: Texture };
  photoBox: { value: Vector4 };
  hasPhoto: { value: number };
}

/** Boxes are least x and z and size, in three's axes. */
export function groundUniforms(
  centre: Vector3,
  radius: number,
  shadows: Texture,
  shadowBox: Vector4,
): GroundUniforms {
  const none = new DataTexture(new Uint8Array(4), 1, 1);
  none.needsUpdate = true;
  const colour = () => ({ value: new Color() });
  const box = () => ({ value: new Vector4(0, 0, 1, 1) });
  return {
    ground: colour(),
    horizon: colour(),
    line: colour(),
    water: colour(),
    green: colour(),
    street: colour(),
    centre: { value: centre },
    radius: { value: radius },
    shadows: { value: shadows },
    shadowBox: { value: shadowBox },
    shadowDepth: { value: 0.4 },
    base: { value: none },
    baseBox: box(),
    hasBase: { value: 0 },
    photo: { value: none },
    photoBox: box(),
    hasPhoto: { value: 0 },
  };
}

const FRAGMENT_HEAD = /* glsl */ `
uniform vec3 ground;
uniform vec3 horizon;
uniform vec3 line;
uniform vec3 water;
uniform vec3 green;
uniform vec3 street;
uniform vec3 centre;
uniform float radius;
uniform sampler2D shadows;
uniform vec4 shadowBox;
uniform float shadowDepth;
uniform sampler2D base;
uniform vec4 baseBox;
uniform float hasBase;
uniform sampler2D photo;
uniform vec4 photoBox;
uniform float hasPhoto;
uniform vec4 hole;
varying vec3 vPlace;
float grid(vec2 p, float spacing, float pixels) {
  vec2 at = p / spacing;
  vec2 width = fwidth(at);
  vec2 near = abs(fract(at - 0.5) - 0.5) / width;
  float drawn = 1.0 - min(min(near.x, near.y) / pixels, 1.0);
  return drawn * (1.0 - smoothstep(0.15, 0.5, max(width.x, width.y)));
}
// 1 well inside a picture, 0 at its rim: what is drawn must not end like a tablecloth.
float within(vec2 uv) {
  vec2 rim = min(uv, 1.0 - uv);
  return smoothstep(0.0, 0.06, min(rim.x, rim.y));
}
// How far something is drawn where a coverage was read: a clean edge at any distance.
vec3 drawn(vec3 coverage) {
  vec3 width = max(fwidth(coverage), 0.06);
  return smoothstep(0.5 - width, 0.5 + width, coverage);
}
`;

const COLOUR = /* glsl */ `
if (vPlace.x > hole.x && vPlace.x < hole.x + hole.z && vPlace.z > hole.y && vPlace.z < hole.y + hole.w) discard;
float away = length(vPlace.xz - centre.xz) / radius;
vec3 flatColour = ground;
vec2 baseUv = (vPlace.xz - baseBox.xy) / baseBox.zw;
vec2 photoUv = (vPlace.xz - photoBox.xy) / photoBox.zw;
float onBase = hasBase * within(baseUv);
vec3 covered = texture2D(base, clamp(baseUv, 0.0, 1.0)).rgb;
vec3 inside = drawn(covered) * onBase;
flatColour = mix(flatColour, green, inside.g);
// Water shows its own colour from above and the sky's where one looks along it.
float grazing = 1.0 - clamp(normalize(cameraPosition - vPlace).y, 0.0, 1.0);
vec3 wet = mix(water, horizon, 0.55 * grazing * grazing * grazing);
flatColour = mix(flatColour, wet, inside.r);
// The banks: a line of the water's own shade.
float bank = (1.0 - smoothstep(0.0, 0.32, abs(covered.r - 0.42))) * onBase;
flatColour = mix(flatColour, water * 0.82, 0.45 * bank);
flatColour = mix(flatColour, street, inside.b);
vec4 seen = texture2D(photo, clamp(photoUv, 0.0, 1.0));
flatColour = mix(flatColour, seen.rgb, hasPhoto * within(photoUv) * seen.a);
float lines = 0.11 * grid(vPlace.xz, 10.0, 1.2) + 0.08 * grid(vPlace.xz, 50.0, 1.4);
lines *= (1.0 - smoothstep(0.35, 0.9, away)) * (1.0 - max(hasBase, hasPhoto));
flatColour = mix(flatColour, line, lines);
vec2 shadowUv = (vPlace.xz - shadowBox.xy) / shadowBox.zw;
if (shadowUv.x > 0.0 && shadowUv.x < 1.0 && shadowUv.y > 0.0 && shadowUv.y < 1.0) {
  flatColour *= 1.0 - shadowDepth * texture2D(shadows, shadowUv).a;
}
diffuseColor.rgb = flatColour;
diffuseColor.a = 1.0 - smoothstep(0.85, 1.0, away);
`;

// The horizon is air, and no shadow falls on it.
const HAZE = /* glsl */ `
outgoingLight = mix(outgoingLight, horizon, smoothstep(0.25, 1.0, away));
#include <opaque_fragment>
`;

/** The material; inside `hole` (least x and z, size) it leaves the ground to a model. */
export function groundMaterial(uniforms: GroundUniforms, hole: Vector4 | null): MeshLambertMaterial {
  // Not marked transparent, because three draws what is transparent last and the plane must not cover a captured
  // lawn; blended all the same, towards the sky.
  const material = new MeshLambertMaterial({ blending: CustomBlending, blendSrcAlpha: OneFactor });
  material.onBeforeCompile = (shader) => {
    Object.assign(shader.uniforms, uniforms, { hole: { value: hole ?? new Vector4(0, 0, 0, 0) } });
    shader.vertexShader = shader.vertexShader
      .replace('#include <common>', '#include <common>\nvarying vec3 vPlace;')
      .replace(
        '#include <fog_vertex>',
        '#include <fog_vertex>\nvPlace = (modelMatrix * vec4(transformed, 1.0)).xyz;',
      );
    shader.fragmentShader = shader.fragmentShader
      .replace('#include <common>', `#include <common>\n${FRAGMENT_HEAD}`)
      .replace('#include <color_fragment>', `#include <color_fragment>\n${COLOUR}`);
    shader.fragmentShader = shader.fragmentShader.replace('#include <opaque_fragment>', HAZE);
    if (!shader.fragmentShader.includes(COLOUR) || !shader.fragmentShader.includes(HAZE))
      throw new Error('no place for the ground in the shader');
  };
  return material;
}
