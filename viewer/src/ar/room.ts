/**
 * The room around the visitor: a ring on the floor where a model would stand, and the model once it does. It has a canvas
 * and a renderer of its own, for a session's time; the map behind it rests.
 */
import {
  Box3,
  BufferGeometry,
  DirectionalLight,
  Group,
  HemisphereLight,
  Line,
  LineBasicMaterial,
  Matrix4,
  Mesh,
  MeshBasicMaterial,
  type Object3D,
  PerspectiveCamera,
  RingGeometry,
  Scene,
  Vector3,
  WebGLRenderer,
} from 'three';
import { isLevel, type Step, stood } from '../core/placing.ts';
import type { Vec3 } from '../core/vec.ts';
import { dispose } from '../scene/read.ts';

/** A place the visitor aims at. */
interface Found {
  hit: XRHitTestResult;
  at: Vec3;
  eye: Vec3;
}

/** As the specification has it, where there are anchors. */
interface WithAnchor {
  createAnchor?: () => Promise<XRAnchor>;
}

const FAR_M = 300; // the end of a hall in real size, seen from before it

export class Room {
  step: Step = 'loading';
  /** The model's place in the room's frame; not in the scene until it is placed. */
  readonly stand = new Group();
  /** Where the model would stand: a ring where one aims, and the outline of its base. */
  readonly aim = new Group();
  private readonly session: XRSession;
  private readonly onStep: (step: Step) => void;
  private readonly renderer = new WebGLRenderer({ alpha: true, antialias: true });
  private readonly scene = new Scene();
  private readonly camera = new PerspectiveCamera(50, 1, 0.02, FAR_M);
  private source: XRHitTestSource | null = null;
  private model: Object3D | null = null;
  /** From a model's middle to its front edge, where it is stood by that. */
  private reach_m = 0;
  /** Where it stands, before the visitor has turned it. */
  private readonly room_from_stand = new Matrix4();
  private turned_rad = 0;
  /** What the device holds in place while it learns the room better. */
  private anchor: { held: XRAnchor; anchor_from_stand: Matrix4 | null } | null = null;
  /** A press waits for the next frame: only there can places be asked for and held. */
  private pressed = false;
  private placings = 0;
  private closed = false;

  constructor(session: XRSession, onStep: (step: Step) => void) {
    this.session = session;
    this.onStep = onStep;
    const ring = new Mesh(
      new RingGeometry(0.07, 0.1, 40).rotateX(-Math.PI / 2),
      new MeshBasicMaterial({ color: '#fffaf0' }),
    );
    this.aim.add(ring);
    this.aim.visible = false;
    this.stand.matrixAutoUpdate = false;
    const sun = new DirectionalLight('#ffffff', 1.6);
    sun.position.set(1, 3, 2);
    this.scene.add(this.aim, this.stand, new HemisphereLight('#ffffff', '#8a8378', 1.8), sun);
  }

  /** Begin to look for the floor. Raises what the browser does where it cannot. */
  async begin(): Promise<void> {
    const { session, renderer } = this;
    renderer.xr.enabled = true;
    renderer.xr.setReferenceSpaceType('local');
    await renderer.xr.setSession(session);
    const viewer = await session.requestReferenceSpace('viewer');
    this.source = (await session.requestHitTestSource?.({ space: viewer })) ?? null;
    if (!this.source) throw new DOMException('no hit test', 'NotSupportedError');
    session.addEventListener('select', () => this.press());
    renderer.xr.setAnimationLoop((_time, frame) => frame && this.draw(frame));
  }

  /** The model has come. `byFront`: it is stood by its front edge, for it is larger than a room. */
  show(model: Object3D, byFront: boolean): void {
    if (this.closed) {
      dispose(model);
      return;
    }
    const { min, max } = new Box3().setFromObject(model);
    this.model = model;
    this.reach_m = byFront ? max.z : 0;
    const base = [
      [min.x, min.z],
      [max.x, min.z],
      [max.x, max.z],
      [min.x, max.z],
      [min.x, min.z],
    ].map(([x, z]) => new Vector3(x, 0.005, z! - this.reach_m));
    this.aim.add(
      new Line(new BufferGeometry().setFromPoints(base), new LineBasicMaterial({ color: '#ffd27a' })),
    );
    this.enter('finding');
  }

  private enter(step: Step): void {
    if (step === this.step) return;
    this.step = step;
    this.onStep(step);
  }

  /** A tap, or a controller's trigger: the model stands where the ring is. */
  press(): void {
    // Where the page's buttons cannot be seen, the trigger alone has to do.
    if (this.step === 'placed' && !this.session.domOverlayState) this.again();
    else this.pressed = this.step === 'ready';
  }

  /** Look for another place. */
  again(): void {
    if (this.step !== 'placed') return;
    this.letGo();
    this.model?.removeFromParent();
    this.enter('finding');
  }

  /** Turn the model about its middle, counterclockwise from above. */
  turn(angle_rad: number): void {
    this.turned_rad += angle_rad;
  }

  private draw(frame: XRFrame): void {
    const room = this.renderer.xr.getReferenceSpace();
    if (!room) return;
    const aiming = this.step === 'finding' || this.step === 'ready';
    const found = aiming ? this.aimed(frame, room) : null;
    this.aim.visible = found !== null;
    if (found) this.lay(found);
    if (aiming) this.enter(found ? 'ready' : 'finding');
    if (found && this.pressed) this.place(found);
    this.pressed = false;
    this.hold(frame, room);
    this.renderer.render(this.scene, this.camera);
  }

  /** The first level surface that the visitor aims at. */
  private aimed(frame: XRFrame, room: XRReferenceSpace): Found | null {
    const viewer = frame.getViewerPose(room);
    if (!viewer || !this.source) return null;
    const { x, y, z } = viewer.transform.position;
    for (const hit of frame.getHitTestResults(this.source)) {
      const m = hit.getPose(room)?.transform.matrix;
      if (m && isLevel([m[4]!, m[5]!, m[6]!])) return { hit, at: [m[12]!, m[13]!, m[14]!], eye: [x, y, z] };
    }
    return null;
  }

  private lay({ at, eye }: Found): void {
    this.aim.position.set(...at);
    this.aim.rotation.set(0, stood(at, eye, 0).turn_rad, 0);
  }

  private place({ hit, at, eye }: Found): void {
    const placed = stood(at, eye, this.reach_m);
    this.room_from_stand.makeRotationY(placed.turn_rad).setPosition(...placed.at);
    this.turned_rad = 0;
    this.stand.add(this.model!);
    this.aim.visible = false;
    this.enter('placed');
    const placing = ++this.placings;
    // A device without anchors keeps the model where the room's frame has it.
    (hit as WithAnchor).createAnchor?.().then(
      (held) => {
        if (placing === this.placings) this.anchor = { held, anchor_from_stand: null };
        else held.delete();
      },
      () => {},
    );
  }

  /** Stand where the anchor is now. */
  private hold(frame: XRFrame, room: XRReferenceSpace): void {
    const { anchor, room_from_stand, stand } = this;
    const pose = anchor && frame.getPose(anchor.held.anchorSpace, room);
    if (anchor && pose) {
      const room_from_anchor = new Matrix4().fromArray(pose.transform.matrix);
      if (anchor.anchor_from_stand)
        room_from_stand.multiplyMatrices(room_from_anchor, anchor.anchor_from_stand);
      else anchor.anchor_from_stand = room_from_anchor.invert().multiply(room_from_stand);
    }
    stand.matrix.makeRotationY(this.turned_rad).premultiply(room_from_stand);
    stand.matrixWorldNeedsUpdate = true;
  }

  private letGo(): void {
    this.placings++;
    this.anchor?.held.delete();
    this.anchor = null;
  }

  /** The session is over: give everything back. */
  close(): void {
    this.closed = true;
    this.letGo();
    this.renderer.xr.setAnimationLoop(null);
    this.source?.cancel();
    this.scene.add(this.stand);
    if (this.model) this.stand.add(this.model);
    dispose(this.scene);
    this.renderer.dispose();
    this.renderer.forceContextLoss();
  }
}
