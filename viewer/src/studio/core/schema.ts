/** Forms from a document's JSON Schema: which control a value wants, what a new one is, and where a problem belongs. */
import { isoDay } from '../../core/format.ts';
import type { Json } from './tour.ts';

export interface Schema {
  /** The model's name. */
  readonly title?: string;
  readonly type?: string;
  readonly $ref?: string;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly enum?: readonly Json[];
  readonly const?: Json;
  readonly description?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema | boolean;
  readonly prefixItems?: readonly Schema[];
  readonly $defs?: Readonly<Record<string, Schema>>;
}

export interface Property {
  key: string;
  /** As catalogues of the fields' words name it: `Epoch.captured`. */
  name: string;
  schema: Schema;
  required: boolean;
  description: string;
}

export type Control =
  | { kind: 'text'; long: boolean }
  | { kind: 'number'; whole: boolean; min: number | null }
  | { kind: 'choice'; options: readonly string[] }
  | { kind: 'switch' }
  | { kind: 'date' }
  /** Words per language. */
  | { kind: 'words'; long: boolean }
  | { kind: 'numbers'; count: number }
  | { kind: 'object'; properties: readonly Property[] }
  | { kind: 'list'; item: Schema }
  /** What has no form of its own is written as JSON. */
  | { kind: 'raw' };

/** The schemas a value may follow, references resolved, none for "nothing". */
function variantsOf(schema: Schema, root: Schema): Schema[] {
  if (schema.$ref) {
    const found = root.$defs?.[schema.$ref.replace('#/$defs/', '')];
    return found ? variantsOf({ ...found, description: schema.description ?? found.description }, root) : [];
  }
  const several = schema.anyOf ?? schema.oneOf ?? (schema.allOf?.length === 1 ? schema.allOf : undefined);
  if (several) return several.flatMap((one) => variantsOf({ description: schema.description, ...one }, root));
  return schema.type === 'null' ? [] : [schema];
}

function typeOf(value: Json | undefined): string | null {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

const fits = (schema: Schema, value: Json | undefined): boolean => {
  const type = typeOf(value);
  return type === null || schema.type === type || (schema.type === 'integer' && type === 'number');
};

/** The one of a schema's variants that a value follows, or the first. */
function chosen(schema: Schema, root: Schema, value: Json | undefined): Schema {
  const variants = variantsOf(schema, root);
  return variants.find((one) => fits(one, value)) ?? variants[0] ?? {};
}

export function controlOf(schema: Schema, root: Schema, value?: Json): Control {
  const variants = variantsOf(schema, root);
  const options = variants.flatMap((one) => one.enum ?? (one.const === undefined ? [] : [one.const]));
  if (options.length > 0 && options.every((o) => typeof o === 'string'))
    return { kind: 'choice', options: options as string[] };
  const one = chosen(schema, root, value);
  const long = /Markdown/.test(schema.description ?? one.description ?? '');
  switch (one.type) {
    case 'string':
      if (one.format === 'date') return { kind: 'date' };
      return {
        kind: 'text',
        long: long || (typeof value === 'string' && value.includes('\n')),
      };
    case 'number':
    case 'integer':
      return {
        kind: 'number',
        whole: one.type === 'integer',
        min: one.minimum ?? null,
      };
    case 'boolean':
      return { kind: 'switch' };
    case 'array': {
      const { prefixItems, items } = one;
      if (prefixItems?.every((p) => chosen(p, root, undefined).type === 'number'))
        return { kind: 'numbers', count: prefixItems.length };
      return typeof items === 'object' ? { kind: 'list', item: items } : { kind: 'raw' };
    }
    case 'object':
      if (one.properties) return { kind: 'object', properties: propertiesOf(one, root) };
      if (Object.keys(one.patternProperties ?? {}).some((p) => p.startsWith('^[a-z]{2,3}')))
        return { kind: 'words', long };
      return { kind: 'raw' };
    default:
      return { kind: 'raw' };
  }
}

export const propertiesOf = (schema: Schema, root: Schema): Property[] => {
  const { title = '', properties = {} } = chosen(schema, root, undefined);
  return Object.entries(properties).map(([key, own]) => ({
    key,
    name: `${title}.${key}`,
    schema: own,
    required: schema.required?.includes(key) ?? false,
    description: own.description ?? '',
  }));
};

/** What a new value begins as: everything it must have, and nothing else. */
export function blankOf(schema: Schema, root: Schema, language: string): Json {
  const control = controlOf(schema, root);
  switch (control.kind) {
    case 'text':
      return '';
    case 'number':
      return Math.max(control.min ?? 0, 0);
    case 'choice':
      return control.options[0]!;
    case 'switch':
      return false;
    case 'date':
      return isoDay();
    case 'words':
      return { [language]: '' };
    case 'numbers':
      return Array.from({ length: control.count }, () => 0);
    case 'list':
      return [];
    case 'object':
      return Object.fromEntries(
        control.properties.filter((p) => p.required).map((p) => [p.key, blankOf(p.schema, root, language)]),
      );
    case 'raw':
      return {};
  }
}

export type Path = readonly (string | number)[];

/** As the server names a place in a document: `epochs[0].captured`. */
export const nameOf = (path: Path): string =>
  path.map((p, k) => (typeof p === 'number' ? `[${p}]` : k === 0 ? p : `.${p}`)).join('');

/** `value` with another one at `path`; undefined takes it away. */
export function put(value: Json, path: Path, next: Json | undefined): Json {
  const [key, ...rest] = path;
  if (key === undefined) return next ?? null;
  if (typeof key === 'number') {
    const list = Array.isArray(value) ? (value as readonly Json[]) : [];
    if (rest.length === 0 && next === undefined) return list.filter((_, k) => k !== key);
    const copy = [...list];
    copy[key] = put(list[key] ?? null, rest, next);
    return copy;
  }
  const mapping =
    typeof value === 'object' && value && !Array.isArray(value) ? (value as Record<string, Json>) : {};
  if (rest.length === 0 && next === undefined) {
    const { [key]: _gone, ...kept } = mapping;
    return kept;
  }
  return { ...mapping, [key]: put(mapping[key] ?? null, rest, next) };
}

/** The place in a document that a problem is about, as the server begins its sentence; '' for the whole of it. */
export const placeOf = (found: string): string =>
  /^([a-z_0-9]+(?:\[\d+\]|\.[a-z_0-9-]+)*) /i.exec(found)?.[1] ?? '';
