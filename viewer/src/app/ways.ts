/** How the camera comes to a stop: along the way that was found when the release was built, or straight where that is free. */

import { pathAround } from '../core/around.ts';
import { type Pose, poseOf } from '../core/frames.ts';
import { eyeOf, type Orbit, orbitOf } from '../core/orbit.ts';
import type { PlayerState } from '../core/player.ts';
import type { MonumentEntry, StopEntry } from '../core/release.ts';
import type { View } from '../scene/view.ts';

/** A way that was not looked at when the release was built is looked at in so many legs. */
const LEGS = 40;

/** Where the way begins and what it leads around. `free`: it meets no surface. */
export interface Way {
  from: Orbit;
  via: readonly Orbit[];
  free: boolean;
}

export class Ways {
  private readonly stops: readonly StopEntry[];
  private readonly monument: MonumentEntry;
  private readonly view: View;

  constructor(stops: readonly StopEntry[], monument: MonumentEntry, view: View) {
    this.stops = stops;
    this.monument = monument;
    this.view = view;
  }

  /** How a stop is framed in this window. */
  framed(stop: StopEntry): Orbit {
    return this.view.framed(this.pose(stop));
  }

  /** The way from where the camera is, or from the stop before if the tour was `sought` through, to the stop `now`. */
  to(now: number, before: PlayerState, sought: boolean): Way {
    const stop = this.stops[now]!;
    const previous = this.stops[now - 1];
    if (sought && previous) return { from: this.framed(previous), via: this.around(stop), free: true };
    const from = this.view.rig.orbit;
    const there = before.phase === 'dwell' && !before.wandering;
    if (there && now === before.stop + 1) return { from, via: this.around(stop), free: true };
    const back = there && now === before.stop - 1;
    const via = back ? this.around(this.stops[before.stop]!).reverse() : [];
    const path = pathAround(from, this.framed(stop), via);
    const eyes = Array.from({ length: LEGS + 1 }, (_, i) => eyeOf(path(i / LEGS)));
    return { from, via, free: !this.view.meets(eyes) };
  }

  /** What a stop shows, from where: to be fetched ahead. */
  shows(stop: StopEntry) {
    const { compare } = stop;
    // A change map is drawn on the later survey alone.
    const both = compare?.mode === 'change' ? [compare.right] : [compare?.left, compare?.right];
    const shown = compare ? both : [stop.show];
    return {
      orbit: this.framed(stop),
      conditions: shown.flatMap((s) => (s ? [this.view.conditions.get(this.monument, s)] : [])),
    };
  }

  private around(stop: StopEntry): Orbit[] {
    // A release from before there were ways has none.
    return (stop.via ?? []).map((waypoint) => {
      const { eye, target, fovDeg } = this.pose({ ...stop, view: { ...stop.view, ...waypoint } });
      return orbitOf(eye, target, fovDeg);
    });
  }

  private pose(stop: StopEntry): Pose {
    return poseOf(stop.view, this.monument.placement.site_from_monument);
  }
}
