/** What arrives late does not undo what is on screen by then, and what is out of sight does not stay for ever. */
import type { Page } from '@playwright/test';
import { expect, open, settled, test } from './helpers.ts';

test.skip(Boolean(process.env.HERITAGE_URL), 'these tests know the fixture');
test.skip(({ isMobile }) => isMobile, 'the same as on a desktop');

type Debug = { heritage: { app: import('../../src/app/app.ts').App } };

/** Hold answers for a path back until the returned function is called. */
async function hold(page: Page, path: string | RegExp): Promise<() => void> {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(path, async (route) => {
    await released;
    await route.continue();
  });
  return release;
}

const enter = (page: Page, hash: string) =>
  page.evaluate((h) => {
    location.hash = h;
  }, hash);

test('a tour begins at the stop that the address names by then', async ({ page }) => {
  const release = await hold(page, '**/tour.json');
  await page.goto('./?debug&lang=en#/t/gate/roof');
  await page.waitForFunction(() => 'heritage' in window);
  await enter(page, '#/t/gate/change');
  release();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('What has changed');
});

test('what could not be had is told only where it is still wanted, and comes by itself where it can', async ({
  page,
  watch,
}) => {
  await open(page);
  const heading = page.getByRole('heading', { level: 1 });
  const code = /assets\/monument-.*\.js/;
  await page.route(code, (route) => route.abort());
  await enter(page, '#/m/gate');
  await expect(heading).toHaveText('Loading…');
  await settled(page);
  await page.unroute(code);
  await expect(heading).toHaveText('Meridian Gate');
  let fail = () => {};
  const failing = new Promise<void>((resolve) => {
    fail = resolve;
  });
  await page.route('**/tour.json', async (route) => {
    await failing;
    await route.abort();
  });
  const asked = page.waitForRequest('**/tour.json');
  await enter(page, '#/t/gate');
  await asked;
  await enter(page, '#/m/pavilion');
  await settled(page);
  const failed = page.waitForEvent('requestfailed');
  fail();
  await failed;
  await settled(page);
  await expect(heading).toHaveText('Garden pavilion');
  watch.problems.splice(0); // the console tells of the request
});

test('of two languages the one that was chosen last is spoken, once it is there', async ({ page, watch }) => {
  await open(page);
  await page.route(/assets\/fr-.*\.js/, (route) => route.abort());
  await page.getByRole('combobox', { name: 'Language' }).selectOption('fr');
  await expect(page.getByRole('combobox', { name: 'Language' })).toHaveValue('en');
  await page.unroute(/assets\/fr-.*\.js/);
  watch.problems.splice(0); // the console tells of the request
  const release = await hold(page, /assets\/vi-.*\.js/);
  const speak = (language: string) =>
    page.getByRole('combobox', { name: /Language|Langue/ }).selectOption(language);
  await speak('vi');
  await speak('fr');
  await expect(page.locator('html')).toHaveAttribute('lang', 'fr');
  const arrived = page.waitForResponse(/assets\/vi-.*\.js/);
  release();
  await (await arrived).finished();
  await settled(page);
  await expect(page.locator('html')).toHaveAttribute('lang', 'fr');
  await expect(page).toHaveURL(/lang=fr/);
});

test('figures of a pair that was left are not shown for another', async ({ page }) => {
  await page.route('**/release.json', async (route) => {
    const answer = await route.fetch();
    const release = await answer.json();
    const [pair] = release.monuments[0].comparisons;
    const sidecar = pair.sidecar.replace('2019--2024', '2024--2019');
    release.monuments[0].comparisons.push({ ...pair, reference: '2024', compared: '2019', sidecar });
    await route.fulfill({ json: release });
  });
  await page.route('**/2024--2019.json', async (route) => {
    const answer = await route.fetch({ url: route.request().url().replace('2024--2019', '2019--2024') });
    await route.fulfill({ json: { ...(await answer.json()), lod95_m: 0.123 } });
  });
  const release = await hold(page, '**/2019--2024.json');
  await page.goto('./?debug&lang=en#/m/gate/compare/2019/2024/change');
  await page.waitForFunction(() => 'heritage' in window);
  await enter(page, '#/m/gate/compare/2024/2019/change');
  await expect(page.getByText('level of detection, 123 mm')).toBeVisible();
  const arrived = page.waitForResponse('**/2019--2024.json');
  release();
  await (await arrived).finished();
  await settled(page);
  await expect(page.getByText('level of detection, 123 mm')).toBeVisible();
});

test('a section that was left before it began leaves no plane, nor does one that was left after', async ({
  page,
}) => {
  const release = await hold(page, /assets\/workbench-.*\.js/);
  await open(page, '#/m/gate/section?cut=x@-5');
  await enter(page, '#/m/pavilion/section');
  release();
  await expect(page).toHaveURL(/#\/m\/pavilion\/section\?cut=x@/);
  await expect(page).not.toHaveURL(/cut=x@-5/);
  const planes = () =>
    page.evaluate(() => {
      const { conditions } = (window as unknown as Debug).heritage.app.view!;
      return [...conditions.all()].filter((c) => c.uniforms.cut.value.lengthSq() > 0).length;
    });
  expect(await planes()).toBe(1);
  await page.locator('canvas').focus();
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/#\/m\/pavilion(\?|$)/);
  expect(await planes()).toBe(0);
  // Nor does a drawing stand at another monument.
  for (const monument of ['gate', 'pavilion', 'gate']) {
    await enter(page, `#/m/${monument}/section`);
    await expect(page.getByRole('img', { name: 'Drawing' })).toBeVisible();
    await expect(page.getByText('Cut from')).toBeVisible();
  }
});

test('conditions out of sight are given up, the longest unseen first, and come back', async ({ page }) => {
  await open(page, '#/m/gate');
  const known = () =>
    page.evaluate(() => {
      const { conditions } = (window as unknown as Debug).heritage.app.view!;
      return [...conditions.all()].map((c) => `${c.of.monument.id} ${c.of.shown.epoch ?? c.of.shown.state}`);
    });
  const show = async (monument: string, shown: { epoch: string | null; state: string | null }) => {
    await page.evaluate(
      ([id, what]) => {
        const { app } = (window as unknown as Debug).heritage;
        app.showing.choose(app.state.release!.monuments.find((m) => m.id === id)!, what);
      },
      [monument, shown] as const,
    );
    await settled(page);
  };
  await show('gate', { epoch: '2019', state: null });
  await show('gate', { epoch: '2024', state: null });
  expect(await known()).toContain('gate 2019');
  const drawn = () =>
    page.evaluate(
      () => (window as unknown as Debug).heritage.app.view!.stage.renderer.info.memory.geometries,
    );
  const before = await drawn();
  // Three fifths of a gigabyte each: one of them out of sight is too much.
  await page.evaluate(() => {
    const { conditions } = (window as unknown as Debug).heritage.app.view!;
    const kind = Object.getPrototypeOf([...conditions.all()][0]);
    Object.defineProperty(kind, 'bytes', { get: () => 0.6 * 2 ** 30 });
  });
  await show('gate', { epoch: '2024', state: null });
  expect(await known()).not.toContain('gate 2019');
  expect(await known()).toContain('gate 2024');
  expect(await drawn()).toBeLessThan(before);
  await show('gate', { epoch: '2019', state: null });
  expect(await known()).not.toContain('gate 2024');
  const visible = await page.evaluate(() => {
    const { conditions } = (window as unknown as Debug).heritage.app.view!;
    const own = [...conditions.all()].filter((c) => c.of.monument.id === 'gate' && c.object.visible);
    return own.map((c) => [c.of.shown.epoch, c.arrived, c.failed]);
  });
  expect(visible).toEqual([['2019', true, false]]);
});
