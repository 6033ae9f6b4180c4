/** What a visitor's device may hold, and what their line may carry. */

/** What a browser tells of the device and the line; what it does not tell is taken for enough. */
export interface Device {
  handheld: boolean;
  /** GiB, rounded by the browser. */
  deviceMemory?: number | undefined;
  saveData?: boolean | undefined;
  effectiveType?: string | undefined;
}

export interface Means {
  /** Shapes and pictures as they are drawn from, bytes: surfaces, buildings and ground together. */
  memory_bytes: number;
  /** What a surface's tile may be wrong by on the screen, pixels. */
  error_px: number;
  /** Tiles that a tour may fetch; beyond that it grows coarser. */
  tour_bytes: number;
  /** Whether what comes next may be fetched before it is wanted. */
  ahead: boolean;
}

/** How the memory is divided. */
export const SHARES = { surfaces: 0.75, buildings: 0.15, ground: 0.1 } as const;

const GIB = 2 ** 30;
// Phones of 3 GiB and less end a page at some 600 to 1,000 MB; the page itself, its canvas and code are some 200 of them.
const MEMORY = { hand: { most: 0.5, part: 1 / 8 }, desk: { most: 1.5, part: 1 / 4 } } as const;
const SMALL_GIB = 2;

export function meansOf({ handheld, deviceMemory, saveData, effectiveType }: Device): Means {
  const { most, part } = MEMORY[handheld ? 'hand' : 'desk'];
  const saves = saveData || /2g/.test(effectiveType ?? '');
  const small = deviceMemory !== undefined && deviceMemory <= SMALL_GIB;
  const error_px = handheld ? (small ? 20 : 16) : 12;
  return {
    memory_bytes: Math.min(most, (deviceMemory ?? Number.POSITIVE_INFINITY) * part) * GIB,
    error_px: saves ? error_px * 1.5 : error_px, // less than half of the tiles
    tour_bytes: saves ? 20e6 : handheld ? 60e6 : Number.POSITIVE_INFINITY,
    ahead: !saves,
  };
}

/** Each may have so much even where memory is full: a first tile. A picture that is coarse is better than none. */
export const LEAST_BYTES = 4 * 2 ** 20;

/** What each of several may keep of `most` bytes, by what each keeps now: that, and all that is left. */
export function shared(kept: readonly number[], most: number): number[] {
  const left = most - kept.reduce((a, b) => a + b, 0);
  return kept.map((bytes) => Math.max(bytes + left, LEAST_BYTES));
}

/** How many times as wrong as usual tiles may be for a tour that has fetched `spent` bytes: what is fetched goes with its inverse square. */
export const coarserBy = (spent: number, { tour_bytes }: Means): number => Math.max(1, spent / tour_bytes);
