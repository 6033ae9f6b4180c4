import type { Page } from '@playwright/test';
import { accessible, expect, legibleByNight, open, settled, test } from './helpers.ts';

test.skip(Boolean(process.env.HERITAGE_URL), 'these tests know the fixture');

/** Mean colour of a square of the canvas around a point of a monument's frame, after the next frame. */
async function colourAt(page: Page, monument: string, position: [number, number, number], half = 3) {
  const at = await page.evaluate(
    ([id, p]) => {
      const { app } = (window as unknown as { heritage: { app: import('../../src/app/app.ts').App } })
        .heritage;
      const m = app.state.release!.monuments.find((x) => x.id === id)!.placement.site_from_monument;
      const site = [0, 1, 2].map((r) => m[r]! * p[0]! + m[4 + r]! * p[1]! + m[8 + r]! * p[2]! + m[12 + r]!);
      return app.view!.stage.project(site as [number, number, number]);
    },
    [monument, position] as const,
  );
  if (!at) throw new Error('the point is behind the camera');
  const shot = await page.screenshot({
    clip: { x: at.x - half, y: at.y - half, width: half * 2, height: half * 2 },
  });
  return await page.evaluate(
    async (bytes) => {
      const bitmap = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
      context.drawImage(bitmap, 0, 0);
      const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
      return [0, 1, 2].map((c) => {
        let sum = 0;
        for (let i = c; i < data.length; i += 4) sum += data[i]!;
        return sum / (data.length / 4);
      });
    },
    [...shot],
  );
}

const LOST: [number, number, number] = [-5, -3, 5];
const GAINED: [number, number, number] = [6, -3, 2.5];
const SAME: [number, number, number] = [-7.5, -3, 1.5];
/** Of the ground, in the afternoon of an equinox. */
const SHADED: [number, number, number] = [10.5, -2, 0];

/** Of the canvas, and for each pixel of the page as the shaders know it. */
const pixels = (page: Page) =>
  page.evaluate(() => {
    const { stage } = (window as unknown as { heritage: { app: import('../../src/app/app.ts').App } })
      .heritage.app.view!;
    const { width, height } = stage.renderer.domElement;
    return { width, height, ratio: stage.pixelRatio.value };
  });

test('the site opens, names its monuments and is accessible', async ({ page }) => {
  await open(page);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('A small imperial precinct');
  await expect(page.locator('.label', { hasText: 'Meridian Gate' })).toBeVisible();
  await expect(page).toHaveTitle('A small imperial precinct');
  await accessible(page);
  await legibleByNight(page);
});

test('a click on a monument in the picture opens it', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  await open(page);
  const at = await page.evaluate(() => {
    const { app } = (window as unknown as { heritage: { app: import('../../src/app/app.ts').App } }).heritage;
    const m = app.state.release!.monuments[0]!.placement.site_from_monument;
    return app.view!.stage.project([m[12]!, m[13]!, 9]);
  });
  await page.mouse.click(at!.x, at!.y);
  await expect(page).toHaveURL(/#\/m\/gate$/);
  await settled(page);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Meridian Gate');
  await expect(page.locator('.claim')).toContainText('Measured 2 May 2024');
  await accessible(page);
});

test('an interpreted state is always marked as one', async ({ page }) => {
  await open(page, '#/m/pavilion');
  await expect(page.locator('.claim')).not.toHaveClass(/interpreted/);
  await page.getByRole('radio', { name: /Interpretation/ }).check({ force: true });
  await settled(page);
  await expect(page.locator('.claim')).toContainText('around 1885 · Interpretation – partly conjectural');
  await expect(page.locator('.claim')).toHaveClass(/interpreted/);
  await expect(page.locator('.claim .certainties li')).toHaveText(['documented', 'probable', 'conjectural']);
  await accessible(page);
});

test('every part of a state says on press and by keyboard what it rests on', async ({ page }) => {
  await open(page, '#/m/pavilion?shown=1885');
  const card = page.locator('.part-card');
  const press = async (place: [number, number, number]) => {
    const at = await page.evaluate((p) => {
      const { app } = (window as unknown as { heritage: { app: import('../../src/app/app.ts').App } })
        .heritage;
      const m = app.state.release!.monuments[1]!.placement.site_from_monument;
      const [x, y, z] = p;
      return app.view!.stage.project([
        m[0]! * x! + m[4]! * y! + m[12]!,
        m[1]! * x! + m[5]! * y! + m[13]!,
        z! + m[14]!,
      ]);
    }, place);
    await page.mouse.click(at!.x, at!.y);
  };
  await press([0, -5, 0.5]);
  await expect(card).toContainText('Platform');
  await expect(card).toContainText('The survey of 2024');
  const claim = (await page.locator('.claim').boundingBox())!;
  expect((await card.boundingBox())!.y).toBeGreaterThan(claim.y + claim.height);
  await press([0, -1.2, 7.3]);
  await expect(card).toContainText('Interpretation, conjectural');
  await expect(card).toContainText('No source: drawn after other pavilions of its time');
  await page.keyboard.press('Escape');
  await expect(card).toHaveCount(0);
  const lower = page.getByRole('button', { name: /Columns and lower roof/ });
  await lower.press('Enter');
  await expect(lower).toHaveAttribute('aria-pressed', 'true');
  await expect(card.getByRole('link', { name: 'Photograph, 1896' })).toBeVisible();
  await expect(card).toContainText('By Heritage · Time shown: around 1885');
  await accessible(page);
  await legibleByNight(page);
  await card.getByRole('button', { name: 'Close' }).press('Enter');
  await expect(lower).toBeFocused();
});

test('certainties are drawn apart from each other, and from what was measured', { tag: '@once' }, async ({
  page,
}) => {
  await open(page, '#/m/pavilion?shown=1885');
  const [platform, roof, crown] = [
    await colourAt(page, 'pavilion', [0, -5.02, 0.45], 9),
    await colourAt(page, 'pavilion', [0, -4.4, 4.7], 9),
    await colourAt(page, 'pavilion', [0, -1.22, 7.3], 9),
  ];
  const apart = (a: number[], b: number[]) => Math.hypot(...a.map((v, k) => v - b[k]!));
  await open(page, '#/m/pavilion?shown=2024');
  const measured = await colourAt(page, 'pavilion', [0, -5.02, 0.45], 9);
  for (const [a, b] of [
    [platform, roof],
    [roof, crown],
    [platform, crown],
    [platform, measured],
  ] as const)
    expect(apart(a!, b!)).toBeGreaterThan(12);
});

test('a state is named and explained in every way of showing it', async ({ page }) => {
  for (const mode of ['swipe', 'side', 'blend']) {
    await open(page, `#/m/pavilion/compare/1885/2024/${mode}`);
    const said = page.locator('.claim.interpreted, .side.interpreted');
    await expect(said).toBeVisible();
    await expect(said).toContainText('Interpretation');
    await expect(said.locator('.certainties li')).toHaveCount(3);
    await expect(page.getByRole('button', { name: /Upper roof/ })).toBeAttached();
  }
});

test('what is measured on an interpretation says that it is none of the monument', { tag: '@once' }, async ({
  page,
}) => {
  await open(page, '#/m/pavilion/measure?shown=1885');
  await expect(page.locator('.claim.interpreted .certainties li')).toHaveCount(3);
  await page.locator('canvas').focus();
  await page.keyboard.press('Enter');
  for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowUp');
  await settled(page);
  await page.keyboard.press('Enter');
  await expect(page.locator('.measures li')).toContainText('on an interpretation');
});

test('a tour cannot hide that it shows an interpretation', { tag: '@once' }, async ({ page }) => {
  const changed = (path: string, change: (document: Record<string, Record<string, unknown>[]>) => void) =>
    page.route(`**/${path}`, async (route) => {
      const response = await route.fetch();
      const document = await response.json();
      change(document);
      await route.fulfill({ response, json: document });
    });
  await changed('release.json', ({ tours }) => Object.assign(tours![0]!, { monument: 'pavilion' }));
  await changed('tour.json', (document) => {
    Object.assign(document.stops![1]!, { show: { epoch: null, state: '1885' }, annotations: [] });
    Object.assign(document, { stops: document.stops!.slice(0, 2) }); // the others are of the gate's surveys
  });
  await open(page, '#/t/gate/roof');
  await expect(page.locator('.claim')).toContainText('Interpretation');
  await expect(page.locator('.claim.interpreted .certainties li')).toHaveCount(3);
  await page.getByRole('button', { name: /Upper roof/ }).press('Enter');
  await expect(page.locator('.part-card')).toContainText('No source');
});

test('a tour goes through all its stops and back by the address', { tag: '@once' }, async ({ page }) => {
  await open(page, '#/t/gate');
  const heading = page.getByRole('heading', { level: 1 });
  const next = page.getByRole('button', { name: 'Next stop' });
  const seen: (string | null)[] = [];
  for (let i = 0; i < 4; i++) {
    seen.push(await heading.textContent());
    await expect(page.locator('[aria-live="polite"]')).toContainText(`Stop ${i + 1} of 4`);
    if (i < 3) await next.click();
  }
  expect(seen).toEqual(['The approach', 'The roof', 'Then and now', 'What has changed']);
  await expect(next).toHaveAttribute('aria-disabled', 'true');
  await expect(page).toHaveURL(/#\/t\/gate\/change$/);
  await settled(page);
  await accessible(page);
  await page.getByRole('button', { name: 'Previous stop' }).click();
  await expect(heading).toHaveText('Then and now');
  await settled(page);
  await accessible(page);
});

test('a tour plays by itself, with captions, and stops for a hand on the scene', async ({
  page,
  isMobile,
}) => {
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  await open(page, '#/t/gate');
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await expect(page.locator('.caption')).toContainText('main gate');
  const [words, buttons] = await Promise.all(
    ['.caption', '.tools.low'].map(async (name) => (await page.locator(name).boundingBox())!),
  );
  expect(words!.x + words!.width, 'the caption stands beside the buttons').toBeLessThanOrEqual(buttons!.x);
  if (!isMobile) {
    const overview = (await page.locator('.overview').boundingBox())!;
    expect(words!.x + words!.width, 'and beside the small map').toBeLessThanOrEqual(overview.x);
  }
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('The roof', { timeout: 15_000 });
  await page.locator('canvas').focus();
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Back to the stop' }).click();
  await expect(page.getByRole('button', { name: 'Back to the stop' })).toBeHidden();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('The roof');
});

test('the language changes where one is', async ({ page }) => {
  await open(page, '#/t/gate/roof');
  await page.getByLabel('Language').selectOption('vi');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Mái ngói');
  await expect(page).toHaveURL(/lang=vi.*#\/t\/gate\/roof$/);
  await expect(page.locator('html')).toHaveAttribute('lang', 'vi');
  await page.getByLabel('Ngôn ngữ').selectOption('fr');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Le toit');
  await accessible(page);
});

test('the swipe moves by keyboard and shows each side its survey', { tag: '@once' }, async ({ page }) => {
  await open(page, '#/m/gate/compare/2019/2024/swipe');
  const handle = page.getByRole('slider', { name: 'Comparison line' });
  await expect(handle).toHaveAttribute('aria-valuenow', '50');
  await accessible(page);
  await handle.focus();
  await page.keyboard.press('End');
  await expect(handle).toHaveAttribute('aria-valuenow', '100');
  await settled(page);
  const before = await colourAt(page, 'gate', GAINED);
  await page.keyboard.press('Home');
  await settled(page);
  const after = await colourAt(page, 'gate', GAINED);
  // New mortar is brighter than old brick.
  expect(after[1]! - before[1]!).toBeGreaterThan(40);
  await page.keyboard.press('PageUp');
  await expect(handle).toHaveAttribute('aria-valuenow', '10');
  await expect(page.locator('.side.left')).toContainText('2019');
  await expect(page.locator('.side.right')).toContainText('2024');
});

test('the swipe follows the pointer', async ({ page }) => {
  await open(page, '#/m/gate/compare/2019/2024/swipe');
  const handle = page.getByRole('slider', { name: 'Comparison line' });
  const box = (await handle.boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 + 80, box.y + box.height / 2, { steps: 4 });
  await page.mouse.up();
  await expect.poll(async () => Math.abs((await handle.boundingBox())!.x - box.x - 80)).toBeLessThan(2);
});

test('the change map colours loss, gain and nothing, and the threshold is the visitor’s', {
  tag: '@once',
}, async ({ page }) => {
  await open(page, '#/m/gate/compare/2019/2024/change');
  await accessible(page);
  const [lost, gained, same] = [
    await colourAt(page, 'gate', LOST),
    await colourAt(page, 'gate', GAINED),
    await colourAt(page, 'gate', SAME),
  ];
  expect(lost[2]! - lost[0]!).toBeGreaterThan(60); // blue
  expect(gained[0]! - gained[2]!).toBeGreaterThan(60); // orange
  expect(Math.max(...same) - Math.min(...same)).toBeLessThan(15); // neutral
  const threshold = page.getByRole('slider', { name: 'Threshold' });
  await threshold.focus();
  await page.keyboard.press('End');
  await settled(page);
  const quiet = await colourAt(page, 'gate', GAINED);
  expect(Math.max(...quiet) - Math.min(...quiet)).toBeLessThan(15);
  await page.getByText('Figures').click();
  await expect(page.getByRole('row', { name: /Volume lost/ })).toContainText('2.94 m³');
});

test('the points a survey measured are shown by label, and a label can be put away', {
  tag: '@once',
}, async ({ page }) => {
  await open(page, '#/m/gate');
  await expect(page.getByText('Dotted parts (3.4 m²)')).toBeVisible();
  const TREE: [number, number, number] = [13, -4, 4.5];
  await page.getByRole('radio', { name: 'By label' }).check();
  await settled(page);
  await accessible(page);
  const labelled = await colourAt(page, 'gate', TREE, 8);
  expect(labelled[1]! - labelled[0]!).toBeGreaterThan(60); // the green of vegetation
  await page.getByRole('checkbox', { name: 'Vegetation' }).uncheck();
  await settled(page);
  const without = await colourAt(page, 'gate', TREE, 8);
  expect(without[1]! - without[0]!).toBeLessThan(20);
  const wall = await colourAt(page, 'gate', SAME, 8);
  expect(Math.max(...wall) - Math.min(...wall)).toBeLessThan(20); // the grey of what was kept
  await page.getByRole('radio', { name: 'Surface' }).check();
  await settled(page);
  expect(await page.getByRole('checkbox', { name: 'Vegetation' }).count()).toBe(0);
});

test('a comparison that was not measured offers no change map', { tag: '@once' }, async ({ page }) => {
  await open(page, '#/m/pavilion/compare/1885/2024/swipe');
  await expect(page.getByRole('radio', { name: 'Change' })).toBeDisabled();
  await expect(page.locator('.side.left')).toHaveClass(/interpreted/);
  await page.getByRole('radio', { name: 'Blend' }).check({ force: true });
  await settled(page);
  await expect(page.locator('.claim')).toHaveClass(/interpreted/);
  await accessible(page);
});

test('the camera obeys the keyboard and stays above the ground', { tag: '@once' }, async ({ page }) => {
  await open(page, '#/m/gate');
  const height = () =>
    page.evaluate(() => {
      const { app } = (window as unknown as { heritage: { app: import('../../src/app/app.ts').App } })
        .heritage;
      return app.view!.stage.camera.position.y;
    });
  const start = await height();
  await page.locator('canvas').focus();
  for (let i = 0; i < 30; i++) await page.keyboard.press('ArrowDown');
  await settled(page);
  const low = await height();
  expect(low).toBeLessThan(start);
  expect(low).toBeGreaterThan(0.3);
  await page.keyboard.press('h');
  await settled(page);
  expect(await height()).toBeCloseTo(start, 2);
});

test('help opens and closes by key', { tag: '@once' }, async ({ page }) => {
  await open(page);
  await page.locator('canvas').focus();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeVisible();
  await accessible(page);
  await legibleByNight(page);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  // Closed by its own button it gives the keyboard back, too.
  const help = page.getByRole('button', { name: 'How to look around' });
  await help.press('Enter');
  await page.getByRole('button', { name: 'Close' }).press('Enter');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(help).toBeFocused();
});

test('a lost graphics context comes back', { tag: '@once' }, async ({ page }) => {
  await open(page, '#/m/gate?sun=2026-03-20T15:00');
  const before = await colourAt(page, 'gate', SAME);
  const shadow = await colourAt(page, 'gate', SHADED);
  await page.evaluate(() => {
    const gl = document.querySelector('canvas')!.getContext('webgl2')!;
    const loss = gl.getExtension('WEBGL_lose_context')!;
    loss.loseContext();
    setTimeout(() => loss.restoreContext(), 300);
  });
  await expect(page.getByText('The graphics were interrupted')).toBeVisible();
  await expect(page.getByText('The graphics were interrupted')).toBeHidden();
  await settled(page);
  const after = await colourAt(page, 'gate', SAME);
  const shadowAfter = await colourAt(page, 'gate', SHADED);
  for (let c = 0; c < 3; c++) expect(Math.abs(after[c]! - before[c]!)).toBeLessThan(6);
  for (let c = 0; c < 3; c++) expect(Math.abs(shadowAfter[c]! - shadow[c]!)).toBeLessThan(6);
});

test('zoomed, the picture is as sharp as before', { tag: '@once' }, async ({ page }) => {
  await open(page, '#/m/gate');
  const session = await page.context().newCDPSession(page);
  // As browsers zoom to 150 %: fewer pixels of the page, each of more of the screen.
  const zoomed = { width: 960, height: 600, deviceScaleFactor: 0.75 };
  await session.send('Emulation.setDeviceMetricsOverride', { ...zoomed, mobile: false });
  await expect.poll(() => pixels(page)).toEqual({ width: 720, height: 450, ratio: 0.75 });
  await settled(page);
});

test('a tour opened by a press plays at once, and fetches on the first flight what it ends on', {
  tag: '@once',
}, async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  await open(page);
  // What the gate's tiles are chosen for while the first flight lasts: the picture on screen, and where it ends.
  const flown = page.evaluate(
    () =>
      new Promise<number>((done) => {
        const { app } = (window as unknown as { heritage: { app: import('../../src/app/app.ts').App } })
          .heritage;
        let most = 0;
        const look = () => {
          const { current } = app.tours;
          if (current && (current.state.phase !== 'move' || current.state.stop > 0)) {
            done(most);
            return;
          }
          const gate = app.view!.onScreen.standing.find((c) => c.of.monument.id === 'gate');
          if (current && gate) most = Math.max(most, gate.tiles.cameras.length);
          requestAnimationFrame(look);
        };
        look();
      }),
  );
  await page.getByRole('link', { name: /Before the Meridian Gate/ }).click();
  expect(await flown).toBe(2);
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
});

test('the phone’s sheet has three heights, by key and by finger', async ({ page, isMobile }) => {
  test.skip(!isMobile, 'a desktop has a panel beside the scene');
  await open(page, '#/t/gate');
  const handle = page.getByRole('button', { name: 'Height of the sheet' });
  const height = async () => (await page.locator('.panel').boundingBox())!.height;
  const rest = () => page.waitForTimeout(400);
  const half = await height();
  await handle.focus();
  await page.keyboard.press('ArrowUp');
  await rest();
  const full = await height();
  expect(full).toBeGreaterThan(700);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await rest();
  const peek = await height();
  expect(peek).toBeLessThan(half);
  await expect(handle).toHaveAttribute('aria-expanded', 'false');
  await expect(page.getByRole('button', { name: 'Next stop' })).toBeInViewport();
  const box = (await handle.boundingBox())!;
  await page.mouse.move(box.x + 200, box.y + 8);
  await page.mouse.down();
  await page.mouse.move(box.x + 200, box.y - 500, { steps: 12 });
  await page.mouse.up();
  await rest();
  expect(await height()).toBeCloseTo(full, 0);
  // What a phone keeps for a sign of its own at its lower edge is no part of the sheet's least height.
  const browser = await page.context().newCDPSession(page);
  await browser.send('Emulation.setSafeAreaInsetsOverride', { insets: { bottom: 34 } });
  await handle.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await rest();
  expect(await height()).toBeCloseTo(peek + 34, 0);
});

test('the player is in the window, however low that is', { tag: '@once' }, async ({ page }) => {
  await page.setViewportSize({ width: 720, height: 450 });
  await open(page, '#/t/gate/detail');
  const play = page.locator('.transport .play');
  for (const [width, height] of [
    [720, 450],
    [320, 568],
    [360, 560],
    [375, 553],
    [640, 360],
    [844, 390],
  ] as const) {
    await page.setViewportSize({ width, height });
    const bottom = async () => {
      const box = (await play.boundingBox())!;
      return box.y + box.height;
    };
    await expect.poll(bottom, { message: `${width} × ${height}` }).toBeLessThanOrEqual(height);
    const tools = await page.locator('.tools').evaluateAll((groups) =>
      groups.map((group) => {
        const { left, right, top, bottom } = group.getBoundingClientRect();
        return { left, right, top, bottom };
      }),
    );
    const [a, b] = tools as [(typeof tools)[0], (typeof tools)[0]];
    const apart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
    expect(apart, `tools at ${width} × ${height}`).toBe(true);
    expect(Math.min(a.top, b.top, a.left, b.left)).toBeGreaterThanOrEqual(0);
  }
});

test('one finger turns, two fingers zoom', async ({ page, isMobile }) => {
  test.skip(!isMobile, 'needs a touch screen');
  await open(page, '#/m/gate');
  const orbit = () =>
    page.evaluate(() => {
      const { app } = (window as unknown as { heritage: { app: import('../../src/app/app.ts').App } })
        .heritage;
      const { heading, distance } = app.view!.rig.orbit;
      return { heading, distance };
    });
  const client = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...points: [number, number][]) =>
    client.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: points.map(([x, y], id) => ({ x, y, id })),
    });
  const start = await orbit();
  await touch('touchStart', [150, 250]);
  for (let x = 160; x <= 250; x += 15) await touch('touchMove', [x, 250]);
  await touch('touchEnd');
  await settled(page);
  const turned = await orbit();
  expect(Math.abs(turned.heading - start.heading)).toBeGreaterThan(0.2);
  expect(turned.distance).toBeCloseTo(start.distance, 6);
  await touch('touchStart', [170, 250], [220, 250]);
  for (let d = 25; d <= 75; d += 10) await touch('touchMove', [195 - d, 250], [195 + d, 250]);
  await touch('touchEnd');
  await settled(page);
  const near = await orbit();
  expect(near.distance).toBeLessThan(turned.distance * 0.6);
  await expect(page).toHaveURL(/#\/m\/gate(\?camera=|$)/); // no tap was seen in the gestures
});
