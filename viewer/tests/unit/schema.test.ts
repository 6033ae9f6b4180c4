import { describe, expect, it } from 'vitest';
import { blankOf, controlOf, nameOf, placeOf, put, type Schema } from '../../src/studio/core/schema.ts';
import type { Studio } from '../../src/studio/studio.ts';
import { labelOf } from '../../src/studio/ui/fieldWords.ts';

// As pydantic writes them.
const LANGUAGE = '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$';
const words: Schema = { type: 'object', patternProperties: { [LANGUAGE]: { type: 'string' } } };
const maybe = (one: Schema): Schema => ({ anyOf: [one, { type: 'null' }] });
const number = { type: 'number' };
const point: Schema = { type: 'array', prefixItems: [number, number, number], minItems: 3 };
const root: Schema = {
  type: 'object',
  required: ['title', 'epochs'],
  properties: {
    title: words,
    about: { ...maybe(words), description: 'what visitors read; Markdown' },
    type: maybe({ oneOf: [{ type: 'string' }, words] }),
    epochs: { type: 'array', items: { $ref: '#/$defs/Epoch' } },
    clean: { type: 'object', additionalProperties: true },
    at_m: maybe(point),
  },
  $defs: {
    Epoch: {
      type: 'object',
      required: ['id', 'method'],
      properties: {
        id: { type: 'string', pattern: '^[a-z0-9-]{1,64}$' },
        method: { enum: ['laser', 'photogrammetry'], type: 'string' },
        captured: maybe({ type: 'string', format: 'date' }),
        weight: maybe({ type: 'number', minimum: 1, maximum: 9 }),
      },
    },
  },
};
const at = (key: string) => root.properties![key]!;

describe('a form from a schema', () => {
  it('calls a field by its labels, all the way down', () => {
    const fields = { 'Site.title': { label: 'Tên', help: '' }, 'Sky.sun': { label: 'Mặt trời', help: '' } };
    const studio = { state: { fields, language: 'vi' } } as unknown as Pick<Studio, 'state'>;
    const sky: Schema = { title: 'Sky', type: 'object', properties: { sun: maybe(words), haze_m: number } };
    const site: Schema = { ...root, title: 'Site', properties: { ...root.properties, sky: maybe(sky) } };
    const called = (field: string) => labelOf(studio, site, field);
    expect(called('title/en')).toBe('Tên (English)');
    expect(called('title')).toBe('Tên');
    expect(called('type/fr')).toBe('Type (Français)');
    expect(called('sky/sun/vi')).toBe('Sky: Mặt trời (Tiếng Việt)');
    expect(called('sky/haze_m')).toBe('Sky: Haze (m)');
    // What no form knows is called as it is written.
    expect(called('extra/deep')).toBe('extra: deep');
  });
  it('finds the control of every kind of value', () => {
    const kind = (schema: Schema, value?: never) => controlOf(schema, root, value).kind;
    expect(kind(root)).toBe('object');
    expect(kind(at('title'))).toBe('words');
    expect(controlOf(at('about'), root)).toEqual({ kind: 'words', long: true });
    expect(kind(at('epochs'))).toBe('list');
    expect(kind(at('clean'))).toBe('raw');
    expect(controlOf(at('at_m'), root)).toEqual({ kind: 'numbers', count: 3 });
    const epoch = controlOf({ $ref: '#/$defs/Epoch' }, root);
    const fields = epoch.kind === 'object' ? epoch.properties : [];
    expect(fields.map((p) => [p.key, controlOf(p.schema, root).kind, p.required])).toEqual([
      ['id', 'text', true],
      ['method', 'choice', true],
      ['captured', 'date', false],
      ['weight', 'number', false],
    ]);
  });
  it('follows what is there where a value may be of two kinds', () => {
    expect(controlOf(at('type'), root, 'hall').kind).toBe('text');
    expect(controlOf(at('type'), root, { en: 'hall' }).kind).toBe('words');
  });
  it('begins a new value with what it must have', () => {
    expect(blankOf(root, root, 'vi')).toEqual({ title: { vi: '' }, epochs: [] });
    expect(blankOf({ $ref: '#/$defs/Epoch' }, root, 'vi')).toEqual({ id: '', method: 'laser' });
    expect(blankOf({ type: 'number', minimum: -1e9, maximum: 1e9 }, root, 'vi')).toBe(0);
    expect(blankOf({ type: 'number', minimum: 10, maximum: 120 }, root, 'vi')).toBe(10);
  });
  it('names places as the server does, and finds its problems by them', () => {
    expect(nameOf(['epochs', 0, 'captured'])).toBe('epochs[0].captured');
    expect(placeOf('epochs[0].captured is "yesterday"')).toBe('epochs[0].captured');
    expect(placeOf('registration.method is "magic"')).toBe('registration.method');
  });
  it('puts and takes away at any depth, and touches nothing else', () => {
    const value = { a: [{ b: 1 }, { b: 2 }], c: 3 };
    expect(put(value, ['a', 1, 'b'], 5)).toEqual({ a: [{ b: 1 }, { b: 5 }], c: 3 });
    expect(put(value, ['a', 0], undefined)).toEqual({ a: [{ b: 2 }], c: 3 });
    expect(put(value, ['c'], undefined)).toEqual({ a: value.a });
    expect(put(value, ['d', 'e'], 'new')).toEqual({ ...value, d: { e: 'new' } });
    expect(value).toEqual({ a: [{ b: 1 }, { b: 2 }], c: 3 });
  });
});
