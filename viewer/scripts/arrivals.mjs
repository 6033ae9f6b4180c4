// How sharp is a tour's picture when a flight ends, and what does the tour cost a phone?
// node scripts/arrivals.mjs http://127.0.0.1:8000/ TOUR [desktop|phone] [kbit/s] [times slower]
// Plays a tour over a throttled line (9 Mbit/s, 60 ms), with and without fetching ahead, and tells for each stop how many
// of the tiles it shows were there before the flight began; what share of the picture's pixels at the moment of arrival
// differs from the same view once every tile is there; how many seconds that takes; what the tour's tiles have taken of the
// line by then, and what all surfaces hold for the graphics card. Last: the page's own memory, and all that travelled.
import process from 'node:process';
import { launch, open } from './browser.mjs';

const [address, tour, screen = 'phone', kbit = '9000', slower = '1'] = process.argv.slice(2);
if (!address || !tour)
  throw new Error('usage: node scripts/arrivals.mjs ADDRESS TOUR [desktop|phone] [KBIT_S] [SLOWER]');
const WINDOWS = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
const say = (line) => process.stdout.write(`${line}\n`);
const DIFFERENT = 12; // of 255: what an eye sees beside it

async function played(ahead) {
  const browser = await launch(['--mute-audio']);
  const page = await browser.newPage({ viewport: WINDOWS[screen], hasTouch: screen === 'phone' });
  const line = await page.context().newCDPSession(page);
  await line.send('Network.enable');
  await line.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 60,
    downloadThroughput: (Number(kbit) * 1000) / 8,
    uploadThroughput: 125_000,
  });
  await line.send('Emulation.setCPUThrottlingRate', { rate: Number(slower) });
  let travelled = 0;
  line.on('Network.loadingFinished', ({ encodedDataLength }) => {
    travelled += encodedDataLength;
  });
  await open(page, address, `#/t/${tour}`);
  const found = await page.evaluate(
    async ([fetchAhead, different]) => {
      const { app, settled } = window.heritage;
      const { view, tours } = app;
      if (!fetchAhead) view.ahead.prepare = () => {};
      const canvas = document.createElement('canvas');
      canvas.width = innerWidth;
      canvas.height = innerHeight;
      const context = canvas.getContext('2d', { willReadFrequently: true });
      /** What is on screen, as it would be drawn now. */
      const picture = () => {
        view.stage.renderer.clear();
        view.stage.draw();
        context.drawImage(view.stage.renderer.domElement, 0, 0, innerWidth, innerHeight);
        return context.getImageData(0, 0, innerWidth, innerHeight).data;
      };
      const loaded = () => {
        const there = new Set();
        for (const { tiles } of view.conditions.all()) tiles.forEachLoadedModel((_, tile) => there.add(tile));
        return there;
      };
      const frame = () => new Promise((done) => requestAnimationFrame(done));
      const rows = [];
      for (let stop = 1; stop < tours.current.document.stops.length; stop++) {
        // A visitor listens to the stop's words; what has not come by then does not come before the flight.
        const listening = performance.now();
        const listened = () => (performance.now() - listening) / 1000;
        const busy = () =>
          [...view.conditions.all()].some((c) => c.loading) ||
          (fetchAhead && !view.ahead.resting(view.rig.orbit));
        const waiting = () =>
          listened() < 3 || (listened() < tours.current.timings[stop - 1].dwell_s && busy());
        while (waiting()) await new Promise((done) => setTimeout(done, 200));
        const before = loaded();
        tours.play({ type: 'next' });
        while (tours.current.state.phase === 'move') await frame();
        await frame();
        const began = performance.now();
        const arrived = picture();
        if (fetchAhead) view.ahead.prepare(null);
        await settled(120_000);
        const seconds = (performance.now() - began) / 1000;
        const complete = picture();
        let off = 0;
        for (let i = 0; i < complete.length; i += 4) {
          const d = Math.max(...[0, 1, 2].map((k) => Math.abs(complete[i + k] - arrived[i + k])));
          if (d > different) off++;
        }
        const shown = view.onScreen.standing.flatMap(({ tiles }) => [...tiles.visibleTiles]);
        const there = shown.filter((tile) => before.has(tile)).length / shown.length;
        rows.push({
          stop: tours.current.stop.id,
          there,
          tiles: shown.length,
          off: off / (complete.length / 4),
          seconds,
          spent: view.ahead.spent / 1e6,
          held: view.conditions.bytes / 1e6,
        });
        // The next one is looked for as in a tour that is played.
        if (fetchAhead) tours.current.lookAhead({ ...tours.current.state, phase: 'move' }, false);
      }
      return rows;
    },
    [ahead, DIFFERENT],
  );
  await line.send('HeapProfiler.collectGarbage');
  const { usedSize } = await line.send('Runtime.getHeapUsage');
  await browser.close();
  return { rows: found, heap: usedSize / 1e6, travelled: travelled / 1e6 };
}

const [without, withAhead] = [await played(false), await played(true)];
const percent = (row, other, key) => `${(row[key] * 100).toFixed(1)} % -> ${(other[key] * 100).toFixed(1)} %`;
const line = (row, other) =>
  `${row.stop} | ${row.tiles} | ${percent(row, other, 'there')} | ${percent(row, other, 'off')} | ` +
  ['seconds', 'spent', 'held'].map((key) => `${row[key].toFixed(1)} -> ${other[key].toFixed(1)}`).join(' | ');
const mean = (rows) => ({
  stop: 'mean',
  ...Object.fromEntries(
    ['tiles', 'there', 'off', 'seconds', 'spent', 'held'].map((key) => [
      key,
      rows.reduce((sum, r) => sum + r[key], 0) / rows.length,
    ]),
  ),
});
say('without -> with fetching ahead');
say(
  'stop | tiles shown | there before the flight | pixels missing at arrival | seconds until sharp | tiles, MB | held, MB',
);
without.rows.forEach((row, i) => {
  say(line(row, withAhead.rows[i]));
});
say(line(mean(without.rows), mean(withAhead.rows)));
for (const [name, key] of Object.entries({ 'heap, MB': 'heap', 'travelled, MB': 'travelled' }))
  say(`${name}: ${without[key].toFixed(1)} -> ${withAhead[key].toFixed(1)}`);
