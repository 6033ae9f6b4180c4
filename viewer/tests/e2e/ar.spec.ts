// Augmented reality: in the page by an emulator, and by the phone's own viewer with whole addresses of the right files.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { readGlb } from '../../src/core/glb.ts';
import { accessible, expect, open, test } from './helpers.ts';

test.skip(Boolean(process.env.HERITAGE_URL), 'these tests know the fixture');

const EMULATOR = join(import.meta.dirname, '../../node_modules/iwer/build/iwer.min.js');
type App = import('../../src/app/app.ts').App;
interface Page_ {
  heritage: { app: App };
  device: import('iwer').XRDevice;
}
declare const window: Page_ & typeof globalThis.window;

/** The fixture with models for the gate. */
async function models(page: Page): Promise<void> {
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
}

/** A phone whose browser says of augmented reality in the page that it is `able`. */
async function device(page: Page, able: boolean): Promise<void> {
  await models(page);
  await page.addInitScript((answer) => {
    Object.defineProperty(navigator, 'xr', { value: { isSessionSupported: async () => answer } });
    const pressed: string[] = [];
    Object.assign(window, { pressed });
    HTMLAnchorElement.prototype.click = function () {
      pressed.push(this.href);
    };
  }, able);
}

test('a phone’s own viewer gets both sizes', async ({ page, isMobile }) => {
  test.skip(!isMobile, 'only devices that are held in the hand are asked');
  await device(page, true);
  await open(page, '#/m/gate');
  await expect(page.getByRole('heading', { name: 'In your surroundings' })).toBeVisible();
  await accessible(page);
  const own = page.locator('heritage-ar .own');
  await own.getByRole('button', { name: 'Real size' }).click();
  await own.getByRole('button', { name: 'Table model' }).click();
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

/** Lit, as interpretations are. */
const MODEL = readFileSync(
  join(import.meta.dirname, '../fixture/site/release/monuments/pavilion/states/1885/tiles/0-0.glb'),
);
/** From the model's middle to its front. */
const REACH_M = frontOf(MODEL);
const EYE_M = 1.6;

function frontOf(file: Buffer): number {
  const { gltf } = readGlb(
    file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength) as ArrayBuffer,
  );
  const tops = gltf.meshes!.flatMap((m) => m.primitives.map((p) => gltf.accessors![p.attributes.POSITION!]!));
  return Math.max(...tops.map((a) => (a as unknown as { max: number[] }).max[2]!));
}

/** A device in a room with a floor, and a wall ten metres to the front. */
async function emulated(page: Page): Promise<void> {
  await models(page);
  await page.route('**/ar/*.glb', (route) => route.fulfill({ body: MODEL }));
  await page.addInitScript({ path: EMULATOR });
  await page.addInitScript((eye_m) => {
    class Surroundings {
      environmentCanvas = document.createElement('canvas');
      trackedPlanes = new Set();
      trackedMeshes = new Set();
      render() {}
      /** Poses, column by column, of what a ray meets: y is the surface's normal, the ray goes along -z of `ray`. */
      computeHitTestResults(ray: Float32Array): Float32Array[] {
        const [x, y, z] = [ray[12]!, ray[13]!, ray[14]!];
        const way = [-ray[8]!, -ray[9]!, -ray[10]!] as const;
        const hits: { far: number; pose: Float32Array }[] = [];
        const at = (far: number) => [x + far * way[0], y + far * way[1], z + far * way[2]];
        const floor = -y / way[1];
        if (way[1] < -1e-6)
          hits.push({
            far: floor,
            pose: new Float32Array([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, ...at(floor), 1]),
          });
        const wall = (-10 - z) / way[2];
        if (way[2] < -1e-6)
          hits.push({
            far: wall,
            pose: new Float32Array([1, 0, 0, 0, 0, 0, 1, 0, 0, -1, 0, 0, ...at(wall), 1]),
          });
        return hits.sort((a, b) => a.far - b.far).map((h) => h.pose);
      }
    }
    const { XRDevice, metaQuest3 } = (globalThis as unknown as { IWER: typeof import('iwer') }).IWER;
    const device = new XRDevice(metaQuest3);
    device.installSEM(Surroundings as never);
    device.installRuntime({ forceInstall: true });
    device.position.set(0, eye_m, 0);
    Object.assign(globalThis, { device });
  }, EYE_M);
  await open(page, '#/m/gate');
}

/** Look `down` and to the left, degrees. */
const look = (page: Page, down: number, left = 0) =>
  page.evaluate(
    ([p, h]) => {
      const [a, b] = [(-p! * Math.PI) / 360, (h! * Math.PI) / 360];
      const [c, s, e, f] = [Math.cos(a), Math.sin(a), Math.cos(b), Math.sin(b)];
      window.device.quaternion.set(e * s, f * c, -f * s, e * c);
    },
    [down, left],
  );

const step = (page: Page) => page.evaluate(() => window.heritage.app.room?.step);
const trigger = async (page: Page) => {
  for (const value of [1, 0]) {
    await page.evaluate((v) => window.device.controllers.right!.updateButtonValue('trigger', v), value);
    await page.waitForTimeout(100);
  }
};
/** By keyboard: the emulator's picture lies over the page. */
const press = (page: Page, name: string) => page.getByRole('button', { name }).press('Enter');
/** The model's middle, and where its front looks, in the room: x to the right, y up, z back; metres. */
const standing = (page: Page) =>
  page.evaluate(() => {
    const m = window.heritage.app.room!.stand.matrix.elements;
    return {
      middle: m.slice(12, 15),
      front: m.slice(8, 11),
      children: window.heritage.app.room!.stand.children.length,
    };
  });

test('a model in real size stands where the visitor aims, its front towards them, and can be turned and moved', async ({
  page,
  isMobile,
}) => {
  test.skip(!isMobile, 'only devices that are held in the hand are asked');
  await emulated(page);
  await expect(page.locator('heritage-ar .own')).toHaveCount(0); // the emulator is no Android phone
  await look(page, 0);
  await page.getByRole('button', { name: /^Real size/ }).click();
  await expect.poll(() => step(page)).toBe('finding'); // a wall is no place to stand
  const status = page.locator('.in-room [role=status]');
  await expect(status).toContainText('Move the device');

  await look(page, 30);
  await expect.poll(() => step(page)).toBe('ready');
  await expect(status).toContainText('Tap to stand');
  await trigger(page);
  await expect.poll(() => step(page)).toBe('placed');
  await expect(status).toContainText('real size');
  await expect(page.locator('.in-room .claim')).toContainText('Meridian Gate · Measured');
  await accessible(page, '.in-room');
  const far = EYE_M / Math.tan(Math.PI / 6) + REACH_M;
  const placed = await standing(page);
  expect(placed.children).toBe(1);
  expect(placed.middle[0]).toBeCloseTo(0, 2);
  expect(placed.middle[2]).toBeCloseTo(-far, 2);
  expect(placed.front[2]).toBeCloseTo(1, 3); // and no scale but 1

  // From here on the device holds it, and the page follows.
  type Held = { anchor: { anchor_from_stand: unknown } | null };
  await page.waitForFunction(() => (window.heritage.app.room as unknown as Held).anchor?.anchor_from_stand);

  // To the left is clockwise from above for who stands before it.
  await press(page, 'Turn left');
  await expect.poll(async () => (await standing(page)).front[0]).toBeCloseTo(-Math.sin(Math.PI / 12), 3);
  expect((await standing(page)).middle[2]).toBeCloseTo(-far, 2);

  await press(page, 'Another place');
  await look(page, 30, 90);
  await expect.poll(() => page.evaluate(() => window.heritage.app.room!.aim.position.x)).toBeLessThan(-1);
  await expect.poll(() => step(page)).toBe('ready');
  expect((await standing(page)).children).toBe(0);
  await trigger(page);
  await expect.poll(() => step(page)).toBe('placed');
  const again = await standing(page);
  expect(again.middle[0]).toBeCloseTo(-far, 2);
  expect(again.middle[2]).toBeCloseTo(0, 2);
  expect(again.front[0]).toBeCloseTo(1, 3);

  await press(page, 'Back to the page');
  await expect(page.locator('.in-room')).toHaveCount(0);
  await expect(page.getByRole('button', { name: /^Real size/ })).toBeFocused();
  await expect(page.locator('heritage-ar [role=alert]')).toHaveCount(0);
  expect(await page.evaluate(() => window.heritage.app.room)).toBeNull();
});

test('what keeps a visitor from seeing it in the room is said, and the page goes on', async ({
  page,
  isMobile,
  watch,
}) => {
  test.skip(!isMobile, 'only devices that are held in the hand are asked');
  const code = '**/assets/enter-*.js';
  await page.route(code, (route) => route.abort());
  await emulated(page);
  await page.unroute('**/ar/*.glb');
  await page.route('**/ar/table.glb', (route) => route.fulfill({ status: 200, body: 'no model' }));
  await page.getByRole('button', { name: /^Table model/ }).click();
  const alert = page.locator('heritage-ar [role=alert]');
  await expect(alert).toContainText('try again'); // the code itself has not come
  await page.unroute(code);
  await page.getByRole('button', { name: /^Table model/ }).click();
  await expect(alert).toContainText('could not be fetched');
  await expect(page.locator('.in-room')).toHaveCount(0);
  await page.evaluate(() => {
    navigator.xr!.requestSession = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
  });
  await page.getByRole('button', { name: /^Real size/ }).click();
  await expect(alert).toContainText('did not allow the camera');
  await accessible(page);
  watch.problems = watch.problems.filter((p) => !p.includes('ERR_FAILED')); // the code that was withheld
});
