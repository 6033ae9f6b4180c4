/** A point on the surface of a condition, as a press or the crosshair has found it. */
import type { ShownEntry } from './release.ts';
import type { Vec3 } from './vec.ts';

export interface Picked {
  /** Id of the monument. */
  monument: string;
  /** The epoch or state whose surface it is on. */
  shown: ShownEntry;
  /** The part of a state, by its feature id; null on what was measured. */
  part: number | null;
  /** Monument frame, in its metres. */
  position_m: Vec3;
  /** From where it was seen, monument frame. */
  eye_m: Vec3;
  /** Unit normal of the triangle that was hit, monument frame, on the viewer's side. */
  normal: Vec3;
  /** Geometric error of the tile that was hit: how far its simplified surface may be from the full one, metres. */
  error_m: number;
  /** Mean edge of the triangle that was hit, metres: what is finer than this is not in the surface. */
  edge_m: number;
}
