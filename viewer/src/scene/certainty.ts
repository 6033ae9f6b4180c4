/**
 * How interpreted surfaces are drawn, so that nobody takes them for a scan: greyed and tinted by certainty, hatched,
 * and outlined like a drawing. Certainties differ in the hatch's distance and direction too, for those who see no
 * colours, and for print.
 *
 * The hatch lies on the surface: lines are cut by planes through space, so they stay in place while the camera moves.
 * Their distance is a power of two of a metre, chosen so that on screen it stays between once and twice the wanted
 * one; every second line fades before the next power is chosen. So there is neither moire far away nor a gap nearby.
 */
import {
  BackSide,
  type BufferAttribute,
  type BufferGeometry,
  Color,
  Float32BufferAttribute,
  Mesh,
  type Object3D,
  ShaderMaterial,
  Vector2,
  Vector4,
} from 'three';
import certaintyTable from '../../../assets/colours/certainty.json';
import type { StateEntry } from '../core/release.ts';
import { CERTAINTIES, partsOf } from '../core/states.ts';

const { certainties, casing } = certaintyTable;
const OUTLINE_PX = 1.4;

const vec3 = (hex: string) => {
  const { r, g, b } = new Color().setStyle(hex, 'srgb-linear'); // the bytes as they are
  return `vec3(${[r, g, b].map((c) => c.toFixed(4)).join(', ')})`;
};
const floats = (values: readonly number[]) =>
  `float[${values.length}](${values.map((v) => v.toFixed(3)).join(', ')})`;

const COLOURS = /* glsl */ `
const vec3 CERTAINTY[${certainties.length}] = vec3[](${certainties.map((c) => vec3(c.colour)).join(', ')});
`;

export const CLAIM_VERTEX_HEAD = /* glsl */ `
#ifdef HAS_CLAIM
  attribute vec2 claim;
  varying vec2 vClaim;
  varying vec3 vPlace;
#endif
`;

export const CLAIM_VERTEX_BODY = /* glsl */ `
#ifdef HAS_CLAIM
  vClaim = claim;
  vPlace = (modelMatrix * vec4(position, 1.0)).xyz;
#endif
`;

export const CLAIM_FRAGMENT_HEAD = /* glsl */ `
#ifdef HAS_CLAIM
  uniform float chosenPart;
  varying vec2 vClaim;
  varying vec3 vPlace;
  ${COLOURS}
  // How much of a pixel is the line's core, and how much the light casing around it.
  vec2 hatchLine(float s, float apart, float half_px) {
    float step_m = max(length(vec2(dFdx(s), dFdy(s))), 1e-7);
    float least = step_m * apart * pixelRatio;
    float period = exp2(ceil(log2(least)));
    float number = floor(s / period + 0.5);
    float off = abs(s - number * period) / step_m / pixelRatio;
    float weight = mod(number, 2.0) > 0.5 ? smoothstep(1.0, 1.5, period / least) : 1.0;
    float core = 1.0 - smoothstep(half_px - 0.5, half_px + 0.5, off);
    float around = 1.0 - smoothstep(half_px + 0.8, half_px + 1.9, off);
    return weight * vec2(core, around);
  }
#endif
`;

// Planes at half a right angle with the surface, by the nearest of eight directions to where it faces: so walls and
// roofs of any heading are cut aslant, and one flat surface by one set of planes.
export const CLAIM_FRAGMENT_END = /* glsl */ `
#ifdef HAS_CLAIM
  int sure = int(vClaim.y + 0.5);
  bool chosen = abs(vClaim.x - chosenPart) < 0.5;
  vec3 hue = CERTAINTY[sure];
  float grey_ = ${floats(certainties.map((c) => c.grey))}[sure];
  float tint_ = ${floats(certainties.map((c) => c.tint))}[sure];
  float apart_ = ${floats(certainties.map((c) => c.apart_px))}[sure];
  vec3 drawn = gl_FragColor.rgb;
  drawn = mix(drawn, vec3(dot(drawn, vec3(0.299, 0.587, 0.114))), grey_);
  drawn = mix(drawn, mix(hue, vec3(1.0), 0.62), tint_);
  if (chosen) drawn = mix(drawn, vec3(1.0, 0.96, 0.72), 0.42);
  vec3 faces = normalize(cross(dFdx(vPlace), dFdy(vPlace)));
  float eighth = 0.78539816;
  float heading = abs(faces.y) > 0.9 ? 0.0 : floor(atan(faces.z, faces.x) / eighth + 0.5) * eighth;
  vec2 ahead = 0.72 * vec2(cos(heading + eighth), sin(heading + eighth));
  vec2 aside = 0.72 * vec2(cos(heading - eighth), sin(heading - eighth));
  float one = dot(vPlace, vec3(ahead.x, 0.69, ahead.y));
  float two = dot(vPlace, vec3(aside.x, 0.69, aside.y));
  float half_px = chosen ? 1.0 : 0.65;
  vec2 line = hatchLine(sure == 1 ? two : one, apart_, half_px);
  if (${`bool[${certainties.length}](${certainties.map((c) => c.crossed).join(', ')})`}[sure]) {
    line = max(line, hatchLine(two, apart_, half_px));
  }
  drawn = mix(drawn, ${vec3(casing)}, 0.5 * line.y);
  drawn = mix(drawn, hue, 0.86 * line.x);
  gl_FragColor.rgb = drawn;
#endif
`;

/** The code of each part's certainty, in the order of feature ids. */
export const codesOf = (state: StateEntry): number[] =>
  partsOf(state).map(({ certainty }) => CERTAINTIES.indexOf(certainty));

/** Give every vertex of a state's tile its part and that part's certainty. */
export function claimed(geometry: BufferGeometry, codes: readonly number[]): void {
  // GLTFLoader writes the names of custom attributes in lower case.
  const feature = geometry.getAttribute('_feature_id_0') as BufferAttribute | undefined;
  const count = geometry.getAttribute('position').count;
  const claim = new Float32Array(2 * count);
  for (let i = 0; i < count; i++) {
    const part = feature ? feature.getX(i) : 0;
    claim[2 * i] = part;
    claim[2 * i + 1] = codes[part] ?? CERTAINTIES.length - 1;
  }
  geometry.setAttribute('claim', new Float32BufferAttribute(claim, 2));
}

/** The part that a triangle's corner belongs to; null where the surface has no parts. */
export function partAt(geometry: BufferGeometry, corner: number): number | null {
  const claim = geometry.getAttribute('claim') as BufferAttribute | undefined;
  return claim ? claim.getX(corner) : null;
}

/** What draws outlines: the surface's back, pushed outwards by some pixels, in its certainty's colour. */
export function outlineMaterial(uniforms: { keep: { value: [number, number] } }): ShaderMaterial {
  return new ShaderMaterial({
    side: BackSide,
    uniforms: { keep: uniforms.keep, pixel: { value: new Vector2(0.001, 0.001) } },
    vertexShader: /* glsl */ `
      attribute vec2 claim;
      uniform vec2 pixel;
      varying float vSure;
      void main() {
        vSure = claim.y;
        // A little farther away, so that relief of less than about a hundredth of the distance is not outlined.
        gl_Position = projectionMatrix * vec4(1.012 * (modelViewMatrix * vec4(position, 1.0)).xyz, 1.0);
        vec2 away = (projectionMatrix * vec4(normalMatrix * normal, 0.0)).xy / pixel;
        gl_Position.xy += away / max(length(away), 1e-6) * pixel * gl_Position.w;
      }`,
    fragmentShader: /* glsl */ `
      uniform vec2 keep;
      varying float vSure;
      ${COLOURS}
      void main() {
        float grain = fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715))));
        if (grain < keep.x || grain >= keep.y) discard;
        gl_FragColor = vec4(CERTAINTY[int(vSure + 0.5)], 1.0);
      }`,
  });
}

const viewport = new Vector4();

/** Draw a tile's outline with it. */
export function outline(tile: Object3D, material: ShaderMaterial, pixelRatio: { value: number }): void {
  const meshes: Mesh[] = [];
  tile.traverse((object) => {
    if (object instanceof Mesh && object.geometry.getAttribute('normal')) meshes.push(object);
  });
  for (const mesh of meshes) {
    const edge = new Mesh(mesh.geometry, material);
    edge.raycast = () => {};
    edge.onBeforeRender = (renderer) => {
      renderer.getCurrentViewport(viewport);
      const { pixel } = material.uniforms as { pixel: { value: Vector2 } };
      const width = 2 * OUTLINE_PX * pixelRatio.value;
      pixel.value.set(width / viewport.z, width / viewport.w);
      material.uniformsNeedUpdate = true;
    };
    mesh.add(edge);
  }
}
