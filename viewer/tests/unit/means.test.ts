import { expect, test } from 'vitest';
import { coarserBy, LEAST_BYTES, meansOf, SHARES, shared } from '../../src/core/means.ts';

const MIB = 2 ** 20;

test('memory goes with the device, up to what is enough', () => {
  const memory = (handheld: boolean, deviceMemory?: number) =>
    meansOf({ handheld, deviceMemory }).memory_bytes / MIB;
  expect([0.25, 1, 2, 4, 8].map((gib) => memory(true, gib))).toEqual([32, 128, 256, 512, 512]);
  expect([1, 4, 8].map((gib) => memory(false, gib))).toEqual([256, 1024, 1536]);
  // Browsers that do not tell (Safari, Firefox) are given what a common phone bears.
  expect(memory(true)).toBe(512);
  expect(Object.values(SHARES).reduce<number>((a, b) => a + b, 0)).toBeCloseTo(1);
});

test('who saves data fetches coarser tiles, fewer of them, and none ahead', () => {
  const common = meansOf({ handheld: true });
  for (const line of [{ saveData: true }, { effectiveType: '2g' }, { effectiveType: 'slow-2g' }]) {
    const saving = meansOf({ handheld: true, ...line });
    expect(saving.ahead).toBe(false);
    expect(saving.error_px).toBeGreaterThan(common.error_px);
    expect(saving.tour_bytes).toBeLessThan(common.tour_bytes);
  }
  // 3G is where fetching ahead helps most.
  expect(meansOf({ handheld: true, effectiveType: '3g' })).toEqual(common);
  expect(meansOf({ handheld: true, deviceMemory: 2 }).error_px).toBeGreaterThan(common.error_px);
});

test('a tour beyond what its line may carry grows coarser, and only then', () => {
  const phone = meansOf({ handheld: true });
  expect(coarserBy(0, phone)).toBe(1);
  expect(coarserBy(phone.tour_bytes, phone)).toBe(1);
  expect(coarserBy(2 * phone.tour_bytes, phone)).toBe(2);
  expect(coarserBy(1e12, meansOf({ handheld: false }))).toBe(1);
});

test('what several keep stays within what all may, whoever grows first', () => {
  const most = 100 * MIB;
  expect(shared([20 * MIB, 30 * MIB], most)).toEqual([70 * MIB, 80 * MIB]);
  // Each takes a tile at a time while it may and wants more, in any order.
  for (const order of [
    [0, 1, 2],
    [2, 0, 1],
  ]) {
    const kept = [0, 0, 0];
    const wants = [80 * MIB, 15 * MIB, 300 * MIB];
    for (let frame = 0; frame < 1000; frame++)
      for (const i of order) if (kept[i]! < shared(kept, most)[i]! && kept[i]! < wants[i]!) kept[i]! += MIB;
    const sum = kept.reduce((a, b) => a + b);
    expect(sum).toBeGreaterThanOrEqual(most);
    expect(sum).toBeLessThanOrEqual(most + 3 * MIB);
  }
  // Memory is full: what keeps too much is told so, and what has nothing still gets its first tile.
  expect(shared([150 * MIB, 0], most)).toEqual([100 * MIB, LEAST_BYTES]);
});
