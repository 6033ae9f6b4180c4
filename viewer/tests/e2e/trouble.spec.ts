import { expect, test as plain } from '@playwright/test';
import { accessible, open, settled } from './helpers.ts';

// These make requests fail on purpose, so errors in the console are expected.
const test = plain;
test.skip(Boolean(process.env.HERITAGE_URL), 'these tests know the fixture');

test('a release that is not there is told, with a way on', async ({ page }) => {
  await page.route('**/release.json', (route) => route.fulfill({ status: 404 }));
  await page.goto('./?lang=en');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Nothing was found here');
  await accessible(page);
  await page.unroute('**/release.json');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('A small imperial precinct');
});

test('a release that cannot be read, and no connection, are told apart', { tag: '@once' }, async ({
  page,
}) => {
  await page.route('**/release.json', (route) => route.fulfill({ status: 200, body: '{"format": 99}' }));
  await page.goto('./?lang=en');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('The content could not be read');
  await page.unroute('**/release.json');
  await page.route('**/release.json', (route) => route.abort());
  await page.goto('./?lang=fr');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Pas de connexion');
});

test('a tileset that fails is told while the rest stays, and a retry brings it', { tag: '@once' }, async ({
  page,
}) => {
  await page.route('**/gate/epochs/2024/tileset.json', (route) => route.abort());
  await page.route('**/release.json', async (route) => {
    const release = await (await route.fetch()).json();
    release.map.base = { url: 'map/base.webp', min: [-90, -90], max: [90, 90] };
    await route.fulfill({ json: release });
  });
  await page.route('**/map/base.webp', (route) => route.abort());
  await page.goto('./?lang=en&debug');
  await expect(page.getByText('Part of the model could not be loaded.')).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('A small imperial precinct');
  await accessible(page);
  await page.unroute('**/gate/epochs/2024/tileset.json');
  const base = page.waitForEvent('requestfailed', (request) => request.url().endsWith('base.webp'));
  await page.getByRole('button', { name: 'Try again' }).click();
  await base;
  await page.unroute('**/map/base.webp');
  const picture = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
  await page.route('**/map/base.webp', (route) => route.fulfill({ body: picture, contentType: 'image/gif' }));
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByText('Part of the model could not be loaded.')).toBeHidden();
});

test('a kiosk asks again for a release that is not there, and for tiles', { tag: '@once' }, async ({
  page,
}) => {
  await page.clock.install();
  await page.route('**/release.json', (route) => route.fulfill({ status: 503 }));
  await page.goto('./?lang=en&kiosk');
  await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible();
  await expect(page.locator('html.kiosk')).toHaveCount(1);
  await page.unroute('**/release.json');
  await page.route('**/gate/epochs/2024/tileset.json', (route) => route.abort());
  await page.clock.runFor(31_000);
  await expect(page.getByRole('button', { name: 'Touch to begin' })).toBeVisible();
  await expect(page.locator('.notice')).toBeVisible();
  await page.unroute('**/gate/epochs/2024/tileset.json');
  await page.clock.runFor(31_000);
  await expect(page.locator('.notice')).toBeHidden();
});

test('without WebGL everything is there in words', async ({ page }) => {
  await page.addInitScript(() => {
    HTMLCanvasElement.prototype.getContext = () => null;
  });
  await page.goto('./?lang=en');
  await expect(page.getByText('This browser cannot show 3D')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Meridian Gate', exact: true })).toBeVisible();
  await expect(page.getByText('Only the emperor could pass through the middle.')).toBeVisible();
  await accessible(page);
});

test('where motion is unwelcome the camera cuts', async ({ browser, baseURL }) => {
  const context = await browser.newContext({
    reducedMotion: 'reduce',
    baseURL: baseURL!,
    viewport: { width: 900, height: 700 },
  });
  const page = await context.newPage();
  await open(page, '#/t/gate');
  await page.getByRole('button', { name: 'Next stop' }).click();
  const moving = await page.evaluate(() => {
    const { app } = (window as unknown as { heritage: { app: import('../../src/app/app.ts').App } }).heritage;
    return app.view!.rig.flying;
  });
  expect(moving).toBe(false);
  await settled(page);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('The roof');
  await context.close();
});

test('markup from elsewhere cannot run', { tag: '@once' }, async ({ page }) => {
  await page.route('**/release.json', async (route) => {
    const answer = await route.fetch();
    const release = await answer.json();
    release.html.en =
      '<p>Kept <b>words</b><img src=x onerror="window.hit=1"><script>window.hit=2</script><a href="javascript:window.hit=3">bad</a> <a href="https://example.org/">good</a></p>';
    await route.fulfill({ json: release });
  });
  await page.goto('./?lang=en');
  await expect(page.getByText('Kept words')).toBeVisible();
  await page.getByText('bad', { exact: true }).click();
  expect(await page.evaluate(() => (window as unknown as { hit?: number }).hit)).toBeUndefined();
  await expect(page.locator('.prose a[href]')).toHaveCount(1);
  await expect(page.locator('.prose img')).toHaveCount(0);
});

test('what cannot be had is left by the Back button, and comes when asked for again', {
  tag: '@once',
}, async ({ page }) => {
  const heading = page.getByRole('heading', { level: 1 });
  const fails = async (files: string, hash: string) => {
    await page.route(files, (route) => route.abort());
    await page.evaluate((to) => {
      location.hash = to;
    }, hash);
    await expect(heading).toHaveText('No connection');
    await page.unroute(files);
  };
  await open(page, '#/m/gate');
  await fails('**/tour.json', '#/t/gate');
  await page.goBack();
  await expect(heading).toHaveText('Meridian Gate');
  await expect(page.locator('canvas')).toBeVisible();
  await settled(page);
  await fails('**/tour.json', '#/t/gate');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.locator('.transport')).toBeVisible();
  // Code, too.
  await fails('**/assets/workbench-*.js', '#/m/gate/measure');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.locator('.crosshair')).toBeVisible();
  // Of a release that is gone no more can come: the page is loaded anew.
  await page.reload();
  await page.route('**/tour.json', (route) => route.fulfill({ status: 404 }));
  await page.route('**/release.json', (route) =>
    route.request().method() === 'HEAD' ? route.fulfill({ status: 404 }) : route.continue(),
  );
  await page.waitForFunction(() => 'heritage' in window);
  await page.evaluate(() => {
    location.hash = '#/t/gate';
  });
  await expect(heading).toHaveText('Nothing was found here');
  await page.unroute('**/tour.json');
  const loaded = page.waitForEvent('load');
  await page.getByRole('button', { name: 'Try again' }).click();
  await loaded;
  await expect(page.locator('.transport')).toBeVisible();
});

test('an address whose content is gone does not hold who goes back', { tag: '@once' }, async ({ page }) => {
  await open(page, '#/');
  for (const gone of ['#/m/gone', '#/m/gate/compare/2019/gone/swipe']) {
    await page.evaluate(() => {
      location.hash = '#/m/gate';
    });
    await settled(page);
    await page.evaluate((hash) => {
      location.hash = hash;
    }, gone);
    await expect(page).toHaveURL(gone === '#/m/gone' ? /#\/$/ : /#\/m\/gate$/);
    await page.goBack();
    await expect(page).toHaveURL(/#\/m\/gate$/);
    await page.goBack();
    await expect(page).toHaveURL(/#\/$/);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('A small imperial precinct');
  }
});
