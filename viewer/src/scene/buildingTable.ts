/** What a tile of buildings says of each: its property table, as the metadata extension leaves it on the scene. */
import type { Object3D } from 'three';

/** What a tile says of one building. */
export interface BuildingInfo {
  id: string;
  name: string;
  height_m: number;
  /** `attribute`: the layer says it; `survey`: the monument's survey shows it; `assumed`: nobody knows it. */
  height_source: 'attribute' | 'survey' | 'assumed';
}

const SOURCES = ['attribute', 'survey', 'assumed'] as const;

export interface Table {
  count: number;
  getPropertyValue: (name: string, row: number) => string | number;
}

/** Where the metadata extension puts it. */
interface WithTable {
  structuralMetadata?: { tableAccessors: Table[] };
}

/** The table of a tile. */
export function tableOf(tile: Object3D): Table {
  const table = (tile.userData as WithTable).structuralMetadata?.tableAccessors[0];
  if (!table) throw new Error('a tile of buildings without their table');
  return table;
}

/** One row of it. */
export function infoOf(table: Table, row: number): BuildingInfo {
  const text = (name: string) => String(table.getPropertyValue(name, row));
  const source = table.getPropertyValue('height_source', row);
  return {
    id: text('id'),
    name: text('name'),
    height_m: Number(table.getPropertyValue('height_m', row)),
    height_source: typeof source === 'number' ? SOURCES[source]! : (source as BuildingInfo['height_source']),
  };
}
