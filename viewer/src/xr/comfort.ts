/** What keeps people well: the view narrows while they are moved, and goes dark for the moment of a jump. */
import { BackSide, Mesh, ShaderMaterial, SphereGeometry } from 'three';

const FADE_S = 0.25;
const NARROW_S = 0.2;

export class Comfort {
  /** Around the head; belongs to the camera. */
  readonly mesh: Mesh<SphereGeometry, ShaderMaterial>;
  /** Whether the view narrows at all; the visitor may switch it off. */
  vignette = true;
  private dark = 0;
  private narrow = 0;

  constructor() {
    const material = new ShaderMaterial({
      uniforms: { narrow: { value: 0 }, dark: { value: 0 } },
      vertexShader: /* glsl */ `
varying vec3 vWay;
void main() {
  vWay = position;
  gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
}`,
      fragmentShader: /* glsl */ `
uniform float narrow;
uniform float dark;
varying vec3 vWay;
void main() {
  float away = acos(clamp(-normalize(vWay).z, -1.0, 1.0));
  float rim = smoothstep(0.38, 0.62, away) * narrow;
  gl_FragColor = vec4(0.03, 0.03, 0.03, max(rim, dark));
}`,
      side: BackSide,
      transparent: true,
      depthTest: false,
      depthWrite: false,
    });
    // So large that both eyes are as good as in its middle.
    this.mesh = new Mesh(new SphereGeometry(5, 32, 24), material);
    this.mesh.renderOrder = 15;
    this.mesh.frustumCulled = false;
  }

  /** How much the view is narrowed now, 0..1. */
  get narrowed(): number {
    return this.narrow;
  }

  /** The moment of a jump. */
  blink(): void {
    this.dark = 1;
  }

  /** `moving`: the visitor is being moved without walking themselves. */
  advance(seconds: number, moving: boolean): void {
    const goal = moving && this.vignette ? 1 : 0;
    const step = seconds / NARROW_S;
    this.narrow += Math.max(-step, Math.min(step, goal - this.narrow));
    this.dark = Math.max(0, this.dark - seconds / FADE_S);
    this.mesh.material.uniforms.narrow!.value = this.narrow;
    this.mesh.material.uniforms.dark!.value = this.dark;
    this.mesh.visible = this.narrow > 0.001 || this.dark > 0.001;
  }

  dispose(): void {
    this.mesh.removeFromParent();
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
  }
}
