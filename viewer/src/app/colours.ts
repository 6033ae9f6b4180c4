/** The colour tables a change map can be drawn with; each is safe for colour-blind people (tests/unit/colour). */
import blueOrange from '../../../assets/colours/change.json';
import purpleGreen from '../../../assets/colours/change-purple-green.json';
import tealBrown from '../../../assets/colours/change-teal-brown.json';
import type { Anchor } from '../core/colour.ts';

export interface ChangeTable {
  id: string;
  anchors: readonly Anchor[];
}

export const CHANGE_TABLES: readonly [ChangeTable, ...ChangeTable[]] = [
  { id: 'blue-orange', anchors: blueOrange.anchors },
  { id: 'purple-green', anchors: purpleGreen.anchors },
  { id: 'teal-brown', anchors: tealBrown.anchors },
];

/** The table of that name, else the first. */
export const changeTable = (id: string | null): ChangeTable =>
  CHANGE_TABLES.find((table) => table.id === id) ?? CHANGE_TABLES[0];
