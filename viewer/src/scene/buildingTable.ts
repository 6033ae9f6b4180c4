/** What a tile of buildings says of each: its property table. */
import type { Object3D } from 'three';
import { readTable, type Table, viewsOf } from '../core/table.ts';
import type { Plugin } from './loader.ts';

/** What a tile says of one building. */
export interface BuildingInfo {
  id: string;
  name: string;
  height_m: number;
  /** `attribute`: the layer says it; `survey`: the monument's survey shows it; `assumed`: nobody knows it. */
  height_source: 'attribute' | 'survey' | 'assumed';
}

/** What `tabled` leaves on a tile. */
interface WithTable {
  table: Table;
}

/** Reads a tile's table with its shapes; a tile of buildings without one is broken. */
export const tabled: Plugin = (parser) => ({
  name: 'heritage: what is said of buildings',
  afterRoot: async ({ scene }) => {
    const metadata = parser.json.extensions?.EXT_structural_metadata ?? {};
    const read = async (view: number) => [view, await parser.getDependency('bufferView', view)] as const;
    const bytes = new Map<number, ArrayBuffer>(await Promise.all(viewsOf(metadata).map(read)));
    (scene.userData as WithTable).table = readTable(metadata, (view) => bytes.get(view)!);
  },
});

/** The table of a tile. */
export const tableOf = (tile: Object3D): Table => (tile.userData as WithTable).table;

/** One row of it. */
export function infoOf(table: Table, row: number): BuildingInfo {
  return {
    id: table.text('id', row),
    name: table.text('name', row),
    height_m: table.number('height_m', row),
    height_source: table.text('height_source', row) as BuildingInfo['height_source'],
  };
}
