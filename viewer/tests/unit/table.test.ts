import { describe, expect, it } from 'vitest';
import { readTable, type StructuralMetadata, viewsOf } from '../../src/core/table.ts';

const NAMES = ['Ngọ Môn', '', 'kỳ đài'];

/** Two columns of strings and numbers, one of an enumeration, laid out by the letter of EXT_structural_metadata. */
function made(): { metadata: StructuralMetadata; views: ArrayBuffer[] } {
  const texts = NAMES.map((name) => new TextEncoder().encode(name));
  const offsets = [0];
  for (const text of texts) offsets.push(offsets.at(-1)! + text.length);
  const views = [
    new Uint8Array(texts.flatMap((text) => [...text])).buffer,
    new Uint32Array(offsets).buffer,
    new Float32Array([12.5, 0, -3]).buffer,
    new Uint8Array([0, 2, 9]).buffer,
  ];
  const metadata = {
    schema: {
      classes: {
        building: {
          properties: {
            name: { type: 'STRING' },
            height_m: { type: 'SCALAR', componentType: 'FLOAT32' },
            source: { type: 'ENUM', enumType: 'source' },
          },
        },
      },
      enums: {
        source: {
          valueType: 'UINT8',
          values: [
            { name: 'layer', value: 0 },
            { name: 'assumed', value: 2 },
          ],
        },
      },
    },
    propertyTables: [
      {
        class: 'building',
        count: 3,
        properties: { name: { values: 0, stringOffsets: 1 }, height_m: { values: 2 }, source: { values: 3 } },
      },
    ],
  };
  return { metadata, views };
}

describe('readTable', () => {
  it('reads strings, numbers and names of an enumeration, row by row', () => {
    const { metadata, views } = made();
    const table = readTable(metadata, (view) => views[view]!);
    expect(viewsOf(metadata)).toEqual([0, 1, 2, 3]);
    expect(table.count).toBe(3);
    expect([0, 1, 2].map((row) => table.text('name', row))).toEqual(NAMES);
    expect([0, 1, 2].map((row) => table.number('height_m', row))).toEqual([12.5, 0, -3]);
    expect([0, 1].map((row) => table.text('source', row))).toEqual(['layer', 'assumed']);
  });

  it('answers nothing that the table does not say', () => {
    const { metadata, views } = made();
    const table = readTable(metadata, (view) => views[view]!);
    expect(() => table.text('name', 3)).toThrow('name, row 3: the property table has 3 rows');
    expect(() => table.number('width_m', 0)).toThrow('width_m');
    expect(() => table.text('source', 2)).toThrow('9 has no name');
  });

  it('refuses a tile without a table, and columns it cannot read', () => {
    const { metadata, views } = made();
    expect(() => readTable({}, () => views[0]!)).toThrow('without a property table');
    metadata.schema!.classes!.building!.properties!.height_m!.componentType = 'FLOAT64';
    expect(() => readTable(metadata, (view) => views[view]!)).toThrow(
      'height_m: property tables of SCALAR FLOAT64',
    );
  });
});
