/** Dresses tiles as they arrive: their points get a size, their attributes the names that the shader reads. */
import {
  type BufferAttribute,
  type BufferGeometry,
  type Material,
  type Mesh,
  type Object3D,
  Points,
  type PointsMaterial,
  Vector3,
} from 'three';
import { claimed } from './certainty.ts';
import { patch } from './shader.ts';
import type { SurfaceUniforms } from './uniforms.ts';

const POINT_OVERLAP = 1.25; // of the spacing, so that leaves close up
const LARGEST_POINT_M = 0.3; // a thinned tree shows fewer leaves, not larger ones
const SPARSEST_M = 0.8; // farther apart, points are dust in the air rather than a tree

/** Median distance to the nearest neighbour over a sample, metres in the geometry's own scale. */
export function spacingOf(geometry: BufferGeometry, samples = 48): number {
  const p = geometry.getAttribute('position') as BufferAttribute;
  const stride = Math.max(1, Math.floor(p.count / 4000));
  const distances: number[] = [];
  for (let s = 0; s < samples; s++) {
    const i = Math.floor(((s + 0.5) / samples) * p.count);
    let least = Number.POSITIVE_INFINITY;
    for (let j = 0; j < p.count; j += stride) {
      if (j === i) continue;
      const d = (p.getX(i) - p.getX(j)) ** 2 + (p.getY(i) - p.getY(j)) ** 2 + (p.getZ(i) - p.getZ(j)) ** 2;
      if (d > 0 && d < least) least = d;
    }
    if (Number.isFinite(least)) distances.push(Math.sqrt(least));
  }
  distances.sort((a, b) => a - b);
  // A thinned comparison set has neighbours farther apart, by the square root of the thinning on a surface.
  return (distances[distances.length >> 1] ?? 0) / Math.sqrt(stride);
}

/** Prepare a tile's objects as they arrive. `codes` are the certainties of a state's parts. */
export function dress(
  tile: Object3D,
  uniforms: SurfaceUniforms,
  codes: readonly number[] | null = null,
): void {
  const scale = new Vector3();
  tile.traverse((object) => {
    const mesh = object as Mesh;
    if (!mesh.geometry) return;
    const points = object instanceof Points;
    object.castShadow = !points;
    const material = mesh.material as Material;
    // GLTFLoader writes the names of custom attributes in lower case.
    const label = mesh.geometry.getAttribute('_reason');
    patch(material, uniforms, points, Boolean(label));
    if (label) {
      mesh.geometry.setAttribute('label', label);
      object.updateWorldMatrix(true, false);
      const spacing = spacingOf(mesh.geometry) * object.getWorldScale(scale).x;
      if (spacing > 0) {
        uniforms.pointSpacing.value = Math.min(uniforms.pointSpacing.value, spacing * POINT_OVERLAP);
      }
      return;
    }
    if (codes && !points) {
      claimed(mesh.geometry, codes);
      material.defines = { ...material.defines, HAS_CLAIM: '' };
    }
    const filled = mesh.geometry.getAttribute('_filled');
    if (filled) {
      mesh.geometry.setAttribute('filled', filled);
      material.defines = { ...material.defines, HAS_FILLED: '' };
    }
    if (points) {
      const sized = material as PointsMaterial;
      object.updateWorldMatrix(true, false);
      const spacing = spacingOf(mesh.geometry) * object.getWorldScale(scale).x;
      sized.size = Math.min(spacing * POINT_OVERLAP, LARGEST_POINT_M);
      object.visible = spacing < SPARSEST_M;
      sized.sizeAttenuation = true;
    }
  });
}

/** Feed the comparison's attribute to the shader; meshes without it are shown as not comparable. */
export function chooseChange(tile: Object3D, attribute: string): void {
  tile.traverse((object) => {
    const mesh = object as Mesh;
    if (!mesh.geometry || object instanceof Points) return;
    const found = mesh.geometry.getAttribute(attribute.toLowerCase());
    if (found) mesh.geometry.setAttribute('change', found);
    const material = mesh.material as Material;
    const had = 'HAS_CHANGE' in (material.defines ?? {});
    if (Boolean(found) === had) return;
    material.defines = { ...material.defines };
    if (found) material.defines.HAS_CHANGE = '';
    else delete material.defines.HAS_CHANGE;
    material.needsUpdate = true;
  });
}
