/** What the visitor points at, by controller or by look alone, and what a press of it means. */
import {
  Group,
  type Line,
  type Matrix4,
  Mesh,
  MeshBasicMaterial,
  Raycaster,
  RingGeometry,
  type WebXRManager,
} from 'three';
import type { Vec3 } from '../core/vec.ts';
import { type Ground, settle, thrown } from '../core/walk.ts';
import type { Board } from './board.ts';
import { Hand, type Target } from './hand.ts';
import type { Waypoints } from './waypoints.ts';

const LOOK_S = 2; // looking at a button for so long presses it
const REACH_M = 30;

export interface PointerEvents {
  onButton: (id: string) => void;
  onStop: (stop: number) => void;
  /** Let go over a place of the floor where somebody can stand. */
  onFloor: (feet: Vec3) => void;
  /** The trigger is held, or let go, where it means the other condition. */
  onHold: (held: boolean) => void;
}

const same = (a: Target | 'hold', b: Target): boolean =>
  a !== 'hold' && a !== null && b !== null && JSON.stringify(a) === JSON.stringify(b);

export class Pointers {
  /** In the room, beside the head. */
  readonly group = new Group();
  /** In the scene: where a jump would lead. */
  readonly goal: Mesh<RingGeometry, MeshBasicMaterial>;
  /** Whether the trigger means the other condition where nothing is aimed at. */
  comparing = false;
  private readonly hands: Hand[];
  private readonly ray = new Raycaster();
  private looked: { key: string; seconds: number; done: boolean } = { key: '', seconds: 0, done: false };
  private readonly board: Board;
  private readonly waypoints: Waypoints;
  private readonly ground: Ground;
  private readonly events: PointerEvents;

  constructor(xr: WebXRManager, board: Board, waypoints: Waypoints, ground: Ground, events: PointerEvents) {
    this.board = board;
    this.waypoints = waypoints;
    this.ground = ground;
    this.events = events;
    this.goal = new Mesh(
      new RingGeometry(0.2, 0.34, 40).rotateX(-Math.PI / 2),
      new MeshBasicMaterial({ color: '#256555', transparent: true, opacity: 0.9, depthTest: false }),
    );
    this.goal.renderOrder = 11;
    const hears = {
      down: (hand: Hand) => this.down(hand),
      up: (hand: Hand) => this.up(hand),
      release: (hand: Hand) => this.land(hand),
      lost: (hand: Hand) => hand.pressed === 'hold' && events.onHold(false),
    };
    this.hands = [0, 1].map((k) => new Hand(xr.getController(k), hears));
    this.group.add(...this.hands.map((h) => h.space));
  }

  /** Whether nothing is held that could point: then the look does. */
  get empty(): boolean {
    return this.hands.every((h) => h.source === null);
  }

  private down(hand: Hand): void {
    const target = this.aim(hand);
    if (target) hand.pressed = target;
    else if (this.comparing) {
      hand.pressed = 'hold';
      this.events.onHold(true);
    } else hand.throwing = true;
  }

  private up(hand: Hand): void {
    const { pressed } = hand;
    hand.pressed = null;
    if (pressed === 'hold') this.events.onHold(false);
    else if (hand.throwing) this.land(hand);
    else if (pressed && same(pressed, this.aim(hand))) this.act(pressed);
  }

  private land(hand: Hand): void {
    if (!hand.throwing) return;
    const { feet } = this.arc(hand);
    hand.throwing = false;
    if (feet) this.events.onFloor(feet);
  }

  private act(target: Target): void {
    if (target?.kind === 'button') this.events.onButton(target.id);
    if (target?.kind === 'stop') this.events.onStop(target.stop);
  }

  /** The button or the stop that the ray meets. The board is drawn over everything: what lies before it is not seen. */
  private met(): { target: Target; distance: number } {
    const board = this.board.aimed(this.ray);
    if (board)
      return { target: board.button ? { kind: 'button', id: board.button } : null, distance: board.distance };
    const stop = this.waypoints.aimed(this.ray);
    return stop
      ? { target: { kind: 'stop', stop: stop.stop }, distance: stop.distance }
      : { target: null, distance: REACH_M };
  }

  private aimBy(matrix: Matrix4): void {
    this.ray.ray.origin.setFromMatrixPosition(matrix);
    this.ray.ray.direction.set(0, 0, -1).transformDirection(matrix);
    this.ray.far = REACH_M;
  }

  private aim(hand: Hand): Target {
    this.aimBy(hand.space.matrixWorld);
    return this.met().target;
  }

  private arc({ space }: Hand): { places: Vec3[]; feet: Vec3 | null } {
    this.aimBy(space.matrixWorld);
    const { origin: o, direction: d } = this.ray.ray;
    const { places, hit } = thrown(this.ground, [o.x, -o.z, o.y], [d.x, -d.z, d.y]);
    const feet =
      hit && hit.normal[2] > 0.5 ? settle(this.ground, hit.point[0], hit.point[1], hit.point[2] + 0.1) : null;
    return { places, feet };
  }

  /** Draw where everything points; where nothing is held, look. `head` leads from the head into the scene. */
  update(seconds: number, head: Matrix4): void {
    this.goal.visible = false;
    let button: string | null = null;
    for (const hand of this.hands) {
      hand.line.visible = hand.source !== null && hand.source.targetRayMode !== 'gaze';
      if (!hand.source) continue;
      if (hand.throwing) {
        const { places, feet } = this.arc(hand);
        hand.draw(places, feet ? '#256555' : '#a93722');
        if (feet) {
          this.goal.visible = true;
          this.goal.position.set(feet[0], feet[2] + 0.04, -feet[1]);
        }
        continue;
      }
      this.aimBy(hand.space.matrixWorld);
      const { target, distance } = this.met();
      if (target?.kind === 'button') button = target.id;
      const { origin: o, direction: d } = this.ray.ray;
      const far = target ? distance : Math.min(distance, 1.2);
      const end = o.clone().addScaledVector(d, far);
      hand.draw([[o.x, -o.z, o.y], [end.x, -end.z, end.y]], target ? '#ffd27a' : '#fffaf0'); // biome-ignore format: two places
    }
    if (this.empty) button = this.look(seconds, head);
    else this.looked = { key: '', seconds: 0, done: false };
    this.board.point(button, this.empty ? this.looked.seconds / LOOK_S : 0);
  }

  /** Press by looking: what is looked at for long enough. Returns the button looked at. */
  private look(seconds: number, head: Matrix4): string | null {
    this.aimBy(head);
    const { target } = this.met();
    const key = target ? JSON.stringify(target) : '';
    if (key !== this.looked.key) this.looked = { key, seconds: 0, done: false };
    else if (key && !this.looked.done) {
      this.looked.seconds += seconds;
      if (this.looked.seconds >= LOOK_S) {
        this.looked = { key, seconds: 0, done: true };
        this.act(target);
      }
    }
    return target?.kind === 'button' ? target.id : null;
  }

  /** The lines, which are drawn in the scene's own frame. */
  get lines(): Line[] {
    return this.hands.map((h) => h.line);
  }

  /** Sticks of what is held: to walk with, and to turn with. One alone does both. */
  get sticks(): { walk: readonly [number, number]; turn: number } {
    const held = this.hands.filter((h) => h.source);
    const left = held.find((h) => h.source!.handedness === 'left');
    const right = held.find((h) => h.source!.handedness === 'right');
    if (left && right) return { walk: left.stick, turn: right.stick[0] };
    const [x, y] = held[0]?.stick ?? [0, 0];
    return { walk: [0, y], turn: x };
  }

  dispose(): void {
    this.group.removeFromParent();
    this.goal.removeFromParent();
    this.goal.geometry.dispose();
    this.goal.material.dispose();
    for (const hand of this.hands) hand.dispose();
  }
}
