/** Reads tiles: with our decoder, and what is lit as what it is, matt stone and wood. */
import { type LoadingManager, MeshLambertMaterial } from 'three';
import { MeshoptDecoder } from 'three/addons/libs/meshopt_decoder.module.js';
import { GLTFLoader, type GLTFLoaderPlugin, type GLTFParser } from 'three/addons/loaders/GLTFLoader.js';

export type Plugin = (parser: GLTFParser) => GLTFLoaderPlugin;

/**
 * Tiles are written without metal and gloss. Drawn with the physical material they look the same, cost a phone several
 * times as much, and need shaders that are 11 kB of the first screen (`scripts/shaders.ts` leaves them out).
 */
function matt(): GLTFLoaderPlugin {
  return {
    name: 'heritage: matt',
    getMaterialType: () => MeshLambertMaterial,
    extendMaterialParams: async (_index, given) => {
      const { metalness, roughness } = given as { metalness?: number; roughness?: number };
      if (metalness !== 0 || roughness !== 1)
        throw new Error(
          `a material of metalness ${metalness}, roughness ${roughness}; tiles are matt: 0 and 1`,
        );
      delete given.metalness;
      delete given.roughness;
    },
  };
}

/** `plugins` read what a tile says beside its shapes. */
export function tileLoader(manager?: LoadingManager, plugins: readonly Plugin[] = []): GLTFLoader {
  const loader = new GLTFLoader(manager).setMeshoptDecoder(MeshoptDecoder);
  for (const plugin of [matt, ...plugins]) loader.register(plugin);
  return loader;
}
