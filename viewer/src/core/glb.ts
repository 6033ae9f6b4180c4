/** Binary glTF taken apart: its JSON and its one chunk of bytes. */

/** What is read here of glTF 2.0; the rest is passed over. */
export interface Gltf {
  extensionsRequired?: string[];
  scenes?: { nodes: number[] }[];
  scene?: number;
  nodes?: {
    mesh?: number;
    children?: number[];
    matrix?: number[];
    rotation?: number[];
    translation?: [number, number, number];
    scale?: [number, number, number];
  }[];
  meshes?: { primitives: Primitive[] }[];
  accessors?: Accessor[];
  bufferViews?: BufferView[];
  materials?: Material[];
  textures?: { source?: number; extensions?: { EXT_texture_webp?: { source: number } } }[];
  images?: { bufferView?: number; mimeType?: string }[];
}
export interface Primitive {
  attributes: Record<string, number>;
  indices?: number;
  material?: number;
  mode?: number;
}
export interface Accessor {
  bufferView?: number;
  byteOffset?: number;
  componentType: number;
  normalized?: boolean;
  count: number;
  type: string;
}
export interface BufferView {
  buffer: number;
  byteOffset?: number;
  byteLength: number;
  byteStride?: number;
  extensions?: { EXT_meshopt_compression?: Meshopt };
}
export interface Meshopt {
  byteOffset?: number;
  byteLength: number;
  byteStride: number;
  count: number;
  mode: string;
  filter?: string;
}
export interface Material {
  pbrMetallicRoughness?: {
    baseColorFactor?: number[];
    baseColorTexture?: {
      index: number;
      texCoord?: number;
      extensions?: { KHR_texture_transform?: { offset?: number[]; scale?: number[]; rotation?: number } };
    };
  };
}

const GLTF = 0x46546c67;
const JSON_CHUNK = 0x4e4f534a;
const BIN_CHUNK = 0x004e4942;
const HEADER_BYTES = 12;
const CHUNK_BYTES = 8;

/** Take a .glb apart; `bin` is a view of `data`. Raises Error where it is none, or cut off. */
export function readGlb(data: ArrayBuffer): { gltf: Gltf; bin: Uint8Array } {
  const view = new DataView(data);
  if (data.byteLength < HEADER_BYTES || view.getUint32(0, true) !== GLTF || view.getUint32(4, true) !== 2)
    throw new Error('not a binary glTF of version 2');
  let gltf: Gltf | null = null;
  let bin = new Uint8Array();
  for (let at = HEADER_BYTES; at + CHUNK_BYTES <= data.byteLength; ) {
    const length = view.getUint32(at, true);
    const kind = view.getUint32(at + 4, true);
    if (at + CHUNK_BYTES + length > data.byteLength) throw new Error('a chunk of the glTF is cut off');
    const chunk = new Uint8Array(data, at + CHUNK_BYTES, length);
    if (kind === JSON_CHUNK) gltf = JSON.parse(new TextDecoder().decode(chunk)) as Gltf;
    else if (kind === BIN_CHUNK) bin = chunk;
    at += CHUNK_BYTES + length;
  }
  if (!gltf) throw new Error('the glTF has no JSON');
  return { gltf, bin };
}
