/** Where the visitor's room stands in the site, and where their head is in it. */
import { Group, type PerspectiveCamera, Quaternion, Vector3, type WebGLRenderer } from 'three';
import type { Vec3 } from '../core/vec.ts';

export class Body {
  /** The room: the headset's own frame, its floor at the feet. */
  readonly room = new Group();
  private readonly renderer: WebGLRenderer;
  private readonly local = new Vector3();
  private readonly turn = new Quaternion();
  /** Where the head looks within the room: radians clockwise, and downwards. */
  private localHeading = 0;
  pitch = 0;

  constructor(renderer: WebGLRenderer) {
    this.renderer = renderer;
  }

  /** Take over where the head is. False before the headset has told. */
  look(): boolean {
    const cameras: readonly PerspectiveCamera[] = this.renderer.xr.getCamera().cameras;
    if (cameras.length === 0) return false;
    this.local.set(0, 0, 0);
    const eye = new Vector3();
    for (const c of cameras) this.local.add(eye.setFromMatrixPosition(c.matrix));
    this.local.divideScalar(cameras.length);
    this.turn.setFromRotationMatrix(cameras[0]!.matrix);
    const way = new Vector3(0, 0, -1).applyQuaternion(this.turn);
    const flat = Math.hypot(way.x, way.z);
    this.pitch = Math.atan2(-way.y, flat);
    // Straight up or down there is no heading; the last one stays.
    if (flat > 1e-3) this.localHeading = Math.atan2(way.x, -way.z);
    return true;
  }

  get heading(): number {
    return this.localHeading - this.room.rotation.y;
  }

  /** The head in the site frame. */
  get head(): Vec3 {
    const p = this.room.localToWorld(this.local.clone());
    return [p.x, -p.z, p.y];
  }

  /** The floor under the head, in the site frame. */
  get feet(): Vec3 {
    const [e, n] = this.head;
    return [e, n, this.room.position.y];
  }

  /** Be with the feet at a place and look along a heading, whichever way the head is turned in the room. */
  stand(feet: Vec3, heading: number): void {
    this.room.rotation.y = this.localHeading - heading;
    this.room.position.set(0, 0, 0);
    this.room.updateMatrixWorld(true);
    const off = this.room.localToWorld(new Vector3(this.local.x, 0, this.local.z));
    this.room.position.set(feet[0] - off.x, feet[2], -feet[1] - off.z);
    this.room.updateMatrixWorld(true);
  }

  /** Turn about the head, radians clockwise. */
  snap(angle: number): void {
    this.stand(this.feet, this.heading + angle);
  }

  /** Move the room so that the feet come to a place. */
  go(to: Vec3): void {
    const feet = this.feet;
    this.room.position.x += to[0] - feet[0];
    this.room.position.z -= to[1] - feet[1];
    this.room.position.y = to[2];
    this.room.updateMatrixWorld(true);
  }
}
