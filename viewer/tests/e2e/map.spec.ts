import type { App } from '../../src/app/app.ts';
import { accessible, expect, open, settled, test } from './helpers.ts';

test.skip(Boolean(process.env.HERITAGE_URL), 'these tests know the fixture');

type Debug = { heritage: { app: App } };
type Setting = { setting: { buildings: { tiles: { errorTarget: number } } } };

test('a press on a building tells which one it is, and how its height is known', async ({ page }) => {
  await open(page);
  /** Look at a place from above, so that no panel lies over it, and press it. */
  const press = async (east: number, north: number, up: number) => {
    const place = [east, north, up] as [number, number, number];
    await page.evaluate((target) => {
      const { view } = (window as unknown as Debug).heritage.app;
      view!.place({ target, distance: 90, heading: 0, pitch: 1.2, fovDeg: 45 });
    }, place);
    await settled(page);
    const at = await page.evaluate(
      (p) => (window as unknown as Debug).heritage.app.view!.stage.project(p),
      place,
    );
    await page.mouse.click(at!.x, at!.y);
    return page.evaluate(() => (window as unknown as Debug).heritage.app.state.building);
  };
  expect(await press(30, 20, 7)).toEqual({
    id: 'hall',
    name: 'Tả Vu',
    height_m: 7,
    height_source: 'attribute',
  });
  expect(await press(6, 66, 4)).toMatchObject({ id: 'shrine', height_m: 4, height_source: 'assumed' });
  // Whoever gets the address sees the same card, from where it was pressed.
  await expect(page).toHaveURL(/#\/\?building=shrine&camera=6\.00,66\.00,/);
  await page.reload();
  await page.waitForFunction(() => 'heritage' in window);
  await settled(page);
  await expect(page.locator('.building')).toContainText('Height not known; drawn 4 m high');
  await expect(page).toHaveURL(/#\/\?building=shrine&camera=6\.00,66\.00,/);
  expect(await press(15, 40, 0)).toBeNull();
  await expect(page).not.toHaveURL(/building/);

  // One that the map does not have is not looked for without end: the map would stay finer, and a phone slower.
  const error = () =>
    page.evaluate(() => {
      const { setting } = (window as unknown as Debug).heritage.app.view as unknown as Setting;
      return setting.buildings.tiles.errorTarget;
    });
  const plain = await error();
  await page.evaluate(
    () =>
      new Promise((entered) => {
        window.addEventListener('hashchange', entered, { once: true });
        location.hash = '#/?building=nobody';
      }),
  );
  expect(await error()).toBeLessThan(plain);
  await expect.poll(error).toBe(plain);
});

test('the building of a monument whose tiles are there is not drawn', { tag: '@once' }, async ({ page }) => {
  await open(page);
  const drawn = await page.evaluate(() => {
    const { view } = (window as unknown as Debug).heritage.app;
    const features = new Set<string>();
    view!.stage.scene.traverse((object) => {
      const { geometry, userData } = object as import('three').Mesh;
      if (!userData.table || !(object as import('three').Mesh).isMesh) return;
      const index = geometry.getIndex()!;
      const feature = geometry.getAttribute('_feature_id_0');
      for (let i = 0; i < index.count; i++) {
        features.add(String(userData.table.text('id', feature.getX(index.getX(i)))));
      }
    });
    return [...features].sort();
  });
  expect(drawn).toEqual(['hall', 'lodge', 'shrine', 'store', 'wall-e', 'wall-w']);
});

test('every tileset has its own share of the memory', { tag: '@once' }, async ({ page }) => {
  await open(page);
  const bytes = await page.evaluate(() => {
    const view = (window as unknown as Debug).heritage.app.view!;
    const { setting } = view as unknown as { setting: { buildings: { tiles: { lruCache: unknown } } } };
    const { cachedBytes } = setting.buildings.tiles.lruCache as { cachedBytes: number };
    return [...view.conditions.all()].map((c) => c.bytes).concat(cachedBytes);
  });
  expect(bytes).toHaveLength(3);
  expect(Math.min(...bytes)).toBeGreaterThan(0);
  expect(new Set(bytes).size).toBe(3);
});

test('names never lie over each other, from wherever one looks', async ({ page }) => {
  await open(page);
  const { seen, hidden, over } = await page.evaluate(async () => {
    const { app } = (window as unknown as Debug).heritage;
    const { view } = app;
    const drawn = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const counts = { seen: 0, hidden: 0, over: [] as string[] };
    for (const distance of [120, 700])
      for (let k = 0; k < 8; k++) {
        const heading = (k * Math.PI) / 4;
        view!.place({ ...view!.rig.orbit, distance, heading, pitch: 0.3 });
        await drawn();
        const labels = [...document.querySelectorAll<HTMLElement>('.label')];
        const boxes = labels
          .filter((label) => label.style.visibility !== 'hidden')
          .map((label) => label.querySelector('.name')!.getBoundingClientRect());
        counts.seen += boxes.length;
        counts.hidden += labels.length - boxes.length;
        for (const [i, a] of boxes.entries())
          for (const b of boxes.slice(i + 1))
            if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
              counts.over.push(`heading ${k} at ${distance} m`);
      }
    return counts;
  });
  expect(over).toEqual([]);
  expect(seen).toBeGreaterThan(16);
  expect(hidden).toBeGreaterThan(0);
});

test('the sun casts shadows only when it is asked for, and then the scene rests again', {
  tag: '@once',
}, async ({ page }) => {
  await open(page);
  const shine = async (minutes: number | null) => {
    await page.evaluate(
      (m) =>
        (window as unknown as Debug).heritage.app.shine(
          m === null ? null : { date: '2026-03-20', minutes: m },
        ),
      minutes,
    );
    await settled(page);
    return page.evaluate(() => (window as unknown as Debug).heritage.app.view!.stage.daylight.shadows);
  };
  expect(await shine(null)).toBe(false);
  expect(await shine(15 * 60)).toBe(true);
  const frames = () =>
    page.evaluate(() => (window as unknown as Debug).heritage.app.view!.stage.renderer.info.render.frame);
  const before = await frames();
  await page.waitForTimeout(400);
  expect(await frames()).toBe(before);
  expect(await shine(2 * 60)).toBe(false);
});

test('the map comes also where no monument is in view', { tag: '@once' }, async ({ page }) => {
  await page.goto('./?debug&lang=en#/');
  await page.waitForFunction(() => 'heritage' in window);
  await page.evaluate(() => {
    const { view } = (window as unknown as Debug).heritage.app;
    view!.place({ target: [-48, 8, 0], distance: 30, heading: -1.2, pitch: 0.9, fovDeg: 45 });
  });
  await settled(page);
  const state = await page.evaluate(() => {
    const { app } = (window as unknown as Debug).heritage;
    return { arrived: app.state.arrived, lines: app.view!.stage.renderer.info.render.lines };
  });
  expect(state.arrived).toBe(true);
  expect(state.lines).toBeGreaterThan(0);
});

test('the sun is set by keyboard alone, and Escape gives the button back', { tag: '@once' }, async ({
  page,
}) => {
  await open(page);
  const tool = page.locator('details.sun summary');
  await tool.focus();
  await page.keyboard.press('Enter');
  const sheet = page.locator('.sun-sheet');
  await expect(sheet).toBeVisible();
  await accessible(page);
  const whole = page.viewportSize()!;
  for (const [width, height] of [
    [720, 450],
    [320, 568],
    [640, 360],
  ] as const) {
    await page.setViewportSize({ width, height });
    const inside = () =>
      sheet.evaluate((e) => {
        const { left, top, right, bottom } = e.getBoundingClientRect();
        return Math.min(left, top, innerWidth - right, innerHeight - bottom) >= 0;
      });
    await expect.poll(inside, { message: `${width} × ${height}` }).toBe(true);
    await page.getByRole('button', { name: 'The map’s own light' }).click({ trial: true });
  }
  await page.setViewportSize(whole);
  const date = page.getByRole('textbox', { name: 'Date', exact: true });
  await date.fill('2026-03-20');
  await date.blur();
  const time = page.getByRole('slider', { name: 'Time' });
  await time.focus();
  await page.keyboard.press('Home');
  await expect(sheet).toContainText('below the horizon');
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowLeft');
  await expect(time).toHaveAttribute('aria-valuetext', '23:40');
  await page.getByRole('button', { name: 'The map’s own light' }).focus();
  await page.keyboard.press('Enter');
  expect(await page.evaluate(() => (window as unknown as Debug).heritage.app.state.sun)).toBeNull();
  await page.keyboard.press('Escape');
  await expect(sheet).toBeHidden();
  await expect(tool).toBeFocused();
});
