/** The tour player, from the first stop to the last. */
import type { Page } from '@playwright/test';
import { accessible, expect, open, settled, test } from './helpers.ts';

test.skip(Boolean(process.env.HERITAGE_URL), 'these tests know the fixture');

type App = import('../../src/app/app.ts').App;
const heading = (page: Page) => page.getByRole('heading', { level: 1 });
const at = (page: Page, stop: string) => expect(page).toHaveURL(new RegExp(`#/t/gate/${stop}$`));

/** A stop's dwell is over as soon as its picture is there: nobody listens to a test. */
async function hurry(page: Page, seconds = 0.4): Promise<void> {
  await page.route('**/tour.json', async (route) => {
    const response = await route.fetch();
    const document = await response.json();
    for (const stop of document.stops) {
      stop.move_s = seconds;
      for (const language of Object.keys(stop.dwell_s)) stop.dwell_s[language] = seconds;
      stop.narration = {};
    }
    await route.fulfill({ response, json: document });
  });
}

test('a tour plays to its end by keyboard alone, with no blank picture on the way', { tag: '@once' }, async ({
  page,
}) => {
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  await hurry(page);
  await open(page, '#/t/gate/approach');
  await page.evaluate(() => {
    const { app } = (window as unknown as { heritage: { app: App } }).heritage;
    const seen = {
      stops: new Set([app.tours.current!.stop.id]),
      lit: new Set<string>(),
      frames: 0,
      blank: 0,
    };
    const drawn = app.view!.stage.onDrawn;
    app.view!.stage.onDrawn = () => {
      drawn();
      seen.frames++;
      if (!app.view!.arrived || app.view!.stage.renderer.info.render.triangles === 0) seen.blank++;
      seen.stops.add(app.tours.current!.stop.id);
      if (app.state.sun) seen.lit.add(`${app.tours.current!.stop.id} ${app.state.sun.minutes}`);
    };
    Object.assign(window, { seen });
  });
  await page.keyboard.press('k');
  await expect(page.getByText('The tour ends here')).toBeVisible({ timeout: 60_000 });
  const seen = await page.evaluate(() => {
    const { stops, lit, frames, blank } = (
      window as unknown as {
        seen: { stops: Set<string>; lit: Set<string>; frames: number; blank: number };
      }
    ).seen;
    return { stops: [...stops], lit: [...lit], frames, blank };
  });
  expect(seen.stops).toEqual(['approach', 'roof', 'then-and-now', 'change']);
  expect(seen.lit).toEqual(['roof 450']);
  expect(seen.frames).toBeGreaterThan(8);
  expect(seen.blank).toBe(0);
  await accessible(page);
});

test('chapters, transcript and speed are there by name and by keyboard', { tag: '@once' }, async ({
  page,
}) => {
  await open(page, '#/t/gate/approach');
  await page.getByText('All stops').press('Enter');
  const chapters = page.locator('.chapters a');
  await expect(chapters).toHaveCount(4);
  await expect(page.locator('.chapters [aria-current="step"]')).toContainText('The approach');
  await page.getByText('What is said').press('Enter');
  const sentences = page.locator('.transcript button');
  await expect(sentences).toHaveCount(2);
  await sentences.nth(1).press('Enter');
  await expect(sentences.nth(1)).toHaveAttribute('aria-current', 'true');
  const heard = await page.evaluate(
    () => (window as unknown as { heritage: { app: App } }).heritage.app.tours.current!.state,
  );
  expect(heard.phase).toBe('dwell');
  expect(heard.elapsed).toBeGreaterThan(1.5);
  await page.getByRole('combobox', { name: 'Speed' }).selectOption('2×');
  await page.goto('about:blank');
  await open(page, '#/t/gate/approach');
  await accessible(page);
  await page.getByText('All stops').press('Enter');
  await chapters.nth(2).press('Enter');
  await at(page, 'then-and-now');
  const slider = page.getByRole('slider', { name: 'Position in the tour' });
  await expect(slider).toHaveAttribute('aria-valuetext', /Stop 3 of 4: Then and now/);

  // Along the whole tour, and the camera with it.
  const camera = () =>
    page.evaluate(() => {
      const { view, tours } = (window as unknown as { heritage: { app: App } }).heritage.app;
      return { at: view!.rig.orbit.target, position: tours.current!.position };
    });
  await slider.press('End');
  await at(page, 'change');
  const last = await camera();
  await slider.press('Home');
  await at(page, 'approach');
  await settled(page);
  const first = await camera();
  expect(first.position).toBeLessThan(1);
  expect(last.position).toBeCloseTo(Number(await slider.getAttribute('max')), 1);
  expect(Math.hypot(...first.at.map((x, k) => x - last.at[k]!))).toBeGreaterThan(0.5);
});

test('what the next stop shows is fetched while this one is told, but not over a line that is to be spared', {
  tag: '@once',
}, async ({ page }) => {
  /** Tiles of the survey of 2019, which is no part of the picture at the roof and half of it at the next stop. */
  const tiles = () =>
    page.evaluate(() => {
      const { view, state } = (window as unknown as { heritage: { app: App } }).heritage.app;
      const old = view!.conditions.of(state.release!.monuments[0]!).find((c) => c.of.shown.epoch === '2019');
      let count = 0;
      old?.tiles.forEachLoadedModel(() => count++);
      return { count, seen: view!.onScreen.standing.some((c) => c === old) };
    });
  await open(page, '#/t/gate/approach');
  await page.getByRole('button', { name: 'Next stop' }).click();
  await at(page, 'roof');
  await expect.poll(async () => (await tiles()).count, { timeout: 30_000 }).toBeGreaterThan(0);
  expect((await tiles()).seen).toBe(false);

  await page.addInitScript(() =>
    Object.defineProperty(navigator, 'connection', { value: { saveData: true } }),
  );
  await page.goto('about:blank');
  await open(page, '#/t/gate/approach');
  await page.getByRole('button', { name: 'Next stop' }).click();
  await at(page, 'roof');
  await settled(page);
  await page.waitForTimeout(1000);
  expect((await tiles()).count).toBe(0);
});

test('a tour keeps to the memory of a phone and to its part of the line, and gives both back', async ({
  page,
  isMobile,
}) => {
  test.skip(!isMobile, 'a desktop has more of both');
  await page.addInitScript(() => {
    Object.defineProperty(navigator, 'deviceMemory', { value: 1 });
    // Every tile comes as if it were large.
    Object.defineProperty(PerformanceResourceTiming.prototype, 'transferSize', { get: () => 90e6 });
  });
  await open(page, '#/t/gate/approach');
  const surfaces = () =>
    page.evaluate(() => {
      const { conditions, onScreen } = (window as unknown as { heritage: { app: App } }).heritage.app.view!;
      return {
        error_px: onScreen.standing.map((c) => c.tiles.errorTarget),
        // What each may have beside what the others have.
        most_mib: onScreen.standing.map(
          (c) => (c.tiles.lruCache.maxBytesSize + conditions.bytes - c.bytes) / 2 ** 20,
        ),
      };
    });
  await page.getByRole('button', { name: 'Next stop' }).click();
  await at(page, 'roof');
  // The next stop's survey is fetched: more than the 60 MB of a phone's tour.
  await expect
    .poll(async () => Math.min(...(await surfaces()).error_px), { timeout: 30_000 })
    .toBeGreaterThan(20);
  await settled(page);
  for (const most of (await surfaces()).most_mib) expect(most).toBeCloseTo(0.75 * 128, 3);
  await page.evaluate(() => location.assign('#/m/gate'));
  await expect.poll(async () => Math.max(...(await surfaces()).error_px)).toBe(20);
});

test('twice the speed is twice as far', { tag: '@once' }, async ({ page }) => {
  await open(page, '#/t/gate/roof');
  const far = () =>
    page.evaluate(async () => {
      const { tours } = (window as unknown as { heritage: { app: App } }).heritage.app;
      tours.play({ type: 'go', stop: 1 });
      tours.play({ type: 'play' });
      const frame = () => new Promise<number>((done) => requestAnimationFrame(done));
      await frame();
      await frame();
      // A slow machine's long frames count as a quarter of a second, here as in the player.
      let [last, passed] = [await frame(), 0];
      const from = tours.current!.position;
      for (let i = 0; i < 5; i++) {
        const now = await frame();
        passed += Math.min(0.25, (now - last) / 1000);
        last = now;
      }
      const rate = (tours.current!.position - from) / passed;
      tours.play({ type: 'pause' });
      return rate;
    });
  const once = await far();
  await page.getByRole('combobox', { name: 'Speed' }).selectOption('2×');
  expect((await far()) / once).toBeCloseTo(2, 0);
});

test('a visitor who comes back is asked whether to go on where they left', { tag: '@once' }, async ({
  page,
}) => {
  await open(page, '#/t/gate/approach');
  await page.getByRole('button', { name: 'Next stop' }).click();
  await page.getByRole('button', { name: 'Next stop' }).click();
  await at(page, 'then-and-now');
  await page.goto('about:blank');
  await open(page, '#/t/gate');
  await expect(heading(page)).toHaveText('The approach');
  await expect(page.locator('.offer')).toContainText('“Then and now”');
  await accessible(page);
  await page.getByRole('button', { name: 'Go on there' }).press('Enter');
  await at(page, 'then-and-now');
  await expect(page.locator('.offer')).toHaveCount(0);
  // Asked for the beginning, it begins, and nothing is offered any more.
  await page.goto('about:blank');
  await open(page, '#/t/gate');
  await page.getByRole('button', { name: 'From the beginning' }).click();
  await at(page, 'approach');
  await expect(page.locator('.offer')).toHaveCount(0);
});

test('a kiosk invites, plays, cannot be left, and starts anew when its visitor has gone', {
  tag: '@once',
}, async ({ page }) => {
  await hurry(page, 1);
  await page.goto('./?debug&lang=en&kiosk=2');
  await page.waitForFunction(() => 'heritage' in window);
  const begin = page.getByRole('button', { name: 'Touch to begin' });
  await expect(begin).toBeVisible();
  await at(page, 'approach');
  await accessible(page);
  await expect(page.getByRole('link', { name: 'Read this tour as text' })).toBeHidden();
  // Nobody is there: it goes round.
  await at(page, 'change');
  await at(page, 'approach');
  await begin.click();
  await expect(begin).toBeHidden();
  await settled(page);
  await page.evaluate(() => {
    location.hash = '#/m/gate';
  });
  await expect(page).toHaveURL(/#\/t\/gate/);
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/#\/t\/gate/);
  await page.goBack();
  await expect(page).toHaveURL(/kiosk=2#\/t\/gate/);
  await expect(begin).toBeVisible({ timeout: 20_000 });
});

test('a computer’s voice reads only when asked, says that it is one, and the stop waits for it', {
  tag: '@once',
}, async ({ page }) => {
  await page.addInitScript(() => {
    // Chromium has no voices here: one that takes a second for each sentence.
    const voice = { lang: 'en-GB', localService: true, name: 'Test', voiceURI: 'test', default: true };
    const said: string[] = [];
    let timer = 0;
    Object.assign(window, { said });
    Object.defineProperty(window, 'SpeechSynthesisUtterance', {
      value: class {
        text: string;
        constructor(text: string) {
          this.text = text;
        }
      },
    });
    Object.defineProperty(window, 'speechSynthesis', {
      value: {
        getVoices: () => [voice],
        cancel: () => clearTimeout(timer),
        speak: (u: { text: string; onend: () => void }) => {
          said.push(u.text);
          timer = window.setTimeout(() => u.onend(), 1000);
        },
      },
    });
  });
  await hurry(page, 0.2);
  await open(page, '#/t/gate/approach');
  const said = () => page.evaluate(() => (window as unknown as { said: string[] }).said);
  await page.getByRole('button', { name: 'Next stop' }).click();
  expect(await said()).toEqual([]);
  await page.getByRole('button', { name: 'Previous stop' }).click();
  await page.getByRole('checkbox', { name: 'Read this stop aloud' }).check();
  await page.getByText('What is said').press('Enter');
  await expect(page.locator('.transcript')).toContainText('computer voice');
  await page.getByRole('button', { name: 'Play', exact: true }).press('Enter');
  await expect(page.locator('.transcript [aria-current]')).toContainText('Only the emperor');
  await at(page, 'approach');
  // The next stop is begun when both were read, and not before; it may be over by the time anyone looks.
  await expect.poll(async () => (await said()).length).toBeGreaterThan(2);
  expect((await said()).slice(0, 3)).toEqual([
    'You stand before the main gate of the citadel.',
    'Only the emperor could pass through the middle.',
    'The roof rises in two tiers of yellow tiles, its corners lifted.',
  ]);
});
