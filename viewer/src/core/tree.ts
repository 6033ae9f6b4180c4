/** A tileset's tree as a file has it, and which of its tiles a region needs at a geometric error. */
import { inverse, multiply, point } from './frames.ts';
import type { MonumentEntry, Release } from './release.ts';
import { add, type Mat4, scale, type Vec3 } from './vec.ts';

export interface TileNode {
  boundingVolume: { box?: readonly number[] };
  geometricError: number;
  transform?: Mat4;
  content?: { uri: string };
  children?: readonly TileNode[];
}

/** A tile to be read: where it is, its error in metres of the monument frame, and the way there from its content. */
export interface Wanted {
  uri: string;
  error_m: number;
  monument_from_tile: Mat4;
}

/** From the tileset's own frame, ECEF, into the monument's; in double precision the two large moves cancel. */
export function monument_from_ecef(release: Release, monument: MonumentEntry): number[] {
  return inverse(multiply(release.frame.ecef_from_site, monument.placement.site_from_monument));
}

const UNIT: readonly Vec3[] = [-1, 1].flatMap((x) =>
  [-1, 1].flatMap((y) => [-1, 1].map((z): Vec3 => [x, y, z])),
);

/** The eight corners of a tile's box; null where it is bounded by something else. */
function cornersOf(node: TileNode, monument_from_tile: Mat4): Vec3[] | null {
  const { box } = node.boundingVolume;
  if (box?.length !== 12) return null;
  const [centre, ...axes] = [0, 3, 6, 9].map((k): Vec3 => [box[k]!, box[k + 1]!, box[k + 2]!]) as [Vec3, ...Vec3[]]; // biome-ignore format: one value
  return UNIT.map((signs) =>
    point(
      monument_from_tile,
      axes.reduce<Vec3>((sum, axis, k) => add(sum, scale(axis, signs[k]!)), centre),
    ),
  );
}

/**
 * The tiles that show the region at `error_m` or finer, refining by replacement. `touches` tells whether the corners of
 * a box (monument frame) are of the region; a tile that is not bounded by a box is taken to be.
 */
export function tilesFor(
  root: TileNode,
  frame: Mat4,
  error_m: number,
  touches: (corners: readonly Vec3[]) => boolean,
): Wanted[] {
  const out: Wanted[] = [];
  const visit = (node: TileNode, above: Mat4) => {
    const here = node.transform ? multiply(above, node.transform) : above;
    const corners = cornersOf(node, here);
    if (corners && !touches(corners)) return;
    const children = node.children ?? [];
    if (children.length > 0 && (node.geometricError > error_m || !node.content)) {
      for (const child of children) visit(child, here);
    } else if (node.content) {
      out.push({
        uri: node.content.uri,
        error_m: Math.max(0, node.geometricError),
        monument_from_tile: here,
      });
    }
  };
  visit(root, frame);
  return out;
}

/** The finest choice of at most `most` tiles: every level's error is tried, from full detail upwards. */
export function finest(
  root: TileNode,
  frame: Mat4,
  most: number,
  touches: (corners: readonly Vec3[]) => boolean,
  least_error_m = 0,
): Wanted[] {
  const errors = new Set<number>();
  const collect = (node: TileNode) => {
    errors.add(Math.max(least_error_m, node.geometricError, 0));
    for (const child of node.children ?? []) collect(child);
  };
  collect(root);
  const rising = [least_error_m, ...[...errors].sort((a, b) => a - b)];
  let wanted: Wanted[] = [];
  for (const error of rising) {
    wanted = tilesFor(root, frame, error, touches);
    if (wanted.length <= most) break;
  }
  return wanted;
}
