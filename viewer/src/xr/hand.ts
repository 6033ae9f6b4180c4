/** One of the visitor's hands: what it holds, what it does with it, and the line that shows where it points. */
import { BufferAttribute, BufferGeometry, Line, LineBasicMaterial, type XRTargetRaySpace } from 'three';
import type { Vec3 } from '../core/vec.ts';

const PLACES = 52; // of an arc

/** What the trigger went down on, and what was meant by it. */
export type Target =
  | { kind: 'button'; id: string }
  | { kind: 'stop'; stop: number }
  | { kind: 'floor'; feet: Vec3 | null }
  | null;

export interface HandEvents {
  /** Trigger and grip go down and up; `lost`: what was held is gone. */
  down: (hand: Hand) => void;
  up: (hand: Hand) => void;
  release: (hand: Hand) => void;
  lost: (hand: Hand) => void;
}

type Kind = 'connected' | 'disconnected' | 'selectstart' | 'selectend' | 'squeezestart' | 'squeezeend';

export class Hand {
  readonly space: XRTargetRaySpace;
  /** Drawn in the scene's own frame. */
  readonly line: Line<BufferGeometry, LineBasicMaterial>;
  source: XRInputSource | null = null;
  pressed: Target | 'hold' = null;
  /** The grip is held: a place of the floor is being chosen. */
  throwing = false;
  private readonly heard: (() => void)[] = [];

  constructor(space: XRTargetRaySpace, events: HandEvents) {
    this.space = space;
    const geometry = new BufferGeometry();
    geometry.setAttribute('position', new BufferAttribute(new Float32Array(3 * PLACES), 3));
    const look = { color: '#fffaf0', transparent: true, opacity: 0.85, depthTest: false };
    this.line = new Line(geometry, new LineBasicMaterial(look));
    this.line.frustumCulled = false;
    this.line.renderOrder = 21;
    this.hear('connected', ({ data }) => {
      this.source = data ?? null;
    });
    this.hear('disconnected', () => {
      events.lost(this);
      Object.assign(this, { source: null, pressed: null, throwing: false });
    });
    this.hear('selectstart', () => events.down(this));
    this.hear('selectend', () => events.up(this));
    this.hear('squeezestart', () => {
      this.throwing = true;
    });
    this.hear('squeezeend', () => events.release(this));
  }

  /** The spaces outlive the session; what listens does not. */
  private hear(type: Kind, listener: (event: { data?: XRInputSource }) => void): void {
    this.space.addEventListener(type, listener);
    this.heard.push(() => this.space.removeEventListener(type, listener));
  }

  /** Draw the line through places of the site frame. */
  draw(places: readonly Vec3[], colour: string): void {
    const positions = this.line.geometry.getAttribute('position') as BufferAttribute;
    const last = places.at(-1)!;
    for (let k = 0; k < PLACES; k++) {
      const [e, n, z] = places[k] ?? last;
      positions.setXYZ(k, e, z, -n);
    }
    positions.needsUpdate = true;
    this.line.material.color.set(colour);
  }

  /** Its stick, to the right and back; a stick at rest is never quite in the middle. */
  get stick(): [number, number] {
    const axes = this.source?.gamepad?.axes ?? [];
    // Of xr-standard the thumbstick comes after the touchpad.
    const [x, y] = axes.length >= 4 ? [axes[2]!, axes[3]!] : [axes[0] ?? 0, axes[1] ?? 0];
    return Math.hypot(x, y) < 0.2 ? [0, 0] : [x, y];
  }

  dispose(): void {
    for (const stop of this.heard) stop();
    this.line.removeFromParent();
    this.line.geometry.dispose();
    this.line.material.dispose();
  }
}
