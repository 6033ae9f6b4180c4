/**
 * Khronos' validator on GLB files: `node validate.mjs OUT FILE…`
 *
 * The validator cannot look into EXT_meshopt_compression, so each file is also unpacked by meshoptimizer's own decoder
 * into OUT, and validated again. One line of JSON per file: errors and warnings of both, with their messages.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { validateBytes } from 'gltf-validator';
import { MeshoptDecoder } from 'meshoptimizer';

const PACKED = 'EXT_meshopt_compression';
const pad = (n) => Math.ceil(n / 4) * 4;

function split(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(12, true);
  const json = JSON.parse(new TextDecoder().decode(bytes.subarray(20, 20 + length)));
  return [json, bytes.subarray(20 + length + 8)];
}

function join_(json, bin) {
  const text = new TextEncoder().encode(JSON.stringify(json));
  const out = new Uint8Array(12 + 8 + pad(text.length) + 8 + pad(bin.length));
  const view = new DataView(out.buffer);
  view.setUint32(0, 0x46546c67, true);
  view.setUint32(4, 2, true);
  view.setUint32(8, out.length, true);
  view.setUint32(12, pad(text.length), true);
  view.setUint32(16, 0x4e4f534a, true);
  out.fill(0x20, 20, 20 + pad(text.length));
  out.set(text, 20);
  view.setUint32(20 + pad(text.length), pad(bin.length), true);
  view.setUint32(24 + pad(text.length), 0x004e4942, true);
  out.set(bin, 28 + pad(text.length));
  return out;
}

function unpacked(bytes) {
  const [json, bin] = split(bytes);
  const parts = [];
  let size = 0;
  for (const view of json.bufferViews ?? []) {
    const packed = view.extensions?.[PACKED];
    let data = bin.subarray(view.byteOffset ?? 0, (view.byteOffset ?? 0) + view.byteLength);
    if (packed) {
      data = new Uint8Array(packed.count * packed.byteStride);
      const source = bin.subarray(packed.byteOffset, packed.byteOffset + packed.byteLength);
      MeshoptDecoder.decodeGltfBuffer(data, packed.count, packed.byteStride, source, packed.mode, packed.filter);
      delete view.extensions;
    }
    Object.assign(view, { buffer: 0, byteOffset: size, byteLength: data.length });
    parts.push([size, data]);
    size += pad(data.length);
  }
  const whole = new Uint8Array(size);
  for (const [at, data] of parts) whole.set(data, at);
  json.buffers = [{ byteLength: size }];
  for (const key of ['extensionsUsed', 'extensionsRequired']) {
    const left = (json[key] ?? []).filter((name) => name !== PACKED);
    if (left.length) json[key] = left;
    else delete json[key];
  }
  return join_(json, whole);
}

async function verdict(bytes) {
  const { issues } = await validateBytes(bytes);
  const told = issues.messages.filter((m) => m.severity < 2).map((m) => `${m.pointer}: ${m.code}: ${m.message}`);
  return { errors: issues.numErrors, warnings: issues.numWarnings, messages: told };
}

await MeshoptDecoder.ready;
const [out, ...files] = process.argv.slice(2);
mkdirSync(out, { recursive: true });
for (const file of files) {
  const bytes = new Uint8Array(readFileSync(file));
  const plain = unpacked(bytes);
  writeFileSync(join(out, basename(file)), plain);
  console.log(JSON.stringify({ file, packed: await verdict(bytes), plain: await verdict(plain) }));
}
