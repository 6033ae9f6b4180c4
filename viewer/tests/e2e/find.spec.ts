import type { Page } from '@playwright/test';
import { accessible, expect, legibleByNight, open, settled, test } from './helpers.ts';

test.skip(Boolean(process.env.HERITAGE_URL), 'these tests know the fixture');

const rows = (page: Page) => page.locator('.rows.monuments .name');
const drawn = (page: Page) =>
  page.evaluate(() => {
    const { app } = (window as unknown as { heritage: { app: import('../../src/app/app.ts').App } }).heritage;
    return app.state
      .release!.monuments.filter((m) => app.view!.conditions.of(m).some((c) => c.object.visible))
      .map((m) => m.id);
  });

test('a name is found without its accents; list, map and address keep step', async ({ page }) => {
  await open(page);
  expect(await drawn(page)).toEqual(['gate', 'pavilion']);
  const field = page.getByRole('searchbox', { name: 'Find a name' });
  await field.fill('ngo mon');
  await expect(rows(page)).toHaveText(['Meridian Gate']);
  await expect(page.locator('.tally')).toContainText('1 of 2 monuments');
  await expect(page).toHaveURL(/#\/\?q=ngo\+mon$/);
  await expect(page.locator('.label', { hasText: 'Garden pavilion' })).toHaveCount(0);
  await settled(page);
  expect(await drawn(page)).toEqual(['gate']);
  await accessible(page);

  await rows(page).first().click();
  await expect(page).toHaveURL(/#\/m\/gate$/);
  await page.goBack();
  await expect(field).toHaveValue('ngo mon');
  await expect(rows(page)).toHaveText(['Meridian Gate']);

  await field.fill('mieu tho');
  await page.getByRole('link', { name: /Miếu thờ nhỏ/ }).click();
  await expect(page).toHaveURL(/place=shrine/);
  await field.fill('mai ngoi');
  await page.getByRole('link', { name: /The roof/ }).click();
  await expect(page).toHaveURL(/#\/t\/gate\/roof$/);
});

test('filters choose by time and type, and an address brings all of it back', async ({ page }) => {
  await open(page, '#/?from=1800&to=1810');
  await expect(rows(page)).toHaveText(['Garden pavilion']);
  await expect(page.getByLabel('From year')).toHaveValue('1800');
  await accessible(page);
  await page.getByRole('button', { name: 'Show all' }).click();
  await page.locator('.filters summary').click();
  await page.getByLabel('Type').selectOption({ label: 'gate' });
  await expect(rows(page)).toHaveText(['Meridian Gate']);
  // A type goes by the site's first language, so that the address means the same to everybody.
  await expect(page).toHaveURL((url) => decodeURIComponent(url.hash) === '#/?type=cổng');
});

test('what is pointed at in the list is marked on the map', { tag: '@once' }, async ({ page }) => {
  await open(page);
  await rows(page).nth(1).hover();
  await expect(page.locator('.label.pointed')).toHaveText(/Garden pavilion/);
  await expect(page.locator('.overview .plan.marked')).toHaveCount(1);
  await page.locator('.label', { hasText: 'Meridian Gate' }).focus();
  await expect(page.locator('.row.pointed')).toHaveText(/Meridian Gate/);
});

test('the camera and the condition are part of the address', { tag: '@once' }, async ({ page }) => {
  await open(page, '#/m/pavilion?shown=1885&camera=-22,38,3,40,90,20,45&sun=2026-03-20T15:00');
  await expect(page.locator('.claim')).toHaveClass(/interpreted/);
  const heading = await page.evaluate(() => {
    const { app } = (window as unknown as { heritage: { app: import('../../src/app/app.ts').App } }).heritage;
    return app.view!.rig.orbit.heading;
  });
  expect(heading).toBeCloseTo(Math.PI / 2, 2);
  await page.locator('canvas').focus();
  await page.keyboard.press('ArrowLeft');
  await settled(page);
  await expect(page).not.toHaveURL(/,90\.0,20\.0,45/);
  await expect(page).toHaveURL(/#\/m\/pavilion\?shown=1885&sun=2026-03-20T15:00&camera=/);
});

test('what is chosen in an elevation and in a condition map is part of the address', {
  tag: '@once',
}, async ({ page }) => {
  await open(page, '#/m/gate/elevation?side=east&mm=20');
  const side = page.getByRole('combobox', { name: 'Seen from' });
  await expect(side).toHaveValue('east');
  const fine = page.getByRole('combobox', { name: 'Resolution' });
  await expect(fine).toHaveValue('20');
  await side.selectOption('top');
  await expect(page).toHaveURL(/#\/m\/gate\/elevation\?side=top&mm=20$/);
  await page.reload();
  await page.waitForFunction(() => 'heritage' in window);
  await settled(page);
  await expect(side).toHaveValue('top');

  await open(page, '#/m/gate/mapping?shown=2019&term=staining');
  await expect(page.locator('.mapped li')).toHaveCount(1);
  await expect(page.getByRole('radio', { name: 'Staining' })).toBeChecked();
  await page.getByRole('radio', { name: /^All/ }).check({ force: true });
  await expect(page).toHaveURL(/#\/m\/gate\/mapping\?shown=2019$/);
});

test('a tour is left at an address that leads to what the visitor looks at', { tag: '@once' }, async ({
  page,
}) => {
  await open(page, '#/t/gate/roof?sun=2026-03-20T15:00&camera=-22,38,3,40,90,20,45');
  const seen = () =>
    page.evaluate(() => {
      const { app } = (window as unknown as { heritage: { app: import('../../src/app/app.ts').App } })
        .heritage;
      const { touring, sun } = app.state;
      const { heading, distance } = app.view!.rig.orbit;
      return { stop: touring!.player.stop, wandering: touring!.player.wandering, sun, heading, distance };
    });
  const found = await seen();
  expect(found).toMatchObject({ wandering: true, sun: { date: '2026-03-20', minutes: 900 }, distance: 40 });
  expect(found.stop).toBeGreaterThan(0);
  expect(found.heading).toBeCloseTo(Math.PI / 2, 2);
  await page.locator('canvas').focus();
  await page.keyboard.press('ArrowLeft');
  await settled(page);
  await expect(page).toHaveURL(/#\/t\/gate\/roof\?sun=2026-03-20T15:00&camera=(?!.*,90\.0,20\.0,45)/);
  await page.evaluate(() => {
    const { app } = (window as unknown as { heritage: { app: import('../../src/app/app.ts').App } }).heritage;
    app.tours.play({ type: 'return' });
  });
  await expect(page).toHaveURL(/#\/t\/gate\/roof\?sun=2026-03-20T15:00$/);
});

test('the position is asked for on press only, and leaves the browser in no request', async ({
  page,
  context,
  watch,
}) => {
  const [lat, lon] = [16.4689, 107.5776];
  await context.grantPermissions(['geolocation']);
  await context.setGeolocation({ latitude: lat, longitude: lon, accuracy: 8 });
  await page.addInitScript(() => {
    const real = navigator.geolocation.watchPosition.bind(navigator.geolocation);
    const page = window as unknown as { asked: number };
    page.asked = 0;
    navigator.geolocation.watchPosition = (...args) => {
      page.asked += 1;
      return real(...args);
    };
    navigator.geolocation.getCurrentPosition = () => {
      page.asked += 1;
    };
  });
  await open(page);
  const asked = () => page.evaluate(() => (window as unknown as { asked: number }).asked);
  expect(await asked()).toBe(0);
  const sent: string[] = [];
  page.on('request', (r) =>
    sent.push(`${r.method()} ${r.url()} ${r.postData() ?? ''} ${JSON.stringify(r.headers())}`),
  );

  await page.getByRole('button', { name: 'Near me' }).click();

  await expect(page.locator('.near-line')).toContainText('± 8 m');
  expect(await asked()).toBe(1);
  // 0.0011 degrees (122 m) north of the site's origin; the gate stands 30 m south of it, the pavilion 38 m north.
  await expect(rows(page)).toHaveText(['Garden pavilion', 'Meridian Gate']);
  await expect(page.locator('.way').nth(1)).toHaveText(/^\s*150 m to the south$/);
  if (await page.locator('.overview').isVisible()) await expect(page.locator('.overview .me')).toHaveCount(1);
  // The arrow points south as on a map, until the device says that it points east itself.
  const arrow = page.locator('.way i').nth(1);
  const turned = async () => Number.parseFloat(await arrow.evaluate((i) => getComputedStyle(i).rotate));
  await expect.poll(turned).toBeCloseTo(180, -1);
  await expect(async () => {
    await page.evaluate(() => {
      const orientation = { absolute: true, alpha: 270, beta: 0, gamma: 0 };
      window.dispatchEvent(new DeviceOrientationEvent('deviceorientationabsolute', orientation));
    });
    expect(await turned()).toBeCloseTo(90, -1);
  }).toPass();
  await settled(page);
  await accessible(page);
  expect(sent.filter((line) => /16[.,]46|107[.,]57|^POST|^PUT/.test(line))).toEqual([]);
  expect(page.url()).not.toMatch(/16\.46|107\.57/);
  await page.getByRole('button', { name: 'Near me' }).click();
  await expect(page.locator('.near-line')).toHaveCount(0);
  expect(watch.problems).toEqual([]);
});

test('who walks a tour sees how far and whereto it goes on, without scrolling', async ({ page, context }) => {
  await context.grantPermissions(['geolocation']);
  await context.setGeolocation({ latitude: 16.4689, longitude: 107.5776, accuracy: 8 });
  await open(page);
  await page.getByRole('button', { name: 'Near me' }).click();
  await expect(page.locator('.near-line')).toContainText('± 8 m');
  await page.evaluate(() => {
    location.hash = '#/t/gate';
  });
  const line = page.locator('.next-stop');
  await expect(line).toContainText(/\d+0 m to the (north|south|east|west)/);
  await settled(page);
  await expect(line).toBeInViewport({ ratio: 1 });
  await accessible(page);
  await legibleByNight(page);
});

test('the small map has the site under it, and follows a camera that leaves it', { tag: '@once' }, async ({
  page,
}) => {
  await open(page);
  const scale = page.locator('.overview .scale text');
  const picture = page.locator('.overview image');
  await expect(picture).toHaveCount(1);
  const [near, first] = [await scale.textContent(), await picture.getAttribute('href')];
  await page.evaluate(() => {
    const { view } = (window as unknown as { heritage: { app: import('../../src/app/app.ts').App } }).heritage
      .app;
    view!.place({ ...view!.rig.orbit, distance: 1500 });
  });
  await expect(scale).not.toHaveText(near!);
  await expect(picture).not.toHaveAttribute('href', first!);
});

test('a press on the small map goes there', { tag: '@once' }, async ({ page }) => {
  await open(page);
  const box = (await page.locator('.overview').boundingBox())!;
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 4);
  await settled(page);
  await expect(page).toHaveURL(/#\/\?camera=/);
  await page.getByRole('button', { name: 'Small map' }).click();
  await expect(page.locator('.overview')).toHaveCount(0);
});

test('open data has a page with files, terms and the address for a GIS', async ({ page }) => {
  await open(page);
  await page.getByRole('link', { name: 'Open data' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Open data');
  await expect(page.locator('.data-set')).toHaveCount(4);
  await expect(page.locator('.address')).toHaveText(/^http:\/\/127\.0\.0\.1:\d+\/api\/$/);
  await accessible(page);
  const file = page.getByRole('link', { name: /GeoJSON/ });
  const answer = await page.request.get((await file.getAttribute('href'))!);
  expect((await answer.json()).features).toHaveLength(2);
});
