/**
 * Looks ahead: while the picture rests, tiles of the view that comes next are fetched through a second camera, so that a
 * flight ends on a sharp picture. It begins when nothing more is wanted for the picture on screen, and it ends where memory
 * or the visitor's line would suffer.
 */
import type { TilesRenderer } from '3d-tiles-renderer/three';
import { PerspectiveCamera } from 'three';
import type { Orbit } from '../core/orbit.ts';
import type { Condition } from './conditions.ts';
import type { Stage } from './stage.ts';

const MORE = 0.25; // of what a tileset may keep may be for what comes: 128 MiB on a desktop, 46 on a phone
const FULL = 0.75; // of it filled, what is on screen needs the rest

interface Line {
  saveData?: boolean;
  effectiveType?: string;
}

/** Public, but missing from the package's types. */
interface WithBytes {
  lruCache: { cachedBytes: number; maxBytesSize: number };
}

/** What comes next; `now`: it is flown to already, and does not wait for the picture on screen. */
interface Next {
  orbit: Orbit;
  conditions: readonly Condition[];
  now: boolean;
}

export class Ahead {
  private readonly stage: Stage;
  private readonly camera = new PerspectiveCamera();
  private next: Next | null = null;
  /** Tilesets that are looked at by the second camera, with what they held before, bytes. */
  private readonly begun = new Map<TilesRenderer, number>();
  /** Where the visitor's camera stood when it began. */
  private from: Orbit | null = null;

  constructor(stage: Stage) {
    this.stage = stage;
  }

  /** Say what comes next; null for nothing. What was begun before is given up, but what has come stays. */
  prepare(next: Next | null): void {
    for (const tiles of this.begun.keys()) this.release(tiles);
    this.begun.clear();
    this.from = null;
    const { connection } = navigator as { connection?: Line };
    const thin = connection?.saveData || /2g/.test(connection?.effectiveType ?? '');
    this.next = thin ? null : next;
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
      if (settled || next.now) this.begin(next, orbit, shown);
      return;
    }
    for (const condition of next.conditions) {
      const { tiles } = condition;
      const before = this.begun.get(tiles);
      if (before === undefined) continue;
      const { cachedBytes, maxBytesSize } = (tiles as unknown as WithBytes).lruCache;
      if (cachedBytes - before > MORE * maxBytesSize || cachedBytes > FULL * maxBytesSize)
        this.release(tiles);
      else this.look(condition, shown);
    }
  }

  private begin(next: Next, orbit: Orbit, shown: readonly Condition[]): void {
    this.from = next.now ? null : orbit;
    this.stage.aimAt(this.camera, next.orbit);
    // The monuments round about stay as they are.
    const others = shown.filter((c) => next.conditions.every((n) => n.of.monument !== c.of.monument));
    this.next = { ...next, conditions: [...next.conditions, ...others] };
    for (const condition of this.next.conditions) {
      const { tiles } = condition;
      this.begun.set(tiles, (tiles as unknown as WithBytes).lruCache.cachedBytes);
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

  private release(tiles: TilesRenderer): void {
    tiles.deleteCamera(this.camera);
    tiles.setCamera(this.stage.camera);
  }
}
