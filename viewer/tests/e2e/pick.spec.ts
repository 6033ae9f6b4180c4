import type { Page } from '@playwright/test';
import { expect, open, test } from './helpers.ts';

test.skip(Boolean(process.env.HERITAGE_URL), 'these tests know the fixture');

type App = import('../../src/app/app.ts').App;
type Picked = import('../../src/core/picked.ts').Picked;

/** Ask for points; they gather in `window.picked`. */
const begin = (page: Page) =>
  page.evaluate(() => {
    const w = window as unknown as { heritage: { app: App }; picked: Picked[] };
    w.picked = [];
    w.heritage.app.picking.begin((p) => w.picked.push(p));
  });
const picked = (page: Page) => page.evaluate(() => (window as unknown as { picked: Picked[] }).picked);
/** Where a point of the gate's frame is in the window. */
const onScreen = (page: Page, position: [number, number, number]) =>
  page.evaluate((p) => {
    const { app } = (window as unknown as { heritage: { app: App } }).heritage;
    const m = app.state.release!.monuments[0]!.placement.site_from_monument;
    const site = [0, 1, 2].map((r) => m[r]! * p[0]! + m[4 + r]! * p[1]! + m[8 + r]! * p[2]! + m[12 + r]!);
    return app.view!.stage.project(site as [number, number, number])!;
  }, position);

test('a press on the surface gives its point in the monument frame, its normal and its condition', {
  tag: '@once',
}, async ({ page }) => {
  await open(page, '#/m/gate');
  await begin(page);
  await expect(page.locator('.crosshair')).toBeVisible();
  const at = await onScreen(page, [-7.5, -3, 1.5]);
  await page.mouse.click(at.x, at.y);
  const [first] = await picked(page);
  expect(first!.monument).toBe('gate');
  expect(first!.shown).toEqual({ epoch: '2024', state: null });
  for (const [i, value] of [-7.5, -3, 1.5].entries()) expect(first!.position_m[i]!).toBeCloseTo(value, 1);
  for (const [i, value] of [0, -1, 0].entries()) expect(first!.normal[i]!).toBeCloseTo(value, 2);
  expect([0, 0.15, 0.6]).toContain(first!.error_m); // of the fixture's three levels
  await page.locator('canvas').focus();
  await page.keyboard.press('Enter');
  expect(await picked(page)).toHaveLength(2);
  await expect(page).toHaveURL(/#\/m\/gate/);
});

test('a point is taken from the survey on its side of the swipe', async ({ page }) => {
  await open(page, '#/m/gate/compare/2019/2024/swipe');
  await begin(page);
  const at = await onScreen(page, [-7.5, -3, 1.5]);
  const line = await page.locator('.swipe').boundingBox();
  await page.mouse.click(at.x, at.y);
  const [first] = await picked(page);
  expect(first!.shown.epoch).toBe(at.x < line!.x ? '2019' : '2024');
});

test('a press beside the surface gives no point and says so', { tag: '@once' }, async ({ page }) => {
  await open(page, '#/m/gate');
  await begin(page);
  const at = await onScreen(page, [0, 0, 40]);
  await page.mouse.click(at.x, Math.max(4, at.y));
  expect(await picked(page)).toHaveLength(0);
  await expect(page.locator('[aria-live="polite"]')).toContainText('No surface there');
});
