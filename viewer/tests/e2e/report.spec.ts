// The condition reports of a built site (HERITAGE_URL): read on a screen, and printed as Chromium prints them.
import type { Page } from '@playwright/test';
import type { Release } from '../../src/core/release.ts';
import { accessible, expect, test } from './helpers.ts';

test.skip(!process.env.HERITAGE_URL, 'reports are pages of a built site');
test.skip(({ isMobile }) => isMobile, 'paper has one size');

const MM = 96 / 25.4;
const [WIDE_MM, HIGH_MM] = [210 - 2 * 15, 297 - 16 - 18]; // A4 within the margins of condition.css

/** What reaches over the paper's margin, or is higher than a page though it may not be broken. */
const cutOff = (page: Page) =>
  page.evaluate(
    ([wide, high]) =>
      [...document.querySelectorAll('main *')]
        .filter((e) => {
          const { right, left, height } = e.getBoundingClientRect();
          const whole = e.matches('figure, tr, .legend');
          return right > wide! + 1 || left < -1 || (whole && height > high!);
        })
        .map((e) => `${e.tagName} ${e.className} ${e.textContent?.trim().slice(0, 40)}`),
    [WIDE_MM * MM, HIGH_MM * MM],
  );

test('every condition report is accessible, and prints on A4 with nothing cut off', async ({ page }) => {
  await page.goto('./');
  const base = await page.locator('meta[name="heritage-base"]').getAttribute('content');
  const release: Release = await (await page.request.get(`./${base}release.json`)).json();
  const reports = release.monuments.flatMap((m) => m.comparisons.flatMap((c) => Object.entries(c.reports)));
  expect(reports.map(([language]) => language).sort()).toEqual(
    release.monuments.flatMap((m) => m.comparisons.flatMap(() => release.languages)).sort(),
  );
  for (const [language, path] of reports) {
    await page.emulateMedia({ media: 'screen', reducedMotion: 'reduce' });
    await page.setViewportSize({ width: 1200, height: 900 });
    await page.goto(`./${base}${path}`);
    await expect(page.locator('html')).toHaveAttribute('lang', language);
    await accessible(page);

    await page.emulateMedia({ media: 'print' });
    await page.setViewportSize({ width: Math.round(WIDE_MM * MM), height: Math.round(HIGH_MM * MM) });
    await page.evaluate(async () => {
      for (const image of document.images) image.loading = 'eager';
      await Promise.all([...document.images].map((image) => image.decode()));
    });
    expect(await cutOff(page), path).toEqual([]);
    const pdf = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString('latin1');
    const sizes = [...pdf.matchAll(/\/MediaBox\s*\[([\d. ]+)\]/g)].map((m) =>
      m[1]!.trim().split(/\s+/).map(Number),
    );
    expect(sizes.length, path).toBe(pdf.match(/\/Type\s*\/Page\b/g)?.length);
    expect(sizes.length, path).toBeGreaterThan(3);
    expect(sizes.length, path).toBeLessThan(15);
    for (const [left, bottom, right, top] of sizes) {
      expect([left, bottom]).toEqual([0, 0]);
      expect(Math.abs(right! - 595.28), path).toBeLessThan(1);
      expect(Math.abs(top! - 841.89), path).toBeLessThan(1);
    }
  }
});
