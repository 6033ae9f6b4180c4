// Augmented reality: offered where the device has a viewer for it, and only there, with whole addresses of the right files.
import type { Page } from '@playwright/test';
import { accessible, expect, open, test } from './helpers.ts';

test.skip(Boolean(process.env.HERITAGE_URL), 'these tests know the fixture');

/** The fixture with models for the gate, on a device that says `able`. */
async function device(page: Page, able: boolean): Promise<void> {
  const file = (size: string, longest: number) => ({
    glb: `monuments/gate/epochs/2024/ar/${size}.glb`,
    glb_bytes: 2_000_000,
    usdz: `monuments/gate/epochs/2024/ar/${size}.usdz`,
    usdz_bytes: 4_000_000,
    triangles: 60_000,
    texture_px: 2048,
    size_m: [longest, 5, 7],
  });
  await page.route('**/release.json', async (route) => {
    const release = await (await route.fetch()).json();
    const gate = release.monuments.find((monument: { id: string }) => monument.id === 'gate');
    gate.epochs.at(-1).ar = { real: file('real', 24.5), table: file('table', 0.4) };
    await route.fulfill({ json: release });
  });
  await page.addInitScript((answer) => {
    Object.defineProperty(navigator, 'xr', { value: { isSessionSupported: async () => answer } });
    const pressed: string[] = [];
    Object.assign(window, { pressed });
    HTMLAnchorElement.prototype.click = function () {
      pressed.push(this.href);
    };
  }, able);
}

test('a phone with a viewer gets both sizes', async ({ page, isMobile }) => {
  test.skip(!isMobile, 'only devices that are held in the hand are asked');
  await device(page, true);
  await open(page, '#/m/gate');
  await expect(page.getByRole('heading', { name: 'In your surroundings' })).toBeVisible();
  await accessible(page);
  await page.getByRole('button', { name: /^Real size/ }).click();
  await page.getByRole('button', { name: /^Table model/ }).click();
  const pressed = await page.evaluate(() => (window as unknown as { pressed: string[] }).pressed);
  const asked = pressed.map((href) => new URLSearchParams(href.split('?')[1]!.split('#Intent')[0]));
  expect(asked.map((query) => new URL(query.get('file')!).pathname)).toEqual([
    '/release/monuments/gate/epochs/2024/ar/real.glb',
    '/release/monuments/gate/epochs/2024/ar/table.glb',
  ]);
  expect(asked.map((query) => query.get('resizable'))).toEqual(['false', 'true']);
  // What is measured is called measured; a state would be called an interpretation.
  expect(asked[0]!.get('title')).toMatch(/^Meridian Gate · Measured /);
});

test('a phone without a viewer is offered nothing', async ({ page, isMobile }) => {
  test.skip(!isMobile, 'only devices that are held in the hand are asked');
  await device(page, false);
  await open(page, '#/m/gate');
  await expect(page.locator('heritage-ar')).toBeAttached();
  await expect(page.getByRole('heading', { name: 'In your surroundings' })).toHaveCount(0);
});
