/** Ground plans raised to their heights: one quiet mesh for all, and its edges. */
import {
  BufferGeometry,
  Float32BufferAttribute,
  Group,
  LineBasicMaterial,
  LineSegments,
  Mesh,
  MeshBasicMaterial,
  type Raycaster,
  ShapeUtils,
  Vector2,
} from 'three';
import type { FootprintFeature } from '../core/release.ts';
import type { Theme } from './ground.ts';

const DEFAULT_HEIGHT_M = 4;
const LIGHT: readonly [number, number] = [-0.5, 0.86]; // east, north: where walls are brightest

interface Arrays {
  position: number[];
  shade: number[];
  edges: number[];
}

/** Twice the signed area: positive when counter-clockwise. */
const area2 = (ring: readonly (readonly [number, number])[]): number =>
  ring.reduce((sum, [x, y], i) => {
    const [nx, ny] = ring[(i + 1) % ring.length]!;
    return sum + x * ny - nx * y;
  }, 0);

/** Open ring with the wanted sense of turning. */
function turned(ring: readonly [number, number][], counterClockwise: boolean): [number, number][] {
  const [first, last] = [ring[0]!, ring.at(-1)!];
  const open = first[0] === last[0] && first[1] === last[1] ? ring.slice(0, -1) : [...ring];
  return area2(open) > 0 === counterClockwise ? open : open.reverse();
}

/** Add one feature's walls, roof and edges, in three's axes (x, height, -north). */
function extrude(feature: FootprintFeature, out: Arrays): void {
  const low = feature.ground_m;
  const high = low + (feature.height_m ?? DEFAULT_HEIGHT_M);
  const vertex = (e: number, n: number, z: number, shade: number) => {
    out.position.push(e, z, -n);
    out.shade.push(shade, shade, shade);
  };
  for (const polygon of feature.polygons) {
    // Seen from above with y down, counter-clockwise walls face outwards; holes turn the other way.
    const rings = polygon.map((ring, i) => turned(ring, i === 0));
    for (const ring of rings) {
      ring.forEach(([x0, y0], i) => {
        const [x1, y1] = ring[(i + 1) % ring.length]!;
        const long = Math.hypot(x1 - x0, y1 - y0) || 1;
        const facing = ((y1 - y0) / long) * LIGHT[0] - ((x1 - x0) / long) * LIGHT[1];
        const top = 0.86 + 0.08 * facing;
        const foot = top * 0.88;
        vertex(x0, y0, low, foot);
        vertex(x1, y1, low, foot);
        vertex(x1, y1, high, top);
        vertex(x0, y0, low, foot);
        vertex(x1, y1, high, top);
        vertex(x0, y0, high, top);
        out.edges.push(x0, high, -y0, x1, high, -y1, x0, low, -y0, x0, high, -y0);
      });
    }
    const [shell, ...holes] = rings.map((ring) => ring.map(([x, y]) => new Vector2(x, y)));
    if (!shell) continue;
    const flat = [shell, ...holes].flat();
    for (const face of ShapeUtils.triangulateShape(shell, holes)) {
      for (const i of face) vertex(flat[i!]!.x, flat[i!]!.y, high, 1);
    }
  }
}

/** Edges that vanish close to the camera, where they would cut the picture in two. */
function fadingLines(): LineBasicMaterial {
  const material = new LineBasicMaterial({ transparent: true, opacity: 0.75 });
  material.onBeforeCompile = (shader) => {
    shader.fragmentShader = shader.fragmentShader.replace(
      '#include <color_fragment>',
      '#include <color_fragment>\ndiffuseColor.a *= smoothstep(3.0, 12.0, 1.0 / gl_FragCoord.w);',
    );
  };
  return material;
}

interface Range {
  feature: FootprintFeature;
  start: number;
  end: number;
  edgeStart: number;
  edgeEnd: number;
}

export class Footprints {
  readonly group = new Group();
  private readonly mesh: Mesh<BufferGeometry, MeshBasicMaterial>;
  private readonly lines: LineSegments<BufferGeometry, LineBasicMaterial>;
  private readonly ranges: Range[] = [];
  private hidden = new Set<string>();

  constructor(features: readonly FootprintFeature[]) {
    const arrays: Arrays = { position: [], shade: [], edges: [] };
    for (const feature of features) {
      const [start, edgeStart] = [arrays.position.length / 3, arrays.edges.length / 3];
      extrude(feature, arrays);
      this.ranges.push({
        feature,
        start,
        end: arrays.position.length / 3,
        edgeStart,
        edgeEnd: arrays.edges.length / 3,
      });
    }
    const solid = new BufferGeometry();
    solid.setAttribute('position', new Float32BufferAttribute(arrays.position, 3));
    solid.setAttribute('color', new Float32BufferAttribute(arrays.shade, 3));
    const outline = new BufferGeometry();
    outline.setAttribute('position', new Float32BufferAttribute(arrays.edges, 3));
    this.mesh = new Mesh(
      solid,
      new MeshBasicMaterial({
        vertexColors: true,
        polygonOffset: true,
        polygonOffsetFactor: 1,
        polygonOffsetUnits: 1,
      }),
    );
    this.lines = new LineSegments(outline, fadingLines());
    this.group.add(this.mesh, this.lines);
  }

  paint(theme: Theme): void {
    this.mesh.material.color.set(theme.block);
    this.lines.material.color.set(theme.edge);
  }

  /** Leave out the ground plans of monuments whose tiles are there. */
  hide(monuments: ReadonlySet<string>): void {
    if (monuments.size === this.hidden.size && [...monuments].every((m) => this.hidden.has(m))) return;
    this.hidden = new Set(monuments);
    const shown = this.ranges.filter((r) => !(r.feature.monument && this.hidden.has(r.feature.monument)));
    const span = (start: number, end: number) => Array.from({ length: end - start }, (_, i) => start + i);
    this.mesh.geometry.setIndex(shown.flatMap((r) => span(r.start, r.end)));
    this.lines.geometry.setIndex(shown.flatMap((r) => span(r.edgeStart, r.edgeEnd)));
  }

  /** The ground plan hit first by a ray, with its distance. */
  pick(ray: Raycaster): { feature: FootprintFeature; distance: number } | null {
    const [hit] = ray.intersectObject(this.mesh, false);
    if (!hit?.face) return null;
    const vertex = hit.face.a;
    const range = this.ranges.find((r) => vertex >= r.start && vertex < r.end);
    return range ? { feature: range.feature, distance: hit.distance } : null;
  }
}
