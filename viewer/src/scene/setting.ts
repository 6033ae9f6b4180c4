/** What stands around the monuments, and how far the camera may go in it: ground, sky, terrain, buildings. */
import { groundRadius, reach, sizeOf, wideness } from '../core/extent.ts';
import { inverse, multiply, three_from_site } from '../core/frames.ts';
import type { Limits, Orbit } from '../core/orbit.ts';
import type { FootprintFeature, Release } from '../core/release.ts';
import type { SunPosition } from '../core/sun.ts';
import { Buildings } from './buildings.ts';
import { Surroundings } from './ground.ts';
import type { Stage } from './stage.ts';
import type { Terrain } from './terrain.ts';
import type { Theme } from './theme.ts';

const EYE_ABOVE_GROUND_M = 0.4;

export class Setting {
  readonly buildings: Buildings | null;
  readonly limits: Limits;
  /** A view of everything. */
  readonly overall: Orbit;
  private readonly surroundings: Surroundings;
  private readonly stage: Stage;

  constructor(
    stage: Stage,
    release: Release,
    base: string,
    features: readonly FootprintFeature[],
    onProgress: () => void,
  ) {
    this.stage = stage;
    // The tiles' root transforms lead to ECEF; in double precision the two large moves cancel.
    const matrix = multiply(three_from_site, inverse(release.frame.ecef_from_site));
    const { map } = release;
    const owners = new Map(release.monuments.flatMap((m) => (m.footprint ? [[m.footprint, m.id]] : [])));
    this.buildings = map?.buildings
      ? new Buildings(base + map.buildings, matrix, stage, owners, onProgress)
      : null;
    const { centre, radius, ground } = reach(release, features);
    const wide = wideness(release, centre, radius);
    const reached = groundRadius(wide, radius);
    this.surroundings = new Surroundings(features, centre, reached, map, base, matrix, stage, onProgress);
    stage.scene.add(this.surroundings.group);
    this.overall = { target: centre, distance: radius, heading: 0, pitch: 0.5, fovDeg: 45 };
    const smallest = Math.min(...release.monuments.map(sizeOf), radius);
    this.limits = {
      nearest: Math.min(0.8, smallest * 0.25),
      farthest: Math.max(radius * 3.2, wide * 2),
      floor: ground + Math.min(EYE_ABOVE_GROUND_M, smallest * 0.1),
      floorAt: (east, north) => this.terrain?.heightAt(east, north) ?? null,
      centre,
      radius: Math.max(radius * 1.4, wide),
    };
  }

  /** Everything of it that is fetched. */
  get parts(): (Buildings | Terrain | Surroundings)[] {
    return [...this.tilesets, this.surroundings];
  }

  private get tilesets(): (Buildings | Terrain)[] {
    return [this.buildings, this.terrain].filter((part) => part !== null);
  }

  private get terrain(): Terrain | null {
    return this.surroundings.terrain;
  }

  paint(theme: Theme): void {
    this.surroundings.paint(theme);
    this.buildings?.paint(theme);
    this.stage.invalidate();
  }

  /** Light it as the sun at a position does, or by the map's own light. */
  shine(position: SunPosition | null): void {
    this.stage.daylight.set(position);
    this.buildings?.shine(position !== null);
    this.surroundings.shine(position);
    this.stage.shadowsChanged();
    this.stage.invalidate();
  }

  update(): void {
    for (const part of this.tilesets) part.update(this.stage);
  }
}
