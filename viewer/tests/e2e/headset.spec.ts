// Virtual reality through the emulator of a headset: from entering to the last stop, and what can go wrong.
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, open, test } from './helpers.ts';

test.skip(Boolean(process.env.HERITAGE_URL), 'these tests know the fixture');
test.skip(({ isMobile }) => isMobile, 'a headset has a window of its own');
// Both eyes of a small window: nothing here depends on its size. Pixels are counted, so there is one for each of the page's.
test.use({ viewport: { width: 640, height: 480 }, deviceScaleFactor: 1 });

const EMULATOR = join(import.meta.dirname, '../../node_modules/iwer/build/iwer.min.js');

type App = import('../../src/app/app.ts').App;
type Device = import('iwer').XRDevice;
interface Page_ {
  heritage: { app: App };
  device: Device;
}
declare const window: Page_ & typeof globalThis.window;

async function wear(page: Page, hash: string, language = 'en'): Promise<void> {
  await page.addInitScript({ path: EMULATOR });
  await page.addInitScript(() => {
    const { XRDevice, metaQuest3 } = (globalThis as unknown as { IWER: typeof import('iwer') }).IWER;
    const device = new XRDevice(metaQuest3, { stereoEnabled: true });
    device.installRuntime({ forceInstall: true });
    device.position.set(0, 1.6, 0);
    Object.assign(globalThis, { device });
  });
  await open(page, hash, language);
}

async function enter(page: Page): Promise<void> {
  await page.locator('heritage-vr button').click();
  await page.waitForFunction(() => window.heritage.app.headset?.placed, null, { timeout: 60_000 });
}

/** Point the right controller at a place of the scene, in three's axes: from beside the hip. */
const point = (page: Page, at: readonly number[]) =>
  page.evaluate((target) => {
    const { body } = window.heritage.app.headset!;
    const right = window.device.controllers.right!;
    const [x, y, z] = target as [number, number, number];
    const local = body.room.worldToLocal(body.room.position.clone().set(x, y, z));
    const from = { x: 0.2, y: 1.2, z: -0.1 };
    right.position.set(from.x, from.y, from.z);
    const way = local
      .clone()
      .sub(from as typeof local)
      .normalize();
    const turn = body.room.quaternion.clone().setFromUnitVectors(local.clone().set(0, 0, -1), way);
    right.quaternion.set(turn.x, turn.y, turn.z, turn.w);
  }, at);

/** Let the headset draw so many frames. */
const frames = (page: Page, count = 3) =>
  page.evaluate(
    (n) =>
      new Promise<void>((done) => {
        const next = (left: number) =>
          left === 0 ? done() : window.heritage.app.view!.stage.clock.request(() => next(left - 1));
        next(n);
      }),
    count,
  );

async function button(page: Page, id: 'trigger' | 'squeeze', held: boolean): Promise<void> {
  await page.evaluate(
    ([name, value]) => window.device.controllers.right!.updateButtonValue(name as string, value as number),
    [id, held ? 1 : 0] as const,
  );
  await frames(page);
}

/** Press a button of the board with the right controller. */
async function press(page: Page, id: string): Promise<void> {
  const at = await page.evaluate((name) => {
    const { board } = window.heritage.app.headset!.boards;
    const placed = (
      board.leaf as unknown as {
        placed: { id: string; x: number; y: number; width: number; height: number }[];
      }
    ).placed;
    const { x, y, width, height } = placed.find((b) => b.id === name)!;
    const { parameters } = board.mesh.geometry;
    const p = board.mesh.position
      .clone()
      .set((x + width / 2) / 1000 - parameters.width / 2, parameters.height / 2 - (y + height / 2) / 1000, 0);
    return board.mesh.localToWorld(p).toArray();
  }, id);
  await point(page, at);
  await frames(page);
  await button(page, 'trigger', true);
  await button(page, 'trigger', false);
}

const now = (page: Page) =>
  page.evaluate(() => {
    const { app } = window.heritage;
    const { headset, view, state } = app;
    const m = state.release!.monuments[0]!.placement.site_from_monument;
    // Into the gate's own frame: the inverse of a turn and a move.
    const d = [0, 1, 2].map((k) => headset!.body.feet[k]! - m[12 + k]!);
    return {
      stop: app.tours.current?.state.stop,
      feet: [0, 4, 8].map((c) => m[c]! * d[0]! + m[c + 1]! * d[1]! + m[c + 2]! * d[2]!),
      head: headset!.body.head[2] - headset!.body.feet[2],
      heading: headset!.body.heading,
      figures: headset!.meter.figures,
      narrowed: headset!.comfort.narrowed,
      drawn: view!.onScreen.standing.map((c) => c.of.shown.epoch),
    };
  });

test('a tour from entering to its last stop, and back on the page', async ({ page }) => {
  await wear(page, '#/t/gate');
  await enter(page);
  const start = await now(page);
  expect(start.stop).toBe(0);
  // Real size, on the floor under the stop's eye: (-6, -34), on the ground that is drawn 15 cm low.
  expect(start.head).toBeCloseTo(1.6, 2);
  expect(start.feet[0]).toBeCloseTo(-6, 1);
  expect(start.feet[1]).toBeCloseTo(-34, 1);
  expect(start.feet[2]).toBeCloseTo(-0.15, 1);

  // Frames are the headset's alone, one after the other: the blink of the jump is over in no time.
  const times = await page.evaluate(
    () =>
      new Promise<number[]>((done) => {
        const { clock } = window.heritage.app.view!.stage;
        const { run } = clock;
        const seen: number[] = [];
        clock.run = (time) => {
          seen.push(time);
          if (seen.length === 8) {
            clock.run = run;
            done(seen);
          }
          run.call(clock, time);
        };
      }),
  );
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(await page.evaluate(() => window.heritage.app.headset!.comfort.mesh.visible)).toBe(false);

  // A stick turns by 30 degrees at once, and only once until it is let go.
  await page.evaluate(() => window.device.controllers.right!.updateAxes('thumbstick', 1, 0));
  await frames(page, 4);
  await page.evaluate(() => window.device.controllers.right!.updateAxes('thumbstick', 0, 0));
  await frames(page);
  expect((await now(page)).heading - start.heading).toBeCloseTo(Math.PI / 6, 3);

  // The other one walks; the view narrows meanwhile.
  await page.evaluate(() => window.device.controllers.left!.updateAxes('thumbstick', 0, -1));
  await frames(page, 8);
  const walked = await now(page);
  expect(walked.narrowed).toBeGreaterThan(0);
  await page.evaluate(() => window.device.controllers.left!.updateAxes('thumbstick', 0, 0));
  await frames(page);
  const way = Math.hypot(walked.feet[0]! - start.feet[0]!, walked.feet[1]! - start.feet[1]!);
  expect(way).toBeGreaterThan(0.2);
  expect(walked.feet[2]).toBeCloseTo(-0.15, 1);

  // The grip throws an arc; where it comes down the visitor is.
  const goal = await page.evaluate(() => {
    const { head, heading } = window.heritage.app.headset!.body;
    return [head[0] + 2 * Math.sin(heading), -0.15, -(head[1] + 2 * Math.cos(heading))];
  });
  await point(page, goal);
  await button(page, 'squeeze', true);
  await button(page, 'squeeze', false);
  const jumped = await now(page);
  const far = Math.hypot(jumped.feet[0]! - walked.feet[0]!, jumped.feet[1]! - walked.feet[1]!);
  expect(far).toBeGreaterThan(1);

  for (const stop of [1, 2, 3]) {
    await press(page, 'next');
    await expect.poll(async () => (await now(page)).stop).toBe(stop);
    await page.waitForFunction(
      () => !(window.heritage.app.headset!.places as unknown as { wanted: unknown }).wanted,
    );
    if (stop === 2) {
      // 2024 until the trigger is held away from everything, then 2019.
      const seen = () =>
        page.evaluate(() => {
          const { stage } = window.heritage.app.view!;
          const { renderer } = stage;
          return new Promise<(string | null)[]>((done) => {
            const { render } = renderer;
            renderer.render = (...all) => {
              renderer.render = render;
              done(
                window.heritage.app
                  .view!.onScreen.standing.filter((c) => c.of.monument.id === 'gate' && c.object.visible)
                  .map((c) => c.of.shown.epoch),
              );
              render.apply(renderer, all);
            };
          });
        });
      expect(await seen()).toEqual(['2024']);
      await point(page, [0, 60, 0]);
      await button(page, 'trigger', true);
      // What was shown stays until what comes is there.
      await expect.poll(seen).toEqual(['2019']);
      await button(page, 'trigger', false);
      await expect.poll(seen).toEqual(['2024']);
    }
  }
  await press(page, 'leave');
  await page.waitForFunction(() => !window.heritage.app.headset);
  await expect(page.getByRole('heading', { name: 'What has changed' })).toBeVisible();
  const size = await page
    .locator('heritage-viewer canvas')
    .first()
    .evaluate((c: HTMLCanvasElement) => [c.width, c.height, c.clientWidth]);
  expect(size).toEqual([640, 480, 640]);
  // Frames come again only when something changes.
  await page.evaluate(() =>
    (window.heritage as unknown as { settled: (ms: number) => Promise<void> }).settled(45_000),
  );
  await expect(page.locator('.notice')).toHaveCount(0);
});

test('the frame budget is kept, a look presses where there are no controllers, a lost headset is spoken of', async ({
  page,
}) => {
  await wear(page, '#/t/gate', 'vi');
  await page.evaluate(() => {
    for (const c of Object.values(window.device.controllers)) c!.connected = false;
  });
  await enter(page);
  // Four metres before the gate its finest tiles are wanted; then the budget is less than they take.
  await page.evaluate(() => {
    const { app } = window.heritage;
    const m = app.state.release!.monuments[0]!.placement.site_from_monument;
    const at = [0, 1, 2].map((k) => m[4 + k]! * -7.5 + m[12 + k]!) as [number, number, number];
    app.headset!.body.stand([at[0], at[1], -0.15], Math.atan2(m[4]!, m[5]!));
  });
  const rest = () =>
    page.evaluate(() => {
      const { view, headset } = window.heritage.app;
      return { ...headset!.meter.figures, loading: view!.loading };
    });
  await expect.poll(async () => (await rest()).error_px, { timeout: 30_000 }).toBeLessThan(17);
  await expect.poll(async () => (await rest()).loading).toBe(false);
  await frames(page, 12);
  const before = await rest();
  expect(before.triangles).toBeGreaterThan(6000);
  expect(before.triangles).toBeLessThanOrEqual(500_000);
  expect(before.calls).toBeLessThanOrEqual(100);
  const most = Math.round(before.triangles * 0.8);
  await page.evaluate((triangles) => {
    window.heritage.app.headset!.meter.budget = { triangles, calls: 100 };
  }, most);
  await expect.poll(async () => (await rest()).triangles, { timeout: 30_000 }).toBeLessThanOrEqual(most);
  expect((await rest()).error_px).toBeGreaterThan(before.error_px);

  // Look at the button that goes on: two seconds later the tour does.
  await page.evaluate(() => {
    const { body, boards } = window.heritage.app.headset!;
    const { board } = boards;
    const placed = (
      board.leaf as unknown as {
        placed: { id: string; x: number; y: number; width: number; height: number }[];
      }
    ).placed;
    const { x, y, width, height } = placed.find((b) => b.id === 'next')!;
    const { parameters } = board.mesh.geometry;
    const p = board.mesh.position
      .clone()
      .set((x + width / 2) / 1000 - parameters.width / 2, parameters.height / 2 - (y + height / 2) / 1000, 0);
    const local = body.room.worldToLocal(board.mesh.localToWorld(p));
    const way = local
      .clone()
      .sub({ x: 0, y: 1.6, z: 0 } as typeof local)
      .normalize();
    const turn = body.room.quaternion.clone().setFromUnitVectors(local.clone().set(0, 0, -1), way);
    window.device.quaternion.set(turn.x, turn.y, turn.z, turn.w);
  });
  await expect.poll(async () => (await now(page)).stop, { timeout: 60_000 }).toBe(1);

  // The headset goes to sleep for good.
  await page.evaluate(() => window.device.activeSession!.end());
  await expect(page.locator('.notice')).toContainText('Kính đã kết thúc phiên xem');
  await expect(page.getByRole('heading', { name: 'Mái ngói' })).toBeVisible();
});

test('a headset that is not allowed is spoken of, and the page goes on', async ({ page }) => {
  await wear(page, '#/m/gate');
  await page.evaluate(() => {
    let asking = false; // as browsers have it
    navigator.xr!.requestSession = async () => {
      if (asking) throw new DOMException('twice', 'InvalidStateError');
      asking = true;
      await new Promise((resolve) => setTimeout(resolve, 300));
      throw new DOMException('no', 'NotAllowedError');
    };
  });
  await page.locator('heritage-vr button').dblclick();
  await page.waitForTimeout(150);
  await expect(page.locator('.notice')).toHaveCount(0);
  await expect(page.locator('.notice')).toContainText('The browser did not allow the headset');
  await page.locator('.notice button').click();
  await expect(page.locator('.notice')).toHaveCount(0);
  await expect(page.getByRole('heading', { level: 1, name: 'Meridian Gate' })).toBeVisible();
});

test('where there is no headset there is no button', async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(navigator, 'xr', {
      value: Object.assign(new EventTarget(), { isSessionSupported: async () => false }),
    });
  });
  await open(page, '#/m/gate');
  await expect(page.locator('heritage-vr')).toBeAttached();
  await expect(page.locator('heritage-vr button')).toHaveCount(0);
});
