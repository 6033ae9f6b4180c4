import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { accessible, expect, legibleByNight, open, type Point, press, settled, test } from './helpers.ts';

test.skip(Boolean(process.env.HERITAGE_URL), 'these tests know the fixture');

const WALL: Point[] = [
  [-7.5, -3, 1.5],
  [-4, -3, 1.5],
  [-4, -3, 3.5],
  [-7.5, -3, 3.5],
];
/** The number that a measure's value begins with. */
const values = async (page: Page) =>
  (await page.locator('.measures .value').allTextContents()).map((text) => Number.parseFloat(text));

test('distance, height, angle and area are measured on the surface, in full detail', async ({ page }) => {
  await open(page, '#/m/gate/measure');
  await expect(page.getByRole('radio', { name: 'Distance' })).toBeChecked();
  const choose = (name: string) => page.getByRole('radio', { name }).check({ force: true });
  await press(page, WALL[0]!);
  await expect(page.getByText('Set: 1 of 2.')).toBeVisible();
  await press(page, WALL[1]!);
  await choose('Height');
  await press(page, WALL[1]!);
  await press(page, WALL[2]!);
  await choose('Angle');
  for (const p of WALL.slice(0, 3)) await press(page, p);
  await choose('Area');
  for (const p of WALL) await press(page, p);
  await page.getByRole('button', { name: 'Close the outline' }).click();
  await expect(page.getByText('full-detail surface')).toHaveCount(4);
  await expect(page.locator('.measures .value')).toHaveCount(4); // an area takes a moment
  const [distance, height, angle, area] = await values(page);
  // A press is a pixel, 3 cm here.
  expect(Math.abs(distance! - 3.5)).toBeLessThan(0.1);
  expect(Math.abs(height! - 2)).toBeLessThan(0.1);
  expect(Math.abs(angle! - 90)).toBeLessThan(3);
  expect(Math.abs(area! - 7)).toBeLessThan(0.4);
  await expect(page.locator('.marks .measure')).toHaveCount(4);
  // Half of 8 mm between points and 3 mm of scatter are 5 mm at each end.
  await expect(page.locator('.measures .value').first()).toHaveText(/± 7.1 mm$/);
  await expect(page.getByText('± 7.1 mm by the survey (95 %)')).toHaveCount(2);
  await accessible(page);
  await page.getByRole('button', { name: 'Delete measure 2' }).click();
  await expect(page.locator('.measures li')).toHaveCount(3);
});

test('measuring needs no pointer: crosshair, Enter, Backspace', { tag: '@once' }, async ({ page }) => {
  await open(page, '#/m/gate/measure');
  await expect(page.locator('.crosshair')).toBeVisible();
  await page.locator('canvas').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText('Set: 1 of 2.')).toBeVisible();
  await page.keyboard.press('Backspace');
  await expect(page.getByText('Set: 0 of 2.')).toBeVisible();
  await page.keyboard.press('Enter');
  for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowUp');
  await settled(page);
  await page.keyboard.press('Enter');
  await expect(page.locator('.measures li')).toHaveCount(1);
});

test('a shape begun in the condition map does not keep Backspace from measuring', { tag: '@once' }, async ({
  page,
}) => {
  await open(page, '#/m/gate/mapping');
  await page.getByRole('radio', { name: 'Area', exact: true }).check({ force: true });
  await page.evaluate(() => {
    location.hash = '#/m/gate/measure';
  });
  await expect(page.getByRole('radio', { name: 'Distance' })).toBeChecked();
  await page.locator('canvas').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText('Set: 1 of 2.')).toBeVisible();
  await page.keyboard.press('Backspace');
  await expect(page.getByText('Set: 0 of 2.')).toBeVisible();
});

test('a section is cut from full-detail tiles, drawn to scale, saved as SVG and DXF, and has an address', {
  tag: '@once',
}, async ({ page }) => {
  await open(page, '#/m/gate/section?cut=x@-5&of=2019,2024');
  await expect(page.locator('.paper').first()).toBeVisible();
  await expect(page.getByText(/Cut from \d+ tiles/)).toBeVisible();
  await accessible(page);
  const saved = async (name: string) => {
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name }).click();
    return readFileSync((await (await download).path())!, 'utf8');
  };
  const svg = await saved('SVG');
  expect(svg).toContain('Limit of error from simplified tiles: 0');
  expect(svg).toContain('Alignment of the surveys: 4 mm');
  const dxf = await saved('DXF');
  // The wall is 6 m thick: y from -3 to 3, with 6 cm lost on the front in 2024.
  const right = [...dxf.matchAll(/\n8\nEPOCH_2019\n10\n(-?[\d.]+)\n20\n([\d.]+)\n/g)]
    .filter((m) => Number(m[2]) > 0.5 && Number(m[2]) < 5)
    .map((m) => Number(m[1]));
  expect(Math.min(...right)).toBeCloseTo(-3, 1);
  expect(Math.max(...right)).toBeCloseTo(3, 1);
  await page.getByRole('button', { name: 'Large' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.getByRole('checkbox', { name: /2019/ }).uncheck();
  await expect(page).toHaveURL(/cut=x@-5&of=2024/);
});

test('two presses set the plane of a section', { tag: '@once' }, async ({ page }) => {
  await open(page, '#/m/gate/section?cut=x@-0.004');
  await expect(page.locator('.paper').first()).toContainText('across x at 0 m');
  await page.getByRole('radio', { name: 'Two points' }).check({ force: true });
  await expect(page.locator('.crosshair')).toBeVisible();
  await press(page, [-7.5, -3, 1.5]);
  await expect(page.getByText('Press the second point.')).toBeVisible();
  await press(page, [7, -3, 1.5]);
  await expect(page).toHaveURL(/cut=-7\.[45]\d*,-3[\d.]*,/);
  await expect(page.getByText(/Cut from \d+ tiles/)).toBeVisible();
  await expect(page.locator('.crosshair')).toBeHidden();
});

test('an elevation is drawn at its scale and saved as a PNG that knows it', { tag: '@once' }, async ({
  page,
}) => {
  await open(page, '#/m/gate/elevation');
  await page.getByLabel('Resolution').selectOption('20');
  await page.getByRole('button', { name: 'Draw' }).click();
  const link = page.getByRole('link', { name: /Save PNG/ });
  await expect(link).toBeVisible({ timeout: 60_000 });
  await accessible(page);
  await legibleByNight(page);
  const download = page.waitForEvent('download');
  await link.click();
  const png = readFileSync((await (await download).path())!);
  expect(png.subarray(37, 41).toString()).toBe('pHYs');
  expect(png.readUInt32BE(41)).toBe(10_000);
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  // The wall's brick is 16 m wide at 20 mm: its pixels on one row, white beside it.
  const brick = await page.evaluate(
    async ([bytes, h]) => {
      const bitmap = await createImageBitmap(
        new Blob([new Uint8Array(bytes as number[])], { type: 'image/png' }),
      );
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
      context.drawImage(bitmap, 0, 0);
      const row = context.getImageData(0, h as number, bitmap.width, 1).data;
      let [first, last] = [-1, -1];
      for (let i = 0; i < bitmap.width; i++) {
        if (Math.min(row[4 * i]!, row[4 * i + 1]!, row[4 * i + 2]!) > 245) continue;
        if (first < 0) first = i;
        last = i;
      }
      return last - first + 1;
    },
    [[...png], 500] as const,
  );
  expect(width).toBeGreaterThan(800);
  expect(height).toBeGreaterThan(600);
  expect(Math.abs(brick * 0.02 - 18)).toBeLessThan(0.2);
  // Another year is another picture.
  await page.getByRole('radio', { name: /2019/ }).check({ force: true });
  await expect(link).toHaveCount(0);
});
