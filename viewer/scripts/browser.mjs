// What the scripts here share: a browser, and a view of a served site with all that belongs to it.
import { chromium } from '@playwright/test';

/** Chromium, without what it does by itself on a network; `args` beside, `options` as Playwright has them. */
export const launch = (args = [], options = {}) =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-background-networking', ...args],
    ...options,
  });

/** Go to `address` with its fragment `hash`, in English, and wait until everything in view is there. */
export async function open(page, address, hash = '') {
  await page.goto(`${address}?debug&lang=en${hash}`);
  await page.waitForFunction(() => 'heritage' in window);
  await page.evaluate(() => window.heritage.settled(180_000));
}
