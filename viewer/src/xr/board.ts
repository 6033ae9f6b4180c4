/** A board with words and buttons that stands in the scene, pressed by a ray. */
import {
  CanvasTexture,
  LinearFilter,
  LinearMipmapLinearFilter,
  Mesh,
  MeshBasicMaterial,
  PlaneGeometry,
  type Raycaster,
  SRGBColorSpace,
} from 'three';
import { type BoardWords, Leaf } from './leaf.ts';

const PX_PER_M = 1000; // at 1.5 m: 26 pixels to a degree, what headsets show

export class Board {
  readonly mesh: Mesh<PlaneGeometry, MeshBasicMaterial>;
  readonly leaf: Leaf;
  private readonly texture: CanvasTexture;
  private words: BoardWords | null = null;
  private hovered: string | null = null;
  /** Share of the way to a press by looking alone. */
  private dwell = 0;

  /** Width and height in metres; `snug`: no taller than its words. */
  constructor(width_m: number, height_m: number, snug = false) {
    this.leaf = new Leaf(Math.round(width_m * PX_PER_M), Math.round(height_m * PX_PER_M), snug);
    this.texture = new CanvasTexture(this.leaf.canvas);
    this.texture.colorSpace = SRGBColorSpace;
    this.texture.minFilter = LinearMipmapLinearFilter;
    this.texture.magFilter = LinearFilter;
    this.texture.anisotropy = 4;
    const material = new MeshBasicMaterial({
      map: this.texture,
      transparent: true,
      depthTest: false,
      depthWrite: false,
      toneMapped: false,
    });
    this.mesh = new Mesh(new PlaneGeometry(width_m, height_m), material);
    this.mesh.renderOrder = 20;
  }

  /** How many pages its words take. */
  get pages(): number {
    return this.leaf.pages;
  }

  /** Show words. */
  say(words: BoardWords): void {
    this.words = words;
    this.write();
  }

  private write(): void {
    if (this.words && this.leaf.write(this.words, this.hovered, this.dwell)) this.texture.needsUpdate = true;
  }

  /** The button that a ray meets, and how far away the board is; null where it misses the board. */
  aimed(ray: Raycaster): { button: string | null; distance: number } | null {
    if (!this.mesh.visible) return null;
    const [hit] = ray.intersectObject(this.mesh, false);
    if (!hit?.uv) return null;
    const { width, height } = this.leaf.canvas;
    return { button: this.leaf.buttonAt(hit.uv.x * width, (1 - hit.uv.y) * height), distance: hit.distance };
  }

  /** Mark the button that is aimed at, and how far a look has come to press it. */
  point(button: string | null, dwell = 0): void {
    if (button === this.hovered && Math.abs(dwell - this.dwell) < 0.04) return;
    this.hovered = button;
    this.dwell = dwell;
    this.write();
  }

  dispose(): void {
    this.mesh.removeFromParent();
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
    this.texture.dispose();
  }
}
