// How long a comparison takes to settle, beside each of its surveys alone: node scripts/settling.mjs ADDRESS [ROUNDS]
// Each view opens in a new browser without a cache, in turn. CPU seconds are those of all of the browser's processes until
// every tile is loaded and drawn; then the frames of three seconds at rest are counted.
import { launch, open } from './browser.mjs';

const [address, rounds = '3'] = process.argv.slice(2);
if (!address) throw new Error('usage: node scripts/settling.mjs ADDRESS [ROUNDS]');
const SCREENS = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
};
const release = await (await fetch(new URL('r/current/release.json', address))).json();
const monument = release.monuments.find((m) => m.comparisons.length > 0);
if (!monument) throw new Error('no monument of this site has a comparison');
const [{ reference, compared }] = monument.comparisons;
const alone = [reference, compared];
const views = [
  ...alone.map((epoch) => [epoch, `#/m/${monument.id}?shown=${epoch}`]),
  ...['swipe', 'side', 'blend', 'change'].map((way) => [
    way,
    `#/m/${monument.id}/compare/${reference}/${compared}/${way}`,
  ]),
];

async function look(screen, hash) {
  const browser = await launch();
  const context = await browser.newContext({ ...SCREENS[screen], reducedMotion: 'reduce' });
  const page = await context.newPage();
  await open(page, address, hash);
  const { processInfo } = await (await browser.newBrowserCDPSession()).send('SystemInfo.getProcessInfo');
  const cpu_s = processInfo.reduce((sum, p) => sum + p.cpuTime, 0);
  await page.waitForTimeout(500);
  const frames = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const { stage } = window.heritage.app.view;
        const drawn = stage.onDrawn;
        let count = 0;
        stage.onDrawn = () => {
          count++;
          drawn();
        };
        setTimeout(() => resolve(count), 3000);
      }),
  );
  await browser.close();
  return { cpu_s, frames };
}

const found = new Map();
for (let round = 0; round < Number(rounds); round++) {
  for (const screen of Object.keys(SCREENS)) {
    for (const [view, hash] of views) {
      const key = `${screen} ${view}`;
      found.set(key, [...(found.get(key) ?? []), await look(screen, hash)]);
    }
  }
}
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
for (const screen of Object.keys(SCREENS)) {
  const cpu = (view) => median(found.get(`${screen} ${view}`).map((one) => one.cpu_s));
  const single = (cpu(reference) + cpu(compared)) / 2;
  for (const [view] of views) {
    const rest = Math.max(...found.get(`${screen} ${view}`).map((one) => one.frames));
    const row = [screen, view, `${cpu(view).toFixed(1)} CPU s`, `x ${(cpu(view) / single).toFixed(2)}`];
    process.stdout.write(`${row.join('  ')}  ${rest} frames at rest\n`);
  }
}
