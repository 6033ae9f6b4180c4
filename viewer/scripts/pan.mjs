// How a served site bears panning over its map: node scripts/pan.mjs http://127.0.0.1:8000/
// One JSON: time to the first picture, bytes and tiles fetched by then and after panning, and the frames on the way: what
// the page's own thread works for one (its processor's seconds, so that a busy machine does not count), what the graphics
// process does instead of a graphics card, what is handed over to draw, and what is held.
import { launch } from './browser.mjs';

const [address] = process.argv.slice(2);
if (!address) throw new Error('usage: node scripts/pan.mjs ADDRESS');
const SCREENS = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
};
const browser = await launch();
const whole = await browser.newBrowserCDPSession();
/** Processor's seconds that the process which draws in software has used. */
const drawn_s = async () => {
  const { processInfo } = await whole.send('SystemInfo.getProcessInfo');
  return processInfo.filter((p) => p.type === 'GPU').reduce((sum, p) => sum + p.cpuTime, 0);
};
const result = {};
for (const [screen, options] of Object.entries(SCREENS)) {
  const context = await browser.newContext({ ...options, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  /** Processor's seconds of the page's own thread: of scripts, and of all it does. */
  const worked = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    const of = (name) => metrics.find((m) => m.name === name).value;
    return { script: of('ScriptDuration'), task: of('TaskDuration'), drawing: await drawn_s() };
  };
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
  const first = { ...got, ...(await worked()) };
  await page.evaluate(() => window.heritage.settled(240_000));
  const opened = { ...got, ms: await page.evaluate(() => performance.now()) };
  const before = await worked();
  const pan = await page.evaluate(async () => {
    const { view } = window.heritage.app;
    const start = { ...view.rig.orbit, distance: 320, pitch: 0.5 };
    const times = [];
    const { tiles } = view.setting.buildings;
    const most = { calls: 0, triangles: 0, held: 0, heldBytes: 0 };
    const [metres, frames] = [1500, 60];
    for (let k = 0; k <= frames; k++) {
      view.place({
        ...start,
        target: [start.target[0], start.target[1] + (metres * k) / frames, start.target[2]],
      });
      const before = performance.now();
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      times.push(performance.now() - before);
      const { triangles, calls } = view.stage.renderer.info.render;
      const now = {
        triangles,
        calls,
        held: tiles.lruCache.itemSet.size,
        heldBytes: tiles.lruCache.cachedBytes,
      };
      for (const key of Object.keys(most)) most[key] = Math.max(most[key], now[key]);
    }
    times.sort((a, b) => a - b);
    return {
      metres,
      frames,
      medianMs: times[frames >> 1],
      p95Ms: times[Math.floor(frames * 0.95)],
      ...most,
    };
  });
  const after_s = await worked();
  for (const key of Object.keys(before))
    pan[`${key}Ms`] = (1000 * (after_s[key] - before[key])) / (pan.frames + 1);
  await page.evaluate(() => window.heritage.settled(240_000));
  const after = { ...got };
  result[screen] = { firstMs, first, opened, pan, after };
  await context.close();
}
await browser.close();
process.stdout.write(`${JSON.stringify(result, null, 1)}\n`);
