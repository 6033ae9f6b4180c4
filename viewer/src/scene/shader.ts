/**
 * What is written into the shader of every tile's material: round points, dither for blending, the change map, dots where a
 * surface was filled in, the line of a section, and the look of interpreted states (`certainty.ts`).
 */
import type { Material, WebGLProgramParametersWithUniforms } from 'three';
import {
  CLAIM_FRAGMENT_END,
  CLAIM_FRAGMENT_HEAD,
  CLAIM_VERTEX_BODY,
  CLAIM_VERTEX_HEAD,
} from './certainty.ts';
import { LABELS, type SurfaceUniforms } from './uniforms.ts';

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

/** Let a material be drawn so, steered by uniforms; `round`: as round points, `labelled`: as measured points with labels. */
export function patch(
  material: Material,
  uniforms: SurfaceUniforms,
  round: boolean,
  labelled: boolean,
): void {
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
