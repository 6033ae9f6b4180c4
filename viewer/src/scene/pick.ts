/** Where a ray meets the finest loaded surface of what is shown. */
import { Matrix4, type Mesh, type Raycaster, Vector3 } from 'three';
import { inverse, multiply, three_from_site } from '../core/frames.ts';
import type { Picked } from '../core/picked.ts';
import { normalized, type Vec3 } from '../core/vec.ts';
import { partAt } from './certainty.ts';
import type { Condition } from './conditions.ts';

type Hit = ReturnType<Raycaster['intersectObject']>[number];

const vec = (v: Vector3): Vec3 => [v.x, v.y, v.z];

/** A hit triangle's unit normal against `look` and its mean edge, through a matrix. */
export function facetOf(
  hit: Hit,
  target_from_mesh: Matrix4,
  look: Vector3,
): { normal: Vec3; edge_m: number } {
  const { a, b, c } = hit.face!;
  const positions = (hit.object as Mesh).geometry.getAttribute('position');
  const [p, q, r] = [a, b, c].map((i) =>
    new Vector3().fromBufferAttribute(positions, i).applyMatrix4(target_from_mesh),
  ) as [Vector3, Vector3, Vector3];
  const normal = q.clone().sub(p).cross(r.clone().sub(p));
  if (normal.dot(look) > 0) normal.negate();
  const edge_m = (p.distanceTo(q) + q.distanceTo(r) + r.distanceTo(p)) / 3;
  return { normal: normalized(vec(normal)), edge_m };
}

/** The nearest point of `conditions` on the ray; null where it meets none. Points and leaves are no surface. */
export function pickSurface(ray: Raycaster, conditions: readonly Condition[]): Picked | null {
  let best: { condition: Condition; hit: Hit } | null = null;
  for (const condition of conditions) {
    const hit = ray.intersectObject(condition.object, true).find((h) => h.face);
    if (hit && (!best || hit.distance < best.hit.distance)) best = { condition, hit };
  }
  if (!best) return null;
  const { condition, hit } = best;
  const mesh = hit.object as Mesh;
  const { monument, shown } = condition.of;
  const three_from_monument = multiply(three_from_site, monument.placement.site_from_monument);
  const monument_from_three = new Matrix4().fromArray(inverse(three_from_monument));
  const monument_from_mesh = monument_from_three.clone().multiply(mesh.matrixWorld);
  const look = ray.ray.direction.clone().transformDirection(monument_from_three);
  const { normal, edge_m } = facetOf(hit, monument_from_mesh, look);
  return {
    monument: monument.id,
    shown: { epoch: shown.epoch, state: shown.state },
    part: partAt(mesh.geometry, hit.face!.a),
    position_m: vec(hit.point.clone().applyMatrix4(monument_from_three)),
    eye_m: vec(ray.ray.origin.clone().applyMatrix4(monument_from_three)),
    normal,
    error_m: condition.errorOf(mesh),
    edge_m,
  };
}
