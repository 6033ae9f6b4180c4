import type { Page } from '@playwright/test';
import { accessible, expect, legibleByNight, open, settled, test } from './helpers.ts';

// Pixels of the picture are read at places of the page: one for each.
test.use({ deviceScaleFactor: 1 });

test.skip(Boolean(process.env.HERITAGE_URL), 'these tests know the fixture');

type App = import('../../src/app/app.ts').App;
type Box = { x: number; y: number; width: number; height: number };
const PAIR = '#/m/gate/compare/2019/2024';
const GAINED: [number, number, number] = [6, -3, 2.5];

/** The mean colour of the drawn canvas round a point of the gate's frame in a pane. */
const colourIn = (page: Page, pane: number, half = 3) =>
  page.evaluate(
    ([p, i, h]) => {
      const { app } = (window as unknown as { heritage: { app: App } }).heritage;
      const { stage } = app.view!;
      const m = app.state.release!.monuments[0]!.placement.site_from_monument;
      const site = [0, 1, 2].map((r) => m[r]! * p[0]! + m[4 + r]! * p[1]! + m[8 + r]! * p[2]! + m[12 + r]!);
      const at = stage.project(site as [number, number, number], i)!;
      return new Promise<number[]>((resolve) => {
        const drawn = stage.onDrawn;
        stage.onDrawn = () => {
          drawn();
          stage.onDrawn = drawn;
          const gl = stage.renderer.getContext();
          const bytes = new Uint8Array(h * h * 16);
          gl.readPixels(
            at.x - h,
            stage.viewport.height - at.y - h,
            2 * h,
            2 * h,
            gl.RGBA,
            gl.UNSIGNED_BYTE,
            bytes,
          );
          resolve(
            [0, 1, 2].map((c) => bytes.filter((_, k) => k % 4 === c).reduce((a, b) => a + b) / (4 * h * h)),
          );
        };
        stage.invalidate();
      });
    },
    [GAINED, pane, half] as const,
  );

test('side by side each pane shows its survey, by one camera', async ({ page }) => {
  await open(page, `${PAIR}/side`);
  await expect(page.locator('.side')).toHaveCount(2);
  await accessible(page);
  const apart = async () => (await colourIn(page, 1))[1]! - (await colourIn(page, 0))[1]!;
  expect(await apart()).toBeGreaterThan(40); // new mortar is brighter than old brick
  await page.locator('canvas').focus();
  await page.keyboard.press('ArrowLeft');
  await settled(page);
  expect(await apart()).toBeGreaterThan(40);
  await page.getByRole('radio', { name: 'Swipe' }).check({ force: true });
  await settled(page);
  await expect(page.locator('.divider')).toHaveCount(0);
});

test('the swipe’s line can lie, moves by arrow up and down, and is in the address', async ({ page }) => {
  await open(page, `${PAIR}/swipe`);
  await page.getByRole('radio', { name: 'Lying' }).check({ force: true });
  await settled(page);
  const handle = page.getByRole('slider', { name: 'Comparison line' });
  await expect(handle).toHaveAttribute('aria-orientation', 'vertical');
  const upper = await colourIn(page, 0);
  await handle.focus();
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowUp');
  await expect(handle).toHaveAttribute('aria-valuenow', '98');
  await settled(page);
  const below = await colourIn(page, 0); // all of the picture is the upper survey now
  expect(Math.abs(below[1]! - upper[1]!)).toBeGreaterThan(40);
  await expect(page).toHaveURL(/at=0.98&line=lying/);
  await accessible(page);
  const box = (await handle.boundingBox())!;
  await page.mouse.move(box.x + 28, box.y + 28);
  await page.mouse.down();
  await page.mouse.move(box.x + 28, box.y - 52, { steps: 4 });
  await page.mouse.up();
  // A move is told with the next frame.
  await expect.poll(async () => Math.abs((await handle.boundingBox())!.y - box.y + 80)).toBeLessThan(2);
});

test('a finger moves the swipe’s line, and neither page nor camera with it', async ({ page, isMobile }) => {
  test.skip(!isMobile, 'a mouse is no finger');
  await open(page, `${PAIR}/swipe`);
  const handle = page.getByRole('slider', { name: 'Comparison line' });
  const orbit = () =>
    page.evaluate(() => {
      const { app } = (window as unknown as { heritage: { app: App } }).heritage;
      return JSON.stringify(app.view!.rig.orbit);
    });
  const [before, box] = [await orbit(), (await handle.boundingBox())!];
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const session = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', to: number) =>
    session.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: type === 'touchEnd' ? [] : [{ x: to, y: y + 3 }],
    });
  await touch('touchStart', x);
  for (const step of [10, 30, 60, 90]) await touch('touchMove', x - step);
  await touch('touchEnd', x - 90);
  await expect.poll(async () => Math.abs((await handle.boundingBox())!.x - box.x + 90)).toBeLessThan(2);
  expect(await orbit()).toBe(before);
  expect(await page.evaluate(() => window.scrollY)).toBe(0);
});

test('a blend is a true mixture where the device bears it, a dither where not', { tag: '@once' }, async ({
  page,
}) => {
  await open(page, `${PAIR}/blend`);
  const ends: number[][] = [];
  for (const position of [0, 1]) {
    await page.evaluate((at) => {
      const { app } = (window as unknown as { heritage: { app: App } }).heritage;
      app.comparing.adjust({ position: at });
    }, position);
    await settled(page);
    ends.push(await colourIn(page, 0, 6));
  }
  const blended = async (strong: boolean) => {
    await page.evaluate(async (mix) => {
      const { app } = (window as unknown as { heritage: { app: App } }).heritage;
      app.view!.onScreen.mixed = mix;
      app.comparing.adjust({ position: 0.5 });
    }, strong);
    await settled(page);
    return { wide: await colourIn(page, 0, 6), narrow: await colourIn(page, 0, 1) };
  };
  for (const strong of [false, true]) {
    const { wide, narrow } = await blended(strong);
    for (let c = 0; c < 3; c++) {
      const half = (ends[0]![c]! + ends[1]![c]!) / 2;
      expect(Math.abs(wide[c]! - half)).toBeLessThan(strong ? 3 : 14);
      if (strong) expect(Math.abs(narrow[c]! - half)).toBeLessThan(12);
    }
  }
});

test('a region of change is a press away, is marked, and is in the address', { tag: '@once' }, async ({
  page,
}) => {
  await open(page, `${PAIR}/change`);
  const row = page.getByRole('button', { name: /· lost/ }).first();
  await expect(row).toContainText('±');
  await row.click();
  await settled(page);
  await expect(row).toHaveAttribute('aria-pressed', 'true');
  await expect(page.locator('.marks .region')).toHaveCount(1);
  await expect(page).toHaveURL(/region=r\d/);
  await expect(page.getByText('not comparable: vegetation')).toBeAttached();
  await accessible(page);
  await legibleByNight(page);
  await row.click();
  await expect(page.locator('.marks .region')).toHaveCount(0);
});

test('the colours of change are the visitor’s', { tag: '@once' }, async ({ page }) => {
  await open(page, `${PAIR}/change`);
  const orange = await colourIn(page, 0);
  expect(orange[0]!).toBeGreaterThan(orange[1]!);
  await page.getByRole('radio', { name: 'Purple and green' }).check({ force: true });
  await settled(page);
  const green = await colourIn(page, 0);
  expect(green[1]!).toBeGreaterThan(green[0]!);
  await expect(page).toHaveURL(/colours=purple-green/);
  // Where the system gives the colours, the legend keeps its own, and what is chosen is still told from what is not.
  await page.emulateMedia({ forcedColors: 'active' });
  const grounds = (elements: string) =>
    page
      .locator(elements)
      .evaluateAll((found) => new Set(found.map((e) => getComputedStyle(e).background)).size);
  expect(await grounds('.keys > li > .key')).toBe(4);
  expect(await grounds('.swatches span')).toBe(3);
  expect(await grounds('.swatches label')).toBe(2);
  expect(await grounds('.segments.four label')).toBe(2);
});

test('no frame is drawn while nothing moves, in any way of comparing', { tag: '@once' }, async ({ page }) => {
  for (const mode of ['swipe', 'side', 'blend', 'change']) {
    await open(page, `${PAIR}/${mode}`);
    await page.waitForTimeout(600);
    const frames = () =>
      page.evaluate(
        () =>
          (window as unknown as { heritage: { app: App } }).heritage.app.view!.stage.renderer.info.render
            .frame,
      );
    const before = await frames();
    await page.waitForTimeout(500);
    expect(await frames(), mode).toBe(before);
  }
});

test('what is set for the change map outlasts another way of comparing', { tag: '@once' }, async ({
  page,
}) => {
  await open(page, `${PAIR}/change?colours=teal-brown&above=0.05&range=0.2`);
  await page.getByRole('radio', { name: 'Swipe' }).check({ force: true });
  await expect(page).toHaveURL(/swipe\?/);
  await settled(page);
  await page.getByRole('radio', { name: 'Change' }).check({ force: true });
  await settled(page);
  await expect(page).toHaveURL(/change\?colours=teal-brown&range=0.2&above=0.05/);
  await expect(page.getByRole('radio', { name: 'Teal and brown' })).toBeChecked();
  // Another pair has figures of its own.
  await page.getByRole('button', { name: 'Swap sides' }).click();
  await expect(page).toHaveURL(/2024\/2019\/swipe\?colours=teal-brown&above=0.05$/);
});

test('in a low window the small map waits to be asked for, and never covers the swipe’s handle', {
  tag: '@once',
}, async ({ page }) => {
  await page.setViewportSize({ width: 1000, height: 700 });
  await open(page, `${PAIR}/swipe`);
  await expect(page.locator('.overview')).toBeVisible();
  await page.setViewportSize({ width: 844, height: 390 });
  await expect(page.locator('.overview')).toHaveCount(0);
  await page.getByRole('button', { name: 'Small map' }).click();
  await expect(page.locator('.overview')).toBeVisible();
  const handle = page.locator('.swipe [role="slider"]');
  const hit = await handle.evaluate((e) => {
    const { x, y, width, height } = e.getBoundingClientRect();
    return e.contains(document.elementFromPoint(x + width / 2, y + height / 2));
  });
  expect(hit).toBe(true);
  // A phone that lies: its card leaves the scene more than a strip, and the buttons leave the names their place.
  for (const [width, height] of [
    [844, 390],
    [640, 360],
  ] as const) {
    await page.setViewportSize({ width, height });
    await expect.poll(async () => (await page.locator('.panel').boundingBox())!.width).toBeLessThan(400);
    const [name, tools] = (await Promise.all([
      page.locator('.side.right').boundingBox(),
      page.locator('.tools.low').boundingBox(),
    ])) as [Box, Box];
    expect(name.y + name.height, `${width} × ${height}`).toBeLessThanOrEqual(tools.y);
    expect(name.width, `${width} × ${height}`).toBeGreaterThan(100);
  }
});

test('in a very narrow window the names of both sides stay in their halves', { tag: '@once' }, async ({
  page,
}) => {
  await page.setViewportSize({ width: 320, height: 568 });
  await open(page, '#/m/pavilion/compare/1885/2024/swipe', 'fr');
  await expect(page.locator('.side .certainties li').first()).toBeVisible();
  const over = await page.locator('.side').evaluateAll((sides) =>
    sides.map((side) => {
      const box = side.getBoundingClientRect();
      const parts = [...side.querySelectorAll('span')].map((p) => p.getBoundingClientRect());
      const across = side.classList.contains('left') ? box.right - 160 : 160 - box.left;
      return [Math.max(...parts.map((p) => p.right - box.right)), across];
    }),
  );
  for (const [out, across] of over) {
    expect(out).toBeLessThan(0);
    expect(across).toBeLessThan(0);
  }
  // Letters of twice the size, as the browser is asked for them: all of them grow, and nothing is cut off.
  const body = page.locator('.panel .body');
  const size = () => body.evaluate((e) => Number.parseFloat(getComputedStyle(e).fontSize));
  await page.setViewportSize({ width: 390, height: 844 });
  const before = await size();
  await page.evaluate(() => {
    document.documentElement.style.fontSize = '200%';
  });
  expect(await size()).toBe(2 * before);
  expect(await body.evaluate((e) => e.scrollWidth - e.clientWidth)).toBe(0);
  // Nor is a word that is longer than a line.
  const right = await page.locator('.panel .crumb').evaluate((e) => {
    e.querySelector('span:last-child')!.textContent = 'Kaiserstadtbefestigungsanlagenmusterbeispiel';
    return e.getBoundingClientRect().right;
  });
  expect(right).toBeLessThanOrEqual(390);
});
