import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type Page } from '@playwright/test';

interface Watch {
  problems: string[];
}

/** A page that is watched: errors in the console, failed scripts and requests to other hosts fail the test. */
export const test = base.extend<{ watch: Watch }>({
  watch: [
    async ({ page, baseURL }, use) => {
      const watch: Watch = { problems: [] };
      // Flights take long without a graphics card; tests that are about them ask for them.
      await page.emulateMedia({ reducedMotion: 'reduce' });
      page.on('console', (m) => {
        if (m.type() === 'error') watch.problems.push(`console: ${m.text()}`);
      });
      page.on('pageerror', (e) => watch.problems.push(`error: ${e.message}`));
      page.on('request', (r) => {
        const url = new URL(r.url());
        if (!['blob:', 'data:'].includes(url.protocol) && url.origin !== new URL(baseURL!).origin) {
          watch.problems.push(`request to ${url.origin}`);
        }
      });
      await use(watch);
      expect(watch.problems).toEqual([]);
    },
    { auto: true },
  ],
});
export { expect };

export const settled = (page: Page) =>
  page.evaluate(() =>
    (window as unknown as { heritage: { settled: (ms: number) => Promise<void> } }).heritage.settled(45_000),
  );

/** Open a view and wait until its picture is complete. */
export async function open(page: Page, hash = '', language = 'en') {
  await page.goto(`./?debug&lang=${language}${hash}`);
  await page.waitForFunction(() => 'heritage' in window);
  await settled(page);
}

/** No accessibility violation in what is on screen. */
export async function accessible(page: Page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`)).toEqual([]);
}
