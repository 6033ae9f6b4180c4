/** The root tile of a monument, read as far as its first picture needs: triangles with a texture or colours. */
import { MeshoptDecoder } from 'three/addons/libs/meshopt_decoder.module.js';
import { inverse, multiply } from '../core/frames.ts';
import { type Gltf, type Primitive, readGlb } from '../core/glb.ts';

/** A vertex attribute or the indices, as WebGL takes them. */
export interface Column {
  data: Uint8Array;
  componentType: number;
  size: number;
  normalized: boolean;
  stride: number;
  offset: number;
  count: number;
}

export interface Surface {
  /** From the mesh's own numbers into the site frame, column-major, in double precision. */
  site_from_mesh: number[];
  position: Column;
  /** Without them every three vertices are a triangle. */
  indices: Column | null;
  uv: Column | null;
  colour: Column | null;
  filled: Column | null;
  /** sRGB. */
  picture: ImageBitmap | null;
  /** Scale and offset of the texture's coordinates. */
  uvScale: readonly [number, number];
  uvOffset: readonly [number, number];
  factor: readonly number[];
}

interface Tileset {
  root?: { transform?: number[]; content?: { uri?: string } };
}

const TRIANGLES = 4;
const SIZES: Record<string, number> = { SCALAR: 1, VEC2: 2, VEC3: 3, VEC4: 4 };
const BYTES: Record<number, number> = { 5120: 1, 5121: 1, 5122: 2, 5123: 2, 5125: 4, 5126: 4 };
/** glTF is y up, 3D Tiles are z up: x, -z, y. */
const zup_from_yup = [1, 0, 0, 0, 0, 0, 1, 0, 0, -1, 0, 0, 0, 0, 0, 1];

/** The surfaces of the root tile of the tileset at `url`, or none where there is nothing this can draw. */
export async function loadRoot(url: string, ecef_from_site: readonly number[]): Promise<Surface[]> {
  const tileset = (await get(url, (r) => r.json())) as Tileset;
  const { root } = tileset;
  const uri = root?.content?.uri;
  if (!uri || !root?.transform) return [];
  const data = await get(new URL(uri, new URL(url, document.baseURI)).href, (r) => r.arrayBuffer());
  const site_from_tile = multiply(multiply(inverse(ecef_from_site), root.transform), zup_from_yup);
  return await readTile(data, site_from_tile);
}

async function get<T>(url: string, read: (response: Response) => Promise<T>): Promise<T> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return await read(response);
}

async function readTile(data: ArrayBuffer, site_from_tile: number[]): Promise<Surface[]> {
  const { gltf, bin } = readGlb(data);
  await MeshoptDecoder.ready;
  const columns = columnsOf(gltf, bin);
  const found: Promise<Surface | null>[] = [];
  for (const index of gltf.scenes?.[gltf.scene ?? 0]?.nodes ?? []) {
    const node = gltf.nodes?.[index];
    // Tiles have their meshes side by side, moved and scaled; what is nested or turned is left to the scene.
    if (!node || node.children || node.matrix || node.rotation || node.mesh === undefined) continue;
    const [x, y, z] = node.scale ?? [1, 1, 1];
    const placed = [x, 0, 0, 0, 0, y, 0, 0, 0, 0, z, 0, ...(node.translation ?? [0, 0, 0]), 1];
    const site_from_mesh = multiply(site_from_tile, placed);
    for (const primitive of gltf.meshes?.[node.mesh]?.primitives ?? [])
      found.push(surfaceOf(gltf, bin, primitive, columns, site_from_mesh));
  }
  return (await Promise.all(found)).filter((surface) => surface !== null);
}

async function surfaceOf(
  gltf: Gltf,
  bin: Uint8Array,
  primitive: Primitive,
  columns: (accessor: number | undefined) => Column | null,
  site_from_mesh: number[],
): Promise<Surface | null> {
  const position = columns(primitive.attributes.POSITION);
  const indices = columns(primitive.indices);
  if ((primitive.mode ?? TRIANGLES) !== TRIANGLES || !position) return null;
  const look = gltf.materials?.[primitive.material ?? -1]?.pbrMetallicRoughness;
  const texture = look?.baseColorTexture;
  const moved = texture?.extensions?.KHR_texture_transform;
  const named = gltf.textures?.[texture?.index ?? -1];
  const image = gltf.images?.[named?.extensions?.EXT_texture_webp?.source ?? named?.source ?? -1];
  const bytes = gltf.bufferViews?.[image?.bufferView ?? -1];
  let picture: ImageBitmap | null = null;
  if (bytes) {
    const at = bytes.byteOffset ?? 0;
    const part = bin.slice(at, at + bytes.byteLength);
    const blob = new Blob([part], { type: image?.mimeType ?? 'image/webp' });
    picture = await createImageBitmap(blob, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
  }
  return {
    site_from_mesh,
    position,
    indices,
    uv: picture ? columns(primitive.attributes.TEXCOORD_0) : null,
    colour: columns(primitive.attributes.COLOR_0),
    filled: columns(primitive.attributes._FILLED),
    picture,
    uvScale: [moved?.scale?.[0] ?? 1, moved?.scale?.[1] ?? 1],
    uvOffset: [moved?.offset?.[0] ?? 0, moved?.offset?.[1] ?? 0],
    factor: look?.baseColorFactor ?? [1, 1, 1, 1],
  };
}

/** Accessors as columns; each buffer view is unpacked once. */
function columnsOf(gltf: Gltf, bin: Uint8Array): (accessor: number | undefined) => Column | null {
  const unpacked = new Map<number, Uint8Array>();
  const bytesOf = (index: number): Uint8Array => {
    const known = unpacked.get(index);
    if (known) return known;
    const view = gltf.bufferViews![index]!;
    const packed = view.extensions?.EXT_meshopt_compression;
    const source = packed ?? view;
    const at = source.byteOffset ?? 0;
    let bytes = bin.subarray(at, at + source.byteLength);
    if (packed) {
      const whole = new Uint8Array(packed.count * packed.byteStride);
      MeshoptDecoder.decodeGltfBuffer(
        whole,
        packed.count,
        packed.byteStride,
        bytes,
        packed.mode,
        packed.filter,
      );
      bytes = whole;
    }
    unpacked.set(index, bytes);
    return bytes;
  };
  return (index) => {
    const accessor = gltf.accessors?.[index ?? -1];
    if (accessor?.bufferView === undefined) return null;
    const size = SIZES[accessor.type] ?? 1;
    return {
      data: bytesOf(accessor.bufferView),
      componentType: accessor.componentType,
      size,
      normalized: accessor.normalized ?? false,
      stride: gltf.bufferViews![accessor.bufferView]!.byteStride ?? size * BYTES[accessor.componentType]!,
      offset: accessor.byteOffset ?? 0,
      count: accessor.count,
    };
  };
}
