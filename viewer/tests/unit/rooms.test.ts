import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = join(import.meta.dirname, '../../src');
const imports = (room: string) =>
  readdirSync(join(SRC, room))
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) =>
      [
        ...readFileSync(join(SRC, room, file), 'utf8').matchAll(/^(?:import|export)[^;]*?from '([^']+)'/gms),
      ].map((m) => ({ file: `${room}/${file}`, from: m[1]! })),
    );

describe('rooms of the viewer', () => {
  it('core imports nothing but core', () => {
    const foreign = imports('core').filter(({ from }) => !/^\.\/[\w-]+\.ts$/.test(from));
    expect(foreign).toEqual([]);
    expect(imports('core').length).toBeGreaterThan(8); // the pattern still finds imports
  });

  it('core does not reach for the page', () => {
    for (const file of readdirSync(join(SRC, 'core'))) {
      const text = readFileSync(join(SRC, 'core', file), 'utf8').replace(/\/\*.*?\*\//gs, '');
      expect(text, file).not.toMatch(/\b(document\.|window\.|HTMLElement)/);
    }
  });

  it('the first picture waits for no library and no page', () => {
    const known = /^\.\/|^\.\.\/core\/|^\.\.\/app\/state\.ts$|^\.\.\/scene\/theme\.ts$|meshopt_decoder/;
    expect(imports('first').filter(({ from }) => !known.test(from))).toEqual([]);
    expect(imports('first').length).toBeGreaterThan(8);
  });

  it('walking and headsets cost nothing until they are wanted', () => {
    for (const room of ['app', 'scene', 'ui', 'core', 'first']) {
      const files = readdirSync(join(SRC, room)).filter((file) => file.endsWith('.ts'));
      for (const file of files) {
        const text = readFileSync(join(SRC, room, file), 'utf8');
        const eager = [...text.matchAll(/^import (?!type )[^;]*?from '\.\.\/(walk|xr|ar)\//gms)];
        expect(eager.map(String), `${room}/${file}`).toEqual([]);
      }
    }
    expect(imports('xr').length).toBeGreaterThan(8);
    // A visitor on foot knows of no headset.
    expect(imports('walk').filter(({ from }) => /\/xr\//.test(from))).toEqual([]);
  });

  it('nothing of the visitors’ knows the studio, and its core no page', () => {
    for (const room of ['core', 'scene', 'ui', 'app', 'first', 'walk', 'xr', 'offline'])
      expect(imports(room).filter(({ from }) => /studio/.test(from))).toEqual([]);
    const known = /^\.\/[\w-]+\.ts$|^\.\.\/\.\.\/core\//;
    expect(imports('studio/core').filter(({ from }) => !known.test(from))).toEqual([]);
    expect(imports('studio/core').length).toBeGreaterThan(8);
    // The page asks the scene in its frame: it brings no scene of its own.
    const rest = imports('studio/ui').concat(imports('studio'));
    expect(rest.filter(({ from }) => /^three|3d-tiles|\/scene\/(?!handle)/.test(from))).toEqual([]);
  });

  it('the scene knows neither lit nor the page, the page knows no three', () => {
    expect(imports('scene').filter(({ from }) => /^lit|\.\.\/(ui|app)\//.test(from))).toEqual([]);
    const rest = /^three|3d-tiles|\.\.\/(scene|walk|xr|ar)\//;
    expect(imports('ui').filter(({ from }) => rest.test(from))).toEqual([]);
  });
});
