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

/** No accessibility violation in what is on screen, or in a part of it. */
export async function accessible(page: Page, part?: string) {
  const axe = new AxeBuilder({ page });
  expect(await faults(part ? axe.include(part) : axe)).toEqual([]);
}

/** What is on screen has enough contrast in the dark scheme, too. */
export async function legibleByNight(page: Page) {
  await page.emulateMedia({ colorScheme: 'dark' });
  const found = await faults(new AxeBuilder({ page }).withRules(['color-contrast']));
  await page.emulateMedia({ colorScheme: 'light' });
  expect(found).toEqual([]);
}

async function faults(axe: AxeBuilder): Promise<string[]> {
  const { violations } = await axe.analyze();
  return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`);
}

type App = import('../../src/app/app.ts').App;
export type Point = [number, number, number];

/** Press where a point of the gate's frame is on screen. */
export async function press(page: Page, position: Point): Promise<void> {
  const at = await page.evaluate((p) => {
    const { app } = (window as unknown as { heritage: { app: App } }).heritage;
    const m = app.state.release!.monuments[0]!.placement.site_from_monument;
    const site = [0, 1, 2].map((r) => m[r]! * p[0]! + m[4 + r]! * p[1]! + m[8 + r]! * p[2]! + m[12 + r]!);
    return app.view!.stage.project(site as [number, number, number])!;
  }, position);
  await page.mouse.click(at.x, at.y);
}
