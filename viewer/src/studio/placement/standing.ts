/** Where a monument is tried: at one of the plan's places, or moved and turned from it by a person. */
import { point } from '../../core/frames.ts';
import type { PlacementPlan, Pose } from '../../core/release.ts';
import type { Mat4, Vec3 } from '../../core/vec.ts';
import { affineInverse, headingOf, middleOf, moved, poseOf, turned, turnTo } from './stand.ts';

export class Standing {
  readonly plan: PlacementPlan;
  /** The middle of its walls, which it is turned about; monument frame. */
  readonly middle: Vec3;
  matrix: Mat4;
  /** Which of the plan's places it stands at; null once it was moved. */
  chosen: number | null = 0;
  private readonly told: () => void;

  constructor(plan: PlacementPlan, told: () => void) {
    this.plan = plan;
    this.middle = middleOf(plan.cells_m);
    this.matrix = plan.places[0]?.site_from_monument ?? [];
    this.told = told;
  }

  /** Begin from one of the places. */
  choose(k: number): void {
    const place = this.plan.places[k];
    if (place) this.stand(place.site_from_monument, k);
  }

  stand(matrix: Mat4, chosen: number | null = null): void {
    this.matrix = matrix;
    this.chosen = chosen;
    this.told();
  }

  move(by: Vec3): void {
    this.stand(moved(this.matrix, by));
  }

  turn(deg: number): void {
    const [e, n] = this.at;
    this.stand(turned(this.matrix, [e, n], deg));
  }

  turnToHeading(deg: number): void {
    this.turn(turnTo(this.heading, deg));
  }

  /** Put the origin at working coordinates. */
  put(crs_m: Vec3): void {
    const site = point(affineInverse(this.plan.crs_from_site), crs_m);
    this.move([site[0] - this.matrix[12]!, site[1] - this.matrix[13]!, site[2] - this.matrix[14]!]);
  }

  /** Where its middle stands, site frame. */
  get at(): Vec3 {
    return point(this.matrix, this.middle);
  }

  /** Of the monument's +y axis, degrees. */
  get heading(): number {
    return headingOf(this.matrix);
  }

  /** How far from its middle its walls reach, metres; at least as far that it can be taken hold of. */
  get reach(): number {
    const { middle } = this;
    const far = this.plan.cells_m.map((cell) => Math.hypot(cell[0] - middle[0], cell[1] - middle[1]));
    return Math.max(2, ...far) * Math.hypot(this.matrix[0]!, this.matrix[1]!, this.matrix[2]!);
  }

  get pose(): Pose {
    const place = this.chosen === null ? null : this.plan.places[this.chosen];
    return place?.pose ?? poseOf(this.matrix, this.plan.crs_from_site);
  }

  /** How far another place is from here: at the middle of its plan. */
  awayFrom(matrix: Mat4): { metres: number; deg: number } {
    const there = point(matrix, this.middle);
    return {
      metres: Math.hypot(there[0] - this.at[0], there[1] - this.at[1]),
      deg: turnTo(this.heading, headingOf(matrix)),
    };
  }
}
