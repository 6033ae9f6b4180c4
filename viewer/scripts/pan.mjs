// How a served site bears panning over its map: node scripts/pan.mjs http://127.0.0.1:8000/
// One JSON: time to the first picture, bytes and tiles fetched by then and after panning, and the frames on the way.
import { chromium } from '@playwright/test';

const [address] = process.argv.slice(2);
if (!address) throw new Error('usage: node scripts/pan.mjs ADDRESS');
const SCREENS = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
};
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-background-networking'],
});
const result = {};
for (const [screen, options] of Object.entries(SCREENS)) {
  const context = await browser.newContext({ ...options, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const got = { bytes: 0, buildings: 0, buildingBytes: 0 };
  page.on('response', async (response) => {
    const size = await response.body().then(
      (body) => body.length,
      () => 0,
    );
    got.bytes += size;
    if (/map\/buildings\/tiles\//.test(response.url())) {
      got.buildings++;
      got.buildingBytes += size;
    }
  });
  await page.goto(`${address}?debug&lang=en#/`);
  await page.waitForFunction(() => window.heritage?.app.state.arrived, null, { timeout: 120_000 });
  const firstMs = await page.evaluate(() => performance.now());
  const first = { ...got };
  await page.evaluate(() => window.heritage.settled(240_000));
  const opened = { ...got, ms: await page.evaluate(() => performance.now()) };
  const pan = await page.evaluate(async () => {
    const { view } = window.heritage.app;
    const start = { ...view.rig.orbit, distance: 320, pitch: 0.5 };
    const times = [];
    const [metres, frames] = [1500, 60];
    for (let k = 0; k <= frames; k++) {
      view.place({
        ...start,
        target: [start.target[0], start.target[1] + (metres * k) / frames, start.target[2]],
      });
      const before = performance.now();
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      times.push(performance.now() - before);
    }
    times.sort((a, b) => a - b);
    const { triangles, calls } = view.stage.renderer.info.render;
    return {
      metres,
      frames,
      medianMs: times[frames >> 1],
      p95Ms: times[Math.floor(frames * 0.95)],
      triangles,
      calls,
    };
  });
  await page.evaluate(() => window.heritage.settled(240_000));
  const after = { ...got };
  result[screen] = { firstMs, first, opened, pan, after };
  await context.close();
}
await browser.close();
process.stdout.write(`${JSON.stringify(result, null, 1)}\n`);
