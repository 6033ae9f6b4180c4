/** A cross-dissolve of two pictures: the first is kept, the second lies over it as far as wanted. */
import {
  FramebufferTexture,
  Mesh,
  OrthographicCamera,
  PlaneGeometry,
  Scene,
  ShaderMaterial,
  type WebGLRenderer,
} from 'three';

// The kept pixels are as the screen had them: encoded already, so they are passed through as they are.
const VERTEX = /* glsl */ `
varying vec2 vAt;
void main() {
  vAt = uv;
  gl_Position = vec4(position.xy, 0.0, 1.0);
}
`;
const FRAGMENT = /* glsl */ `
uniform sampler2D kept;
uniform float share;
varying vec2 vAt;
void main() {
  gl_FragColor = vec4(texture2D(kept, vAt).rgb, share);
}
`;

export class Dissolve {
  private readonly scene = new Scene();
  private readonly camera = new OrthographicCamera();
  private readonly uniforms = { kept: { value: null as FramebufferTexture | null }, share: { value: 0 } };

  constructor() {
    const { uniforms } = this;
    const material = new ShaderMaterial({
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      uniforms,
      transparent: true,
      depthTest: false,
      depthWrite: false,
      toneMapped: false,
    });
    const quad = new Mesh(new PlaneGeometry(2, 2), material);
    quad.frustumCulled = false;
    this.scene.add(quad);
  }

  /** Draw `under`, and `over` above it with the opacity `share` (0..1). Each draws into a cleared canvas. */
  draw(renderer: WebGLRenderer, under: () => void, over: () => void, share: number): void {
    if (share <= 0 || share >= 1) {
      (share <= 0 ? under : over)();
      return;
    }
    over();
    const { width, height } = renderer.domElement;
    const { kept } = this.uniforms;
    if (kept.value?.image.width !== width || kept.value.image.height !== height) {
      kept.value?.dispose();
      kept.value = new FramebufferTexture(width, height);
    }
    renderer.copyFramebufferToTexture(kept.value);
    renderer.clear();
    under();
    this.uniforms.share.value = share;
    renderer.render(this.scene, this.camera);
  }
}
