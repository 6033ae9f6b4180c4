// A tour of a served site, played to its end and filmed: node scripts/recordings.mjs ADDRESS TOUR DIRECTORY [desktop|phone|keyboard|offline|headset ...]
// Each way is a new browser: a mouse on a desktop, a finger on a phone, the keyboard alone from the site's page on, a phone
// that took the tour along and has no network, and a headset's emulator. Written are a .webm for each and, on standard
// output, a row of what was found: how long, which stops, frames drawn and how many of them empty, captions, tiles that were
// still to come when a flight ended, bytes that came during the tour, and what went wrong. The film is made by the browser itself (MediaRecorder).
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launch, open } from './browser.mjs';
import { filmed } from './film.mjs';

const [address, tour, directory, ...asked] = process.argv.slice(2);
if (!address || !tour || !directory)
  throw new Error('usage: node scripts/recordings.mjs ADDRESS TOUR DIRECTORY [WAY ...]');
mkdirSync(directory, { recursive: true });

const DESKTOP = { viewport: { width: 1280, height: 720 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const LONGEST_S = 900;
const HEARD = ['--mute-audio', '--autoplay-policy=no-user-gesture-required'];

/** In the page that is filmed: note what a visitor sees, frame by frame. */
function note() {
  const { app } = window.heritage;
  const seen = { stops: [], frames: 0, empty: 0, captions: new Set(), late: {}, began: performance.now() };
  window.seen = seen;
  let phase = '';
  const look = () => {
    const { current } = app.tours;
    if (!current) return;
    const { id } = current.stop;
    seen.frames++;
    if (!app.view.arrived || app.view.stage.renderer.info.render.triangles === 0) seen.empty++;
    if (seen.stops.at(-1) !== id) seen.stops.push(id);
    if (current.caption) seen.captions.add(current.caption);
    if (phase === 'move' && current.state.phase === 'dwell')
      seen.late[id] = app.view.onScreen.standing.reduce(
        (sum, c) => sum + c.tiles.stats.queued + c.tiles.stats.downloading + c.tiles.stats.parsing,
        0,
      );
    phase = current.state.phase;
  };
  const { stage } = app.view;
  const { clock } = stage;
  const drawn = stage.onDrawn;
  stage.onDrawn = () => {
    drawn();
    look();
  };
  // In a headset the page is not drawn; its frames are.
  const watch = () => {
    if (app.headset) look();
    clock.request(watch);
  };
  clock.request(watch);
}

const tell = (page) =>
  page.evaluate(() => {
    const { stops, frames, empty, captions, late, began } = window.seen;
    const seconds = Math.round((performance.now() - began) / 1000);
    return { seconds, stops, frames, empty, captions: captions.size, late };
  });

const ended = (page) =>
  page.waitForFunction(() => window.heritage.app.state.touring?.player.finished, null, {
    timeout: LONGEST_S * 1000,
    polling: 500,
  });

/** Tab until what has the focus answers to `wanted`; raises after too many. */
async function tabTo(page, wanted) {
  for (let k = 0; k < 80; k++) {
    await page.keyboard.press('Tab');
    const found = await page.evaluate((text) => {
      const on = document.activeElement;
      return [on?.getAttribute('aria-label'), on?.getAttribute('href'), on?.textContent?.trim()].some((t) =>
        t?.includes(text),
      );
    }, wanted);
    if (found) return;
  }
  throw new Error(`no way to "${wanted}" by keyboard`);
}

const play = (page) => page.getByRole('button', { name: 'Play', exact: true });
const WAYS = {
  desktop: {
    screen: DESKTOP,
    start: (page) => open(page, address, `#/t/${tour}`),
    press: (page) => play(page).click(),
  },
  phone: {
    screen: PHONE,
    start: (page) => open(page, address, `#/t/${tour}`),
    press: (page) => play(page).tap(),
  },
  keyboard: {
    screen: DESKTOP,
    start: (page) => open(page, address),
    press: async (page) => {
      await tabTo(page, `#/t/${tour}`);
      await page.keyboard.press('Enter'); // opened by a press, a tour plays at once
      await page.waitForFunction(() => window.heritage.app.tours.current);
    },
  },
  offline: {
    screen: PHONE,
    start: async (page) => {
      await open(page, address);
      await page.getByRole('button', { name: /^Take along/ }).tap();
      const row = page.getByRole('dialog').getByRole('button', { name: /^Take along: / });
      await row.first().tap();
      await page
        .getByRole('dialog')
        .getByRole('button', { name: /^Remove: / })
        .first()
        .waitFor({ timeout: 180_000 });
      await page.context().setOffline(true);
      await page.goto('about:blank');
      await open(page, address, `#/t/${tour}`);
    },
    press: (page) => play(page).tap(),
  },
  headset: {
    screen: DESKTOP,
    start: async (page) => {
      await page.addInitScript({
        path: new URL('../node_modules/iwer/build/iwer.min.js', import.meta.url).pathname,
      });
      await page.addInitScript(() => {
        const device = new window.IWER.XRDevice(window.IWER.metaQuest3, { stereoEnabled: true });
        device.installRuntime({ forceInstall: true });
        device.position.set(0, 1.6, 0);
      });
      await open(page, address, `#/t/${tour}`);
      await page.locator('heritage-vr button').click();
      await page.waitForFunction(() => window.heritage.app.headset?.placed, null, { timeout: 180_000 });
    },
    // The button on the board, by what its press calls: pointing is tested elsewhere.
    press: (page) => page.evaluate(() => window.heritage.app.headset.press('play')),
  },
};

async function record(name) {
  const { screen, start, press } = WAYS[name];
  const browser = await launch(HEARD);
  const wrong = [];
  try {
    const page = await (await browser.newContext({ ...screen, locale: 'en-GB' })).newPage();
    page.on('console', (m) => m.type() === 'error' && wrong.push(m.text()));
    page.on('pageerror', (e) => wrong.push(e.message));
    await start(page);
    wrong.length = 0; // on the way there a page may have been left while it loaded
    await page.evaluate(note);
    const line = await page.context().newCDPSession(page);
    let bytes = 0;
    await line.send('Network.enable');
    line.on('Network.dataReceived', ({ encodedDataLength }) => {
      bytes += encodedDataLength;
    });
    const finish = await filmed(page);
    await press(page);
    await ended(page);
    const found = await tell(page);
    await page.waitForTimeout(2500); // what the end says
    writeFileSync(join(directory, `${name}.webm`), await finish());
    return { way: name, ...found, bytes, wrong };
  } finally {
    await browser.close();
  }
}

for (const name of asked.length > 0 ? asked : Object.keys(WAYS))
  process.stdout.write(`${JSON.stringify(await record(name))}\n`);
