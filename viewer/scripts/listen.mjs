// What a screen reader says at a tour: node scripts/listen.mjs http://127.0.0.1:8000/ '#/t/gate/roof'
// Drives Chromium by keyboard under Orca, which scripts/listen.sh starts; what Orca says is in its log.
import { launch } from './browser.mjs';

const [address, hash] = process.argv.slice(2);
if (!address || !hash) throw new Error('usage: node scripts/listen.mjs ADDRESS FRAGMENT');
const HEARD_MS = 2500; // time for one thing to be said

const browser = await launch(['--force-renderer-accessibility'], { headless: false });
const page = await browser.newPage();
await page.emulateMedia({ reducedMotion: 'reduce' });
await page.goto(`${address}?debug&lang=en${hash}`);
await page.waitForFunction(() => 'heritage' in window);
await page.waitForTimeout(4 * HEARD_MS);

/** Press a key where the focus is, and let it be heard. */
async function press(key) {
  await page.keyboard.press(key);
  await page.waitForTimeout(HEARD_MS);
}
const answers = page.locator('.answer');
if ((await answers.count()) > 0) {
  await answers.first().focus();
  await page.waitForTimeout(HEARD_MS);
  for (const key of ['Enter', 'Tab', 'Space']) await press(key);
}
await page.getByRole('button', { name: 'Next stop' }).focus();
await page.waitForTimeout(HEARD_MS);
await press('Enter');
await press('Tab');
await browser.close();
