/**
 * What is added to every tile's material: round points, dither for blending, the change map, dots where a surface
 * was filled in, and the look of interpreted states (`certainty.ts`). All of it is steered by uniforms that a condition's
 * tiles share.
 */
import {
  type BufferAttribute,
  type BufferGeometry,
  DataTexture,
  LinearFilter,
  type Material,
  type Mesh,
  type Object3D,
  Points,
  type PointsMaterial,
  Vector3,
  Vector4,
  type WebGLProgramParametersWithUniforms,
} from 'three';
import labelTable from '../../../assets/colours/labels.json';
import {
  CLAIM_FRAGMENT_END,
  CLAIM_FRAGMENT_HEAD,
  CLAIM_VERTEX_BODY,
  CLAIM_VERTEX_HEAD,
  claimed,
} from './certainty.ts';

const POINT_OVERLAP = 1.25; // of the spacing, so that leaves close up
const LARGEST_POINT_M = 0.3; // a thinned tree shows fewer leaves, not larger ones
const SPARSEST_M = 0.8; // farther apart, points are dust in the air rather than a tree

export interface SurfaceUniforms {
  /** Share of pixels kept: those whose noise lies in [x, y). */
  keep: { value: [number, number] };
  /** The part of a state that is chosen, -1 for none. */
  chosenPart: { value: number };
  /** 0 off, 1 on. */
  change: { value: number };
  /** Metres that the attribute's 1.0 stands for, colour range in metres, and the visitor's threshold in metres. */
  changeScale: { value: number };
  changeRange: { value: number };
  changeThreshold: { value: number };
  changeTable: { value: DataTexture };
  /** Measured points: 0 their own colours, 1 by label; which labels are drawn; every label's colour, sRGB. */
  labels: { value: number };
  labelShown: { value: number[] };
  labelColours: { value: Vector3[] };
  /** The least spacing of measured points met so far, metres. */
  pointSpacing: { value: number };
  /** The plane of a section, in the scene's frame: its unit normal and the origin's way from it; zero for none. */
  cut: { value: Vector4 };
  pixelRatio: { value: number };
}

/** A texture of a colour table's sRGB bytes, read in the shader after the output was encoded. */
export function tableTexture(bytes: Uint8Array): DataTexture {
  const texture = new DataTexture(bytes as Uint8Array<ArrayBuffer>, bytes.length / 4, 1);
  texture.minFilter = texture.magFilter = LinearFilter;
  texture.needsUpdate = true;
  return texture;
}

export const LABELS = labelTable.labels.map(({ reason }) => reason);

export function surfaceUniforms(table: DataTexture): SurfaceUniforms {
  return {
    keep: { value: [0, 1] },
    chosenPart: { value: -1 },
    change: { value: 0 },
    changeScale: { value: 1 },
    changeRange: { value: 0.1 },
    changeThreshold: { value: 0 },
    changeTable: { value: table },
    labels: { value: 0 },
    labelShown: { value: LABELS.map(() => 1) },
    labelColours: {
      value: labelTable.labels.map(({ colour: [r, g, b] }) => new Vector3(r! / 255, g! / 255, b! / 255)),
    },
    pointSpacing: { value: 1e3 },
    cut: { value: new Vector4(0, 0, 0, 0) },
    pixelRatio: { value: 1 },
  };
}

const VERTEX_HEAD = /* glsl */ `
uniform vec4 cut;
varying float vCut;
#ifdef HAS_CHANGE
  attribute vec2 change;
  varying vec3 vChange;
#endif
#ifdef HAS_FILLED
  attribute float filled;
  varying float vFilled;
#endif
${CLAIM_VERTEX_HEAD}
`;

// The encoder writes the lowest value where a vertex is not comparable; a triangle that touches one is not either.
const VERTEX_BODY = /* glsl */ `
vCut = dot((modelMatrix * vec4(transformed, 1.0)).xyz, cut.xyz) + cut.w;
#ifdef HAS_CHANGE
  vChange = vec3(change, change.y < -0.5 ? 1.0 : 0.0);
#endif
#ifdef HAS_FILLED
  vFilled = filled;
#endif
${CLAIM_VERTEX_BODY}
`;

// A label that is not wanted goes outside the picture; no size can bring it back.
const LABEL_HEAD = /* glsl */ `
attribute float label;
uniform float pointSpacing;
uniform float labelShown[${LABELS.length}];
uniform vec3 labelColours[${LABELS.length}];
varying vec3 vLabel;
`;
const LABEL_BODY = /* glsl */ `
int code = int(label + 0.5);
vLabel = labelColours[code];
if (labelShown[code] < 0.5) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
`;

// three takes a field of view of 90 degrees for granted when it sizes points.
const POINT_SIZE = /* glsl */ `
gl_PointSize = clamp(gl_PointSize * projectionMatrix[1][1], 1.25 * pixelRatio, 6.0 * pixelRatio);
`;

// Measured points are drawn the same size on every level: each level adds points, and none may bury the finer ones.
const LABELLED_SIZE = /* glsl */ `
gl_PointSize = clamp(
  pointSpacing * scale / -mvPosition.z * projectionMatrix[1][1], 2.6 * pixelRatio, 8.0 * pixelRatio
);
`;

const FRAGMENT_HEAD = /* glsl */ `
uniform vec2 keep;
uniform float changeOn;
uniform float changeScale;
uniform float changeRange;
uniform float changeThreshold;
uniform sampler2D changeTable;
uniform float pixelRatio;
uniform vec4 cut;
varying float vCut;
#ifdef HAS_CHANGE
  varying vec3 vChange;
#endif
#ifdef HAS_FILLED
  varying float vFilled;
#endif
#ifdef HAS_LABEL
  uniform float labels;
  varying vec3 vLabel;
#endif
// Jimenez 2014: neighbouring pixels get evenly spread values, so that a dither looks like a blend.
float gradientNoise(vec2 p) {
  return fract(52.9829189 * fract(dot(p, vec2(0.06711056, 0.00583715))));
}
float stripes(vec2 p, float width, float share) {
  return step(fract((p.x + p.y) / (width * pixelRatio)), share);
}
${CLAIM_FRAGMENT_HEAD}
`;

const FRAGMENT_START = /* glsl */ `
  float grain = gradientNoise(gl_FragCoord.xy);
  if (grain < keep.x || grain >= keep.y) discard;
#ifdef ROUND_POINT
  // Vegetation is no part of the surface that was compared.
  if (changeOn > 0.5 || length(gl_PointCoord - 0.5) > 0.5) discard;
#endif
`;

const FRAGMENT_END = /* glsl */ `
  if (changeOn > 0.5) {
    // Shape stays readable under the colours: the measured texture's own brightness, softened.
    float light = clamp(dot(gl_FragColor.rgb, vec3(0.299, 0.587, 0.114)), 0.0, 1.0);
    float relief = mix(0.88, 1.06, smoothstep(0.05, 0.6, light));
    vec3 quiet = mix(vec3(0.83, 0.82, 0.80), vec3(light), 0.12);
    vec3 unknown = vec3(0.61) + 0.10 * stripes(gl_FragCoord.xy, 7.0, 0.4);
    vec3 shown = unknown;
    #ifdef HAS_CHANGE
      if (vChange.z < 0.001) {
        float distance = vChange.x * changeScale;
        float least = max(changeThreshold, vChange.y * changeScale);
        float at = clamp(distance / changeRange, -1.0, 1.0) * 0.5 + 0.5;
        vec3 coloured = texture2D(changeTable, vec2(at, 0.5)).rgb;
        shown = abs(distance) < least ? quiet * relief : coloured * relief;
      }
    #endif
    gl_FragColor = vec4(shown, gl_FragColor.a);
  }
#ifdef HAS_LABEL
  if (labels > 0.5) {
    // Shape stays readable under the labels too.
    float bright = dot(gl_FragColor.rgb, vec3(0.299, 0.587, 0.114));
    gl_FragColor.rgb = vLabel * mix(0.7, 1.08, smoothstep(0.05, 0.65, bright));
  }
#endif
  if (dot(cut.xyz, cut.xyz) > 0.0) {
    // Where the plane goes through the surface: a line with a light rim, so wide on screen however near it is.
    float off = abs(vCut) / max(fwidth(vCut), 1e-9) / pixelRatio;
    vec3 line = mix(vec3(0.75, 0.13, 0.08), vec3(1.0), smoothstep(1.0, 1.6, off));
    gl_FragColor.rgb = mix(line, gl_FragColor.rgb, smoothstep(2.2, 2.8, off));
  }
#ifdef HAS_FILLED
  // Dots, not stripes: a hole that the mesher closed is neither measured nor anybody's interpretation.
  if (vFilled > 0.5) {
    float dot = step(length(fract(gl_FragCoord.xy / (7.0 * pixelRatio)) - 0.5), 0.24);
    gl_FragColor.rgb = mix(gl_FragColor.rgb, vec3(0.94, 0.92, 0.88), 0.10 + 0.32 * dot);
  }
#endif
${CLAIM_FRAGMENT_END}
`;

function patch(material: Material, uniforms: SurfaceUniforms, round: boolean, labelled: boolean): void {
  material.onBeforeCompile = (shader: WebGLProgramParametersWithUniforms) => {
    const { change, ...rest } = uniforms;
    Object.assign(shader.uniforms, rest, { changeOn: change });
    shader.vertexShader = shader.vertexShader
      .replace('#include <common>', `#include <common>\n${VERTEX_HEAD}`)
      .replace('#include <begin_vertex>', `#include <begin_vertex>\n${VERTEX_BODY}`);
    if (round) {
      shader.vertexShader = shader.vertexShader
        .replace('#include <common>', '#include <common>\nuniform float pixelRatio;')
        .replace(
          '#include <worldpos_vertex>',
          `${labelled ? LABELLED_SIZE : POINT_SIZE}\n#include <worldpos_vertex>`,
        );
    }
    if (labelled) {
      shader.vertexShader = shader.vertexShader
        .replace('#include <common>', `#include <common>\n${LABEL_HEAD}`)
        .replace('#include <project_vertex>', `#include <project_vertex>\n${LABEL_BODY}`);
    }
    shader.fragmentShader = shader.fragmentShader
      .replace('#include <common>', `#include <common>\n${FRAGMENT_HEAD}`)
      .replace(
        '#include <clipping_planes_fragment>',
        `#include <clipping_planes_fragment>\n${FRAGMENT_START}`,
      )
      .replace(
        '#include <premultiplied_alpha_fragment>',
        `#include <premultiplied_alpha_fragment>\n${FRAGMENT_END}`,
      );
    if (!shader.fragmentShader.includes(FRAGMENT_START) || !shader.fragmentShader.includes(FRAGMENT_END)) {
      throw new Error(`${material.type}: no place for the tile's shader`);
    }
  };
  material.customProgramCacheKey = () => {
    const defines = material.defines ?? {};
    return `heritage ${round} ${labelled} ${['HAS_CHANGE', 'HAS_FILLED', 'HAS_CLAIM'].map((d) => d in defines)}`;
  };
  material.defines = {
    ...material.defines,
    ...(round ? { ROUND_POINT: '' } : {}),
    ...(labelled ? { HAS_LABEL: '' } : {}),
  };
}

/** Median distance to the nearest neighbour over a sample, metres in the geometry's own scale. */
export function spacingOf(geometry: BufferGeometry, samples = 48): number {
  const p = geometry.getAttribute('position') as BufferAttribute;
  const stride = Math.max(1, Math.floor(p.count / 4000));
  const distances: number[] = [];
  for (let s = 0; s < samples; s++) {
    const i = Math.floor(((s + 0.5) / samples) * p.count);
    let least = Number.POSITIVE_INFINITY;
    for (let j = 0; j < p.count; j += stride) {
      if (j === i) continue;
      const d = (p.getX(i) - p.getX(j)) ** 2 + (p.getY(i) - p.getY(j)) ** 2 + (p.getZ(i) - p.getZ(j)) ** 2;
      if (d > 0 && d < least) least = d;
    }
    if (Number.isFinite(least)) distances.push(Math.sqrt(least));
  }
  distances.sort((a, b) => a - b);
  // A thinned comparison set has neighbours farther apart, by the square root of the thinning on a surface.
  return (distances[distances.length >> 1] ?? 0) / Math.sqrt(stride);
}

/** Prepare a tile's objects as they arrive. `codes` are the certainties of a state's parts. */
export function dress(
  tile: Object3D,
  uniforms: SurfaceUniforms,
  codes: readonly number[] | null = null,
): void {
  const scale = new Vector3();
  tile.traverse((object) => {
    const mesh = object as Mesh;
    if (!mesh.geometry) return;
    const points = object instanceof Points;
    object.castShadow = !points;
    const material = mesh.material as Material;
    // GLTFLoader writes the names of custom attributes in lower case.
    const label = mesh.geometry.getAttribute('_reason');
    patch(material, uniforms, points, Boolean(label));
    if (label) {
      mesh.geometry.setAttribute('label', label);
      object.updateWorldMatrix(true, false);
      const spacing = spacingOf(mesh.geometry) * object.getWorldScale(scale).x;
      if (spacing > 0) {
        uniforms.pointSpacing.value = Math.min(uniforms.pointSpacing.value, spacing * POINT_OVERLAP);
      }
      return;
    }
    if (codes && !points) {
      claimed(mesh.geometry, codes);
      material.defines = { ...material.defines, HAS_CLAIM: '' };
    }
    const filled = mesh.geometry.getAttribute('_filled');
    if (filled) {
      mesh.geometry.setAttribute('filled', filled);
      material.defines = { ...material.defines, HAS_FILLED: '' };
    }
    if (points) {
      const sized = material as PointsMaterial;
      object.updateWorldMatrix(true, false);
      const spacing = spacingOf(mesh.geometry) * object.getWorldScale(scale).x;
      sized.size = Math.min(spacing * POINT_OVERLAP, LARGEST_POINT_M);
      object.visible = spacing < SPARSEST_M;
      sized.sizeAttenuation = true;
    }
  });
}

/** Feed the comparison's attribute to the shader; meshes without it are shown as not comparable. */
export function chooseChange(tile: Object3D, attribute: string): void {
  tile.traverse((object) => {
    const mesh = object as Mesh;
    if (!mesh.geometry || object instanceof Points) return;
    const found = mesh.geometry.getAttribute(attribute.toLowerCase());
    if (found) mesh.geometry.setAttribute('change', found);
    const material = mesh.material as Material;
    const had = 'HAS_CHANGE' in (material.defines ?? {});
    if (Boolean(found) === had) return;
    material.defines = { ...material.defines };
    if (found) material.defines.HAS_CHANGE = '';
    else delete material.defines.HAS_CHANGE;
    material.needsUpdate = true;
  });
}
