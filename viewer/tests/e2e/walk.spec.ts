// On foot: eyes above the floor, stopped by walls, waiting for ground; by keyboard, by pad, by a press of the floor.
import type { Page } from '@playwright/test';
import { accessible, expect, open, settled, test } from './helpers.ts';

test.skip(Boolean(process.env.HERITAGE_URL), 'these tests know the fixture');

type App = import('../../src/app/app.ts').App;
declare const window: { heritage: { app: App } } & typeof globalThis.window;

// Pictures are drawn in software here, and a step is a picture: on a desktop a small window is enough.
const SMALL = { width: 800, height: 500 };

const GROUND = -0.15; // the fixture has no ground model: the plane is drawn so much below its height
const BODY = 0.25;

const walking = (page: Page, status = 'walking') =>
  page.waitForFunction((wanted) => window.heritage.app.state.walking?.status === wanted, status, {
    timeout: 30_000,
  });

/** Feet and eye in the gate's own frame, a turn and a move away from the site's. */
const where = (page: Page) =>
  page.evaluate(() => {
    const { app } = window.heritage;
    const m = app.state.release!.monuments[0]!.placement.site_from_monument;
    const local = (p: readonly number[]) => {
      const d = [0, 1, 2].map((k) => p[k]! - m[12 + k]!);
      return [0, 4, 8].map((c) => m[c]! * d[0]! + m[c + 1]! * d[1]! + m[c + 2]! * d[2]!) as [
        number,
        number,
        number,
      ];
    };
    const { x, y, z } = app.view!.stage.camera.position;
    return { feet: local(app.walking!.feet!), eye: local([x, -z, y]) };
  });

/** Stand at a place of the gate's frame and look north in it. */
const put = (page: Page, x: number, y: number) =>
  page.evaluate(
    ([x, y]) => {
      const { app } = window.heritage;
      const m = app.state.release!.monuments[0]!.placement.site_from_monument;
      const [e, n, z] = [0, 1, 2].map((k) => m[k]! * x! + m[4 + k]! * y! + m[12 + k]!);
      app.walking!.heading = Math.atan2(m[4]!, m[5]!);
      app.walking!.pitch = 0;
      const stands = app.walking!.stand(e!, n!, z! + 1);
      app.view!.stage.invalidate();
      return stands;
    },
    [x, y],
  );

const canvas = (page: Page) => page.locator('heritage-viewer main canvas').first();

test('walls stop, the passage does not, and the way out is one key', { tag: '@once' }, async ({ page }) => {
  await page.setViewportSize(SMALL);
  await open(page, '#/m/gate');
  await page.getByRole('link', { name: 'Walk around' }).click();
  await walking(page);
  await accessible(page);
  const begun = await where(page);
  expect(begun.feet[2]).toBeCloseTo(GROUND, 2);
  expect(begun.eye[2] - begun.feet[2]).toBeCloseTo(1.6, 3);

  const north = async (until: (y: number) => boolean) => {
    await canvas(page).focus();
    await page.keyboard.down('Shift');
    await page.keyboard.down('w');
    await expect.poll(async () => until((await where(page)).feet[1]), { timeout: 40_000 }).toBe(true);
    const { feet } = await where(page);
    // Held on, it goes no farther where there is a wall.
    await page.waitForTimeout(200);
    await page.keyboard.up('w');
    await page.keyboard.up('Shift');
    return feet;
  };
  // The gate's west wing stands at y = -3 from x = -9 to -2.2; its passage is open from y = -3 to 3.
  expect(await put(page, -5, -5)).toBe(true);
  await north((y) => y > -3.3);
  const stopped = await where(page);
  expect(stopped.feet[1]).toBeCloseTo(-3 - BODY, 2);
  expect(stopped.feet[2]).toBeCloseTo(GROUND, 2);
  expect(stopped.eye[2]).toBeCloseTo(GROUND + 1.6, 2);
  expect(await put(page, 0, -4)).toBe(true);
  const through = await north((y) => y > 3.2);
  expect(through[0]).toBeCloseTo(0, 1);

  // The address leads back to the same place.
  // It is written a moment after all has come to rest; until then it is that of the stop before the wall.
  await settled(page);
  let address = '';
  const atRest = () => {
    const before = address;
    address = page.url();
    return address === before && address.includes('/walk?camera=');
  };
  await expect.poll(atRest, { intervals: [1000] }).toBe(true);
  const left = await where(page);
  await page.reload();
  await page.waitForFunction(() => 'heritage' in window);
  await walking(page);
  const back = await where(page);
  for (const k of [0, 1, 2] as const) expect(back.feet[k]).toBeCloseTo(left.feet[k], 1);

  await canvas(page).focus();
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/#\/m\/gate/);
  await expect(page.getByRole('link', { name: 'Walk around' })).toBeVisible();
  expect(await page.evaluate(() => window.heritage.app.view!.driver)).toBeNull();
});

test('by pad and by a press of the floor, in Vietnamese', async ({ page, isMobile }) => {
  test.skip(!isMobile, 'by touch');
  await open(page, '#/m/gate/walk', 'vi');
  await walking(page);
  await settled(page);
  await accessible(page);
  const begun = await where(page);
  // A press of a button of the pad by key or switch is a few steps.
  await page.getByRole('button', { name: 'Bước tới' }).focus();
  await page.keyboard.press('Enter');
  await expect
    .poll(async () => {
      const { feet } = await where(page);
      return Math.hypot(feet[0] - begun.feet[0], feet[1] - begun.feet[1]);
    })
    .toBeGreaterThan(0.1);
  await settled(page);
  // Where motion is unwelcome, as here, one is at the place that was pressed at once.
  const before = await where(page);
  const box = (await canvas(page).boundingBox())!;
  await page.touchscreen.tap(box.x + box.width / 2, box.y + 560);
  await expect
    .poll(async () => {
      const { feet } = await where(page);
      return Math.hypot(feet[0] - before.feet[0], feet[1] - before.feet[1]);
    })
    .toBeGreaterThan(0.8);
  expect((await where(page)).feet[2]).toBeCloseTo(GROUND, 2);
});

test('nobody goes where the ground has not come, and what cannot be had is asked for again', {
  tag: '@once',
}, async ({ page, watch }) => {
  await page.setViewportSize(SMALL);
  await open(page, '#/m/gate');
  let fail = true;
  await page.route(/monuments\/gate\/.*\.glb/, (route) => (fail ? route.abort() : route.continue()));
  await page.evaluate(() => {
    location.hash = '#/m/gate/walk';
  });
  await walking(page, 'failed');
  expect(await page.evaluate(() => window.heritage.app.walking!.feet)).toBeNull();
  await expect(page.getByRole('status').filter({ hasText: 'could not be loaded' })).toBeVisible();
  fail = false;
  await page.locator('.panel .body').getByRole('button', { name: 'Try again' }).click();
  await walking(page);
  expect((await where(page)).feet[2]).toBeCloseTo(GROUND, 2);
  watch.problems = watch.problems.filter((p) => !p.includes('ERR_FAILED')); // those of the tiles that were withheld
});
