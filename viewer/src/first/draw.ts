/** Draws tiles under sky and ground by WebGL alone, as the scene will draw them. */
import { basis, freeArea, type Viewport } from '../core/fit.ts';
import { multiply } from '../core/frames.ts';
import { eyeOf, lookDirection, type Orbit } from '../core/orbit.ts';
import { dot, scale } from '../core/vec.ts';
import type { Theme } from '../scene/theme.ts';
import type { Column, Surface } from './tile.ts';

/** The level ground: its middle in the site frame, and how far it reaches, metres. */
export interface Ground {
  centre: readonly [number, number, number];
  radius: number;
}

const POSITION = 0;
const UV = 1;
const COLOUR = 2;
const FILLED = 3;

const ENCODED = /* glsl */ `
vec3 encoded(vec3 c) { return mix(c * 12.92, 1.055 * pow(c, vec3(0.41666)) - 0.055, step(0.0031308, c)); }
`;

const SURFACE_VERTEX = /* glsl */ `#version 300 es
layout(location = ${POSITION}) in vec3 position;
layout(location = ${UV}) in vec2 uv;
layout(location = ${COLOUR}) in vec4 colour;
layout(location = ${FILLED}) in float filled;
uniform mat4 clip_from_mesh;
uniform vec4 uvTransform;
out vec2 vUv;
out vec3 vColour;
out float vFilled;
void main() {
  vUv = uv * uvTransform.xy + uvTransform.zw;
  vColour = colour.rgb;
  vFilled = filled;
  gl_Position = clip_from_mesh * vec4(position, 1.0);
}`;

// Colours of vertices are linear, those of the picture encoded already. The dots are the scene's own (surface.ts):
// what a mesher closed is not to pass for measured, not even at first sight.
const SURFACE_FRAGMENT = /* glsl */ `#version 300 es
precision highp float;
in vec2 vUv;
in vec3 vColour;
in float vFilled;
uniform sampler2D picture;
uniform bool pictured;
uniform vec3 factor;
uniform float pixelRatio;
out vec4 colour;
${ENCODED}
void main() {
  vec3 tint = vColour * factor;
  vec3 c = pictured ? texture(picture, vUv).rgb * encoded(tint) : encoded(tint);
  if (vFilled > 0.5) {
    float dotted = step(length(fract(gl_FragCoord.xy / (7.0 * pixelRatio)) - 0.5), 0.24);
    c = mix(c, vec3(0.94, 0.92, 0.88), 0.10 + 0.32 * dotted);
  }
  colour = vec4(c, 1.0);
}`;

const AROUND_VERTEX = /* glsl */ `#version 300 es
out vec2 ndc;
void main() {
  ndc = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0;
  gl_Position = vec4(ndc, 1.0, 1.0);
}`;

// MAP_LIGHT is what the scene's light of no particular hour leaves of a level surface (daylight.ts): the sun's
// 2.1 at 38 degrees from the zenith and the sky's 1.7, over pi.
const AROUND_FRAGMENT = /* glsl */ `#version 300 es
precision highp float;
in vec2 ndc;
uniform mat3 ray;
uniform vec3 eye;
uniform vec4 place;
// Linear, as the mixing is.
uniform vec3 zenith;
uniform vec3 horizon;
uniform vec3 ground;
out vec4 colour;
${ENCODED}
const vec3 MAP_LIGHT = vec3(0.926, 0.943, 0.944);
void main() {
  vec3 way = normalize(ray * vec3(ndc, 1.0));
  vec3 c = mix(horizon, zenith, smoothstep(0.0, 0.5, pow(max(way.z, 0.0), 0.72)));
  float down = place.z - eye.z;
  if (way.z * down > 0.0) {
    float away = length(eye.xy + way.xy * (down / way.z) - place.xy) / place.w;
    vec3 lit = mix(ground * MAP_LIGHT, horizon, smoothstep(0.25, 1.0, away));
    c = mix(lit, c, smoothstep(0.85, 1.0, away));
  }
  colour = vec4(encoded(c), 1.0);
}`;

interface Mesh {
  array: WebGLVertexArrayObject;
  texture: WebGLTexture | null;
  surface: Surface;
}

export class Painter {
  private readonly gl: WebGL2RenderingContext;
  private readonly surfaces: WebGLProgram;
  private readonly around: WebGLProgram;
  private readonly meshes: Mesh[] = [];

  constructor(gl: WebGL2RenderingContext) {
    this.gl = gl;
    this.surfaces = program(gl, SURFACE_VERTEX, SURFACE_FRAGMENT);
    this.around = program(gl, AROUND_VERTEX, AROUND_FRAGMENT);
  }

  add(surface: Surface): void {
    const { gl } = this;
    const array = gl.createVertexArray();
    gl.bindVertexArray(array);
    this.attribute(POSITION, surface.position);
    this.attribute(UV, surface.uv);
    this.attribute(COLOUR, surface.colour);
    this.attribute(FILLED, surface.filled);
    if (surface.indices) {
      gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, gl.createBuffer());
      gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, surface.indices.data, gl.STATIC_DRAW);
    }
    gl.bindVertexArray(null);
    this.meshes.push({ array, texture: surface.picture && this.texture(surface.picture), surface });
  }

  /** Draw what was added, from `orbit`, into a window of `viewport` at `pixelRatio` pixels per CSS pixel. */
  draw(orbit: Orbit, viewport: Viewport, pixelRatio: number, ground: Ground, theme: Theme): void {
    const { gl } = this;
    const { canvas } = gl;
    canvas.width = Math.floor(viewport.width * pixelRatio);
    canvas.height = Math.floor(viewport.height * pixelRatio);
    gl.viewport(0, 0, canvas.width, canvas.height);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    const camera = cameraOf(orbit, viewport);
    gl.enable(gl.DEPTH_TEST);
    gl.depthFunc(gl.LEQUAL);
    gl.useProgram(this.surfaces);
    const at = (name: string) => gl.getUniformLocation(this.surfaces, name);
    gl.uniform1f(at('pixelRatio'), pixelRatio);
    for (const { array, texture, surface } of this.meshes) {
      const { uvScale, uvOffset, factor, position, indices } = surface;
      gl.uniformMatrix4fv(
        at('clip_from_mesh'),
        false,
        multiply(camera.clip_from_site, surface.site_from_mesh),
      );
      gl.uniform4f(at('uvTransform'), uvScale[0], uvScale[1], uvOffset[0], uvOffset[1]);
      gl.uniform3f(at('factor'), factor[0] ?? 1, factor[1] ?? 1, factor[2] ?? 1);
      gl.uniform1i(at('pictured'), texture ? 1 : 0);
      gl.bindTexture(gl.TEXTURE_2D, texture);
      gl.bindVertexArray(array);
      if (!surface.colour) gl.vertexAttrib4f(COLOUR, 1, 1, 1, 1);
      if (!surface.filled) gl.vertexAttrib1f(FILLED, 0);
      if (indices) gl.drawElements(gl.TRIANGLES, indices.count, indices.componentType, indices.offset);
      else gl.drawArrays(gl.TRIANGLES, 0, position.count);
    }
    gl.bindVertexArray(null);
    // Last, so that only what is left free is drawn: it lies as far away as can be.
    this.drawAround(camera, ground, theme);
  }

  /** Give the graphics memory back. */
  dispose(): void {
    this.gl.getExtension('WEBGL_lose_context')?.loseContext();
  }

  private drawAround(camera: Camera, { centre, radius }: Ground, theme: Theme): void {
    const { gl } = this;
    gl.useProgram(this.around);
    const at = (name: string) => gl.getUniformLocation(this.around, name);
    gl.uniformMatrix3fv(at('ray'), false, camera.ray);
    gl.uniform3f(at('eye'), ...camera.eye);
    gl.uniform4f(at('place'), ...centre, radius);
    for (const name of ['zenith', 'horizon', 'ground'] as const)
      gl.uniform3f(at(name), ...linear(theme[name]));
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  private attribute(location: number, column: Column | null): void {
    if (!column) return;
    const { gl } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
    gl.bufferData(gl.ARRAY_BUFFER, column.data, gl.STATIC_DRAW);
    gl.enableVertexAttribArray(location);
    const { size, componentType, normalized, stride, offset } = column;
    gl.vertexAttribPointer(location, size, componentType, normalized, stride, offset);
  }

  private texture(picture: ImageBitmap): WebGLTexture {
    const { gl } = this;
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, picture);
    gl.generateMipmap(gl.TEXTURE_2D);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
    picture.close();
    return texture;
  }
}

interface Camera {
  clip_from_site: number[];
  eye: [number, number, number];
  /** From a place in the picture (x, y, 1) to the way it is seen along. */
  ray: number[];
}

/** The scene's camera (stage.ts): the target in the middle of the free part of the window. */
function cameraOf(orbit: Orbit, viewport: Viewport): Camera {
  const look = lookDirection(orbit);
  const { right, up } = basis(look);
  const eye = eyeOf(orbit);
  const f = 1 / Math.tan((orbit.fovDeg * Math.PI) / 360);
  const across = f / (viewport.width / viewport.height);
  const { shiftX, shiftY } = freeArea(viewport);
  const [sx, sy] = [(2 * shiftX) / viewport.width, (-2 * shiftY) / viewport.height];
  const near = Math.max(0.05, orbit.distance / 400);
  const far = orbit.distance + 6000;
  const back = scale(look, -1);
  const view = [
    ...[0, 1, 2].flatMap((i) => [right[i]!, up[i]!, back[i]!, 0]),
    ...[-dot(right, eye), -dot(up, eye), -dot(back, eye), 1],
  ];
  const depth = [-(far + near) / (far - near), (-2 * far * near) / (far - near)];
  const lens = [across, 0, 0, 0, 0, f, 0, 0, -sx, -sy, depth[0]!, -1, 0, 0, depth[1]!, 0];
  const middle = [0, 1, 2].map((i) => look[i]! - (right[i]! * sx) / across - (up[i]! * sy) / f);
  return {
    clip_from_site: multiply(lens, view),
    eye: [...eye],
    ray: [...scale(right, 1 / across), ...scale(up, 1 / f), ...middle],
  };
}

/** `#rrggbb` as shares of light. */
function linear(colour: string): [number, number, number] {
  const at = (i: number) => {
    const c = Number.parseInt(colour.slice(1 + 2 * i, 3 + 2 * i), 16) / 255;
    return c > 0.04045 ? ((c + 0.055) / 1.055) ** 2.4 : c / 12.92;
  };
  return [at(0), at(1), at(2)];
}

function program(gl: WebGL2RenderingContext, vertex: string, fragment: string): WebGLProgram {
  const made = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ] as const) {
    const shader = gl.createShader(kind);
    if (!shader) throw new Error('the graphics are lost');
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(made, shader);
  }
  gl.linkProgram(made);
  if (!gl.getProgramParameter(made, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(made) ?? 'shader');
  return made;
}
