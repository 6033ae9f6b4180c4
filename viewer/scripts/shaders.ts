/**
 * three without the shaders of materials that nothing here is drawn with. The library puts the programs of all of its
 * materials into one module, which no bundler can take apart; in its sources each is a module of its own.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const FOLDER = fileURLToPath(new URL('../node_modules/three/src/renderers/shaders/', import.meta.url));
/** The programs of what is drawn: surfaces and lines, walls, points, marks, and shadows. */
const PROGRAMS = ['meshbasic', 'meshlambert', 'points', 'sprite', 'depth'];
/** What the renderer itself puts before a program, and a material's before it has one. */
const ALWAYS = [
  'colorspace_pars_fragment',
  'tonemapping_pars_fragment',
  'default_vertex',
  'default_fragment',
];
const SHADER = /\/\* glsl \*\/\s*`([^`]*)`/g;
/** Whoever draws with it all the same gets no picture and this message. */
const LEFT_OUT = JSON.stringify('#error left out of this build: see viewer/scripts/shaders.ts');

/** The chunks that the kept programs consist of. */
function keptChunks(): Set<string> {
  const includedIn = (path: string) =>
    [...readFileSync(`${FOLDER}${path}.glsl.js`, 'utf8').matchAll(/#include <(\w+)>/g)].map((m) => m[1]!);
  const wanted = [...ALWAYS, ...PROGRAMS.flatMap((name) => includedIn(`ShaderLib/${name}`))];
  const kept = new Set<string>();
  for (let name = wanted.pop(); name; name = wanted.pop()) {
    if (kept.has(name)) continue;
    kept.add(name);
    wanted.push(...includedIn(`ShaderChunk/${name}`));
  }
  return kept;
}

function shortened(shader: string): string {
  return shader
    .replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
    .replace(/\s*\n\s*/g, '\n')
    .trim();
}

export function fewShaders(): Plugin {
  const kept = { ShaderLib: new Set(PROGRAMS), ShaderChunk: keptChunks() };
  return {
    name: 'few-shaders',
    enforce: 'pre',
    apply: 'build',
    config: () => ({ resolve: { alias: [{ find: /^three$/, replacement: 'three/src/Three.js' }] } }),
    transform(code, id) {
      const [, folder, name] =
        /\/three\/src\/renderers\/shaders\/(ShaderLib|ShaderChunk)\/(\w+)\.glsl\.js$/.exec(id) ?? [];
      if (!folder || !name) return null;
      const keep = kept[folder as keyof typeof kept].has(name);
      const changed = code.replace(SHADER, (_, text: string) =>
        keep ? JSON.stringify(shortened(text)) : LEFT_OUT,
      );
      // Another way of writing shaders in a new version of the library would keep all of them, unnoticed.
      if (changed === code) this.error(`${id}: no shader found`);
      return { code: changed, map: null };
    },
  };
}
