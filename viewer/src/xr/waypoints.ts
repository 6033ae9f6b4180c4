/** The stops of a tour as places in the scene: a ring on the floor and a number over it, to be pressed. */
import {
  CanvasTexture,
  CylinderGeometry,
  Group,
  Mesh,
  MeshBasicMaterial,
  type Raycaster,
  RingGeometry,
  Sprite,
  SpriteMaterial,
  SRGBColorSpace,
} from 'three';
import type { Vec3 } from '../core/vec.ts';

const NEAR_M = 1.2; // who stands there needs no ring around the feet
const NUMBER_M = 1.35;

const RING = new RingGeometry(0.28, 0.38, 40).rotateX(-Math.PI / 2);
const BODY = new CylinderGeometry(0.35, 0.35, 1.8, 12);

function numberTexture(number: number): CanvasTexture {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 128;
  const c = canvas.getContext('2d');
  if (c) {
    c.fillStyle = '#a93722';
    c.arc(64, 64, 60, 0, 2 * Math.PI);
    c.fill();
    c.fillStyle = '#fffaf0';
    c.font = '600 64px "Be Vietnam Pro", system-ui, sans-serif';
    c.textAlign = 'center';
    c.textBaseline = 'middle';
    c.fillText(String(number), 64, 68);
  }
  const texture = new CanvasTexture(canvas);
  texture.colorSpace = SRGBColorSpace;
  return texture;
}

export class Waypoints {
  readonly group = new Group();
  private readonly marks: { group: Group; body: Mesh }[];
  private readonly ring = new MeshBasicMaterial({
    color: '#a93722',
    transparent: true,
    opacity: 0.85,
    depthWrite: false,
  });

  constructor(count: number) {
    // Not drawn, but met by rays: a thin ring is hard to aim at.
    const body = new MeshBasicMaterial({ colorWrite: false, depthWrite: false });
    this.marks = Array.from({ length: count }, (_, k) => {
      const group = new Group();
      const ring = new Mesh(RING, this.ring);
      ring.position.y = 0.03;
      const number = new Sprite(new SpriteMaterial({ map: numberTexture(k + 1), depthTest: false }));
      number.position.y = NUMBER_M;
      number.scale.setScalar(0.28);
      number.renderOrder = 10;
      const around = new Mesh(BODY, body);
      around.position.y = 0.9;
      around.visible = false; // rays are sent to it by name
      group.add(ring, number, around);
      this.group.add(group);
      return { group, body: around };
    });
  }

  /** Put the marks on their places; those near `feet` are not shown. */
  place(places: readonly (Vec3 | null)[], feet: Vec3): void {
    this.marks.forEach(({ group }, k) => {
      const p = places[k];
      group.visible = Boolean(p) && Math.hypot(p![0] - feet[0], p![1] - feet[1]) > NEAR_M;
      if (p) group.position.set(p[0], p[2], -p[1]);
    });
    this.group.updateMatrixWorld(true);
  }

  /** The stop that a ray meets, with its distance. */
  aimed(ray: Raycaster): { stop: number; distance: number } | null {
    let best: { stop: number; distance: number } | null = null;
    this.marks.forEach(({ group, body }, stop) => {
      if (!group.visible) return;
      const [hit] = ray.intersectObject(body, false);
      if (hit && (!best || hit.distance < best.distance)) best = { stop, distance: hit.distance };
    });
    return best;
  }

  dispose(): void {
    this.group.removeFromParent();
    this.group.traverse((o) => {
      if (!(o instanceof Sprite)) return;
      o.material.map?.dispose();
      o.material.dispose();
    });
    this.ring.dispose();
  }
}
