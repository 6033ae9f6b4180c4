import { gzipSync } from 'node:zlib';
import { expect, settled, test } from './helpers.ts';

const BUDGET_BYTES = 250_000;

test('the code of the first screen stays within its budget', async ({ page, isMobile }) => {
  test.skip(isMobile, 'the same files as on a desktop');
  const scripts = new Map<string, number>();
  page.on('response', async (response) => {
    if (response.request().resourceType() === 'script') {
      scripts.set(response.url(), gzipSync(await response.body()).length);
    }
  });
  await page.goto('./?debug&lang=en');
  await page.waitForFunction(() => 'heritage' in window);
  await settled(page);
  const total = [...scripts.values()].reduce((a, b) => a + b, 0);
  expect(scripts.size).toBeGreaterThan(1);
  expect(total).toBeLessThan(BUDGET_BYTES);
});
