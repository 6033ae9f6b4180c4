// Pictures of a served site for the documentation: node scripts/pictures.mjs http://127.0.0.1:8000/ DIRECTORY
// Site, monument, tour, swipe, side by side, change map, section and labelled points, on a desktop and on a phone, as JPEG.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launch, open } from './browser.mjs';

const [address, directory] = process.argv.slice(2);
if (!address || !directory) throw new Error('usage: node scripts/pictures.mjs ADDRESS DIRECTORY');
mkdirSync(directory, { recursive: true });

const SCREENS = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
const browser = await launch();

/** The addresses worth a picture, from what the site has. */
async function views(page) {
  await page.goto(`${address}?debug&lang=en`);
  await page.waitForFunction(() => 'heritage' in window);
  return await page.evaluate(() => {
    const { monuments, tours } = window.heritage.app.state.release;
    const compared = monuments.find((m) => m.comparisons.length > 0);
    const [pair] = compared?.comparisons ?? [];
    const compare = pair && `#/m/${compared.id}/compare/${pair.reference}/${pair.compared}`;
    return {
      site: '#/',
      ...(monuments.length > 0 ? { monument: `#/m/${(compared ?? monuments[0]).id}` } : {}),
      ...(compared?.epochs.some((e) => e.points_tileset) ? { points: `#/m/${compared.id}` } : {}),
      ...(tours.length > 0 ? { tour: `#/t/${tours[0].id}` } : {}),
      ...(compare
        ? {
            swipe: `${compare}/swipe`,
            side: `${compare}/side`,
            change: `${compare}/change`,
            section: `#/m/${compared.id}/section`,
          }
        : {}),
    };
  });
}

for (const [screen, viewport] of Object.entries(SCREENS)) {
  const context = await browser.newContext({ viewport, reducedMotion: 'reduce', colorScheme: 'light' });
  const page = await context.newPage();
  for (const [name, hash] of Object.entries(await views(page))) {
    await page.goto('about:blank');
    await open(page, address, hash);
    if (name === 'points') {
      await page.evaluate(() => window.heritage.app.showing.points({ byLabel: true, hidden: [] }));
      await page.evaluate(() => window.heritage.settled(180_000));
    }
    await page.waitForTimeout(900); // the still has faded, the names have found their places
    await page.screenshot({ path: join(directory, `${name}-${screen}.jpg`), type: 'jpeg', quality: 82 });
  }
  await context.close();
}
await browser.close();
