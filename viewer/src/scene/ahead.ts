/**
 * Looks ahead: while the picture rests, tiles of the view that comes next are fetched through a second camera, so that a
 * flight ends on a sharp picture. It begins when nothing more is wanted for the picture on screen, and it ends where memory
 * or the visitor's line would suffer. What a tour fetches is counted: beyond what the line may carry, tiles grow coarser.
 */
import type { TilesRenderer } from '3d-tiles-renderer/three';
import { PerspectiveCamera } from 'three';
import { coarserBy } from '../core/means.ts';
import type { Orbit } from '../core/orbit.ts';
import type { Condition, Conditions } from './conditions.ts';
import { means } from './device.ts';
import { Spending } from './spending.ts';
import type { Stage } from './stage.ts';

const MORE = 0.25; // of what surfaces may keep may be for what comes: 288 MiB on a desktop, 96 on a phone
const FULL = 0.75; // of it filled, what is on screen needs the rest

/** What comes next; `now`: it is flown to already, and does not wait for the picture on screen. */
interface Next {
  orbit: Orbit;
  conditions: readonly Condition[];
  now: boolean;
}

export class Ahead {
  private readonly stage: Stage;
  private readonly conditions: Conditions;
  private readonly camera = new PerspectiveCamera();
  private next: Next | null = null;
  /** Tilesets that are looked at by the second camera. */
  private readonly begun = new Set<TilesRenderer>();
  /** What was kept when it began, bytes. */
  private before = 0;
  /** Where the visitor's camera stood when it began. */
  private from: Orbit | null = null;
  private spending: Spending | null = null;

  constructor(stage: Stage, conditions: Conditions) {
    this.stage = stage;
    this.conditions = conditions;
  }

  /** A tour begins: count what it fetches. */
  begin(): void {
    this.end();
    this.spending = new Spending((bytes) => {
      // A headset has its own measure: what a frame takes.
      if (!this.stage.eye) this.conditions.coarsen(coarserBy(bytes, means()));
    });
  }

  /** The tour is over: nothing comes next, and nothing is counted. */
  end(): void {
    this.prepare(null);
    this.spending?.end();
    this.spending = null;
    this.conditions.coarsen(1);
  }

  /** What the tour's tiles have taken of the line so far, bytes. */
  get spent(): number {
    return this.spending?.bytes ?? 0;
  }

  /** Say what comes next; null for nothing. What was begun before is given up, but what has come stays. */
  prepare(next: Next | null): void {
    this.giveUp();
    this.from = null;
    this.next = means().ahead ? next : null;
    if (this.next) this.stage.invalidate();
  }

  /** Whether only what comes next is being fetched: the picture on screen, seen from `orbit`, is complete. */
  resting(orbit: Orbit): boolean {
    return this.from === orbit;
  }

  /** Go on; `settled`: nothing more is wanted for the picture on screen. `shown` are updated by their own. */
  update(orbit: Orbit, settled: boolean, shown: readonly Condition[]): void {
    const { next } = this;
    if (!next) return;
    if (this.begun.size === 0) {
      if (settled || next.now) this.start(next, orbit, shown);
      return;
    }
    const { bytes, most } = this.conditions;
    if (bytes - this.before > MORE * most || bytes > FULL * most) {
      this.giveUp();
      this.next = null;
    } else for (const condition of next.conditions) this.look(condition, shown);
  }

  private start(next: Next, orbit: Orbit, shown: readonly Condition[]): void {
    this.from = next.now ? null : orbit;
    this.before = this.conditions.bytes;
    this.stage.aimAt(this.camera, next.orbit);
    // The monuments round about stay as they are.
    const others = shown.filter((c) => next.conditions.every((n) => n.of.monument !== c.of.monument));
    this.next = { ...next, conditions: [...next.conditions, ...others] };
    for (const condition of this.next.conditions) {
      const { tiles } = condition;
      this.begun.add(tiles);
      tiles.setCamera(this.camera);
      // What is not on screen is not wanted from where the visitor stands now.
      if (!shown.includes(condition)) tiles.deleteCamera(this.stage.camera);
      this.look(condition, shown);
    }
  }

  private look(condition: Condition, shown: readonly Condition[]): void {
    const { width, height } = this.stage.viewport;
    condition.tiles.setResolution(this.camera, width, height);
    if (!shown.includes(condition)) condition.update(this.stage);
  }

  private giveUp(): void {
    for (const tiles of this.begun) {
      tiles.deleteCamera(this.camera);
      tiles.setCamera(this.stage.camera);
    }
    this.begun.clear();
  }
}
