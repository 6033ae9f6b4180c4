/**
 * A property table of a tile: what it says of each feature, row by row.
 * Source: EXT_structural_metadata; of its types those that buildings have: strings, float32 and 8-bit enumerations.
 */

/** The extension's own object in a glTF, as far as it is read here. */
export interface StructuralMetadata {
  schema?: {
    classes?: Record<string, { properties?: Record<string, Property> }>;
    enums?: Record<string, Enum>;
  };
  propertyTables?: { class: string; count: number; properties?: Record<string, Column> }[];
}
interface Property {
  type: string;
  componentType?: string;
  enumType?: string;
}
interface Enum {
  valueType?: string;
  values: { name: string; value: number }[];
}
interface Column {
  values: number;
  stringOffsets?: number;
  stringOffsetType?: string;
}

export interface Table {
  count: number;
  /** A string, or the name of an enumeration's value. Raises RangeError outside of the table. */
  text: (property: string, row: number) => string;
  /** Raises RangeError outside of the table. */
  number: (property: string, row: number) => number;
}

type Read = (row: number) => string | number;

/** The buffer views that the first property table stands in. */
export function viewsOf(metadata: StructuralMetadata): number[] {
  const columns = Object.values(metadata.propertyTables?.[0]?.properties ?? {});
  return columns.flatMap((c) => (c.stringOffsets === undefined ? [c.values] : [c.values, c.stringOffsets]));
}

/** The first property table; `bytes` are those of a buffer view. Raises Error where there is none, or it cannot be read here. */
export function readTable(metadata: StructuralMetadata, bytes: (view: number) => ArrayBuffer): Table {
  const table = metadata.propertyTables?.[0];
  const kind = metadata.schema?.classes?.[table?.class ?? ''];
  if (!table || !kind) throw new Error('a tile without a property table');
  const columns = new Map<string, Read>();
  for (const [name, column] of Object.entries(table.properties ?? {})) {
    const property = kind.properties?.[name];
    if (!property) throw new Error(`a property table whose class has no ${name}`);
    columns.set(name, columnOf(name, property, column, metadata, bytes));
  }
  const read = (property: string, row: number): string | number => {
    const column = columns.get(property);
    if (!column || row < 0 || row >= table.count)
      throw new RangeError(
        `${property}, row ${row}: the property table has ${table.count} rows of ${[...columns.keys()].join(', ')}`,
      );
    return column(row);
  };
  return {
    count: table.count,
    text: (property, row) => String(read(property, row)),
    number: (property, row) => Number(read(property, row)),
  };
}

function columnOf(
  name: string,
  { type, componentType, enumType }: Property,
  { values, stringOffsets, stringOffsetType = 'UINT32' }: Column,
  { schema }: StructuralMetadata,
  bytes: (view: number) => ArrayBuffer,
): Read {
  const data = new DataView(bytes(values));
  if (type === 'STRING' && stringOffsets !== undefined && stringOffsetType === 'UINT32') {
    const offsets = new DataView(bytes(stringOffsets));
    const at = (row: number) => offsets.getUint32(4 * row, true);
    const utf8 = new TextDecoder();
    return (row) => utf8.decode(new Uint8Array(data.buffer, at(row), at(row + 1) - at(row)));
  }
  if (type === 'SCALAR' && componentType === 'FLOAT32') return (row) => data.getFloat32(4 * row, true);
  const named = schema?.enums?.[enumType ?? ''];
  if (type === 'ENUM' && named?.valueType === 'UINT8') {
    const names = new Map(named.values.map((v) => [v.value, v.name]));
    return (row) => {
      const found = names.get(data.getUint8(row));
      if (found === undefined) throw new RangeError(`${name}, row ${row}: ${data.getUint8(row)} has no name`);
      return found;
    };
  }
  throw new Error(
    `${name}: property tables of ${type} ${componentType ?? enumType ?? stringOffsetType} are not read`,
  );
}
