// The text version of a built site's tours (HERITAGE_URL): read where no script runs, and printed.
import type { Page } from '@playwright/test';
import type { Release } from '../../src/core/release.ts';
import { accessible, expect, test } from './helpers.ts';

test.skip(!process.env.HERITAGE_URL, 'the text version is made when a site is built');

const MM = 96 / 25.4;
const PAPER = { width: Math.round(180 * MM), height: Math.round(260 * MM) };

/** Pictures that did not come, by address. */
async function missing(page: Page): Promise<string[]> {
  const pictures = page.locator('main img');
  const found: string[] = [];
  for (let k = 0; k < (await pictures.count()); k++) {
    const picture = pictures.nth(k);
    await picture.scrollIntoViewIfNeeded();
    const came = () => picture.evaluate((e: HTMLImageElement) => e.complete && e.naturalWidth > 0);
    if (
      !(await expect
        .poll(came)
        .toBe(true)
        .then(
          () => true,
          () => false,
        ))
    )
      found.push((await picture.getAttribute('src')) ?? '');
  }
  return found;
}

/** What reaches over the side of the page. */
const wider = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('body *')]
      .filter((e) => {
        const { left, right } = e.getBoundingClientRect();
        return right > document.documentElement.clientWidth + 1 || left < -1;
      })
      .map((e) => `${e.tagName} ${e.className} ${e.textContent?.trim().slice(0, 40)}`),
  );

test('where no script runs, the first page leads to every tour, whose stops are all there in words and pictures', {
  tag: '@once',
}, async ({ browser, baseURL, viewport }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL, viewport });
  const page = await context.newPage();
  await page.goto('./?lang=en');
  const base = await page.locator('meta[name="heritage-base"]').getAttribute('content');
  const release: Release = await (await page.request.get(`./${base}release.json`)).json();
  const links = page.locator('main a[href*="/tours/"]');
  await expect(links).toHaveCount(release.tours.length);
  for (const [k, tour] of release.tours.entries()) {
    await page.goto('./?lang=en');
    await links.nth(k).click();
    await expect(page.locator('h1')).toHaveText(tour.title.en ?? Object.values(tour.title)[0]!);
    const stops = page.locator('main > section');
    await expect(stops).toHaveCount(tour.stops);
    for (let i = 0; i < tour.stops; i++)
      expect((await stops.nth(i).locator('.words').innerText()).length, tour.id).toBeGreaterThan(5);
    expect(await missing(page), tour.id).toEqual([]);
    await expect(page.locator('script')).toHaveCount(0);
    // A question's answer opens without a script.
    for (const answer of await page.locator('.question details').all()) {
      await expect(answer.locator('p').first()).toBeHidden();
      await answer.locator('summary').click();
      await expect(answer.locator('p').first()).toBeVisible();
    }
  }
  await context.close();
});

test('every tour as text is accessible in every language, and nothing of it is cut off on screen or paper', async ({
  page,
  isMobile,
}) => {
  await page.goto('./');
  const base = await page.locator('meta[name="heritage-base"]').getAttribute('content');
  const release: Release = await (await page.request.get(`./${base}release.json`)).json();
  const screen = page.viewportSize()!;
  if (isMobile) {
    await page.setViewportSize({ width: 320, height: 568 });
    await page.goto(`./${base}data/vi.html`);
    expect(await wider(page)).toEqual([]);
  }
  for (const tour of release.tours) {
    for (const [language, path] of Object.entries(tour.pages)) {
      await page.emulateMedia({ media: 'screen', reducedMotion: 'reduce' });
      await page.setViewportSize(screen);
      await page.goto(`./${base}${path}`);
      await expect(page.locator('html')).toHaveAttribute('lang', language);
      expect(await wider(page), path).toEqual([]);
      await accessible(page);
      if (isMobile) {
        // A word of one language may be longer than a phone's line.
        await page.evaluate(() => {
          for (const e of document.querySelectorAll('h1, main h2 span, .crumb a, nav a'))
            e.textContent = 'Kaiserstadtbefestigungsanlagenmusterbeispiel';
        });
        expect(await wider(page), path).toEqual([]);
        continue; // paper has one size
      }
      await page.emulateMedia({ media: 'print' });
      await page.setViewportSize(PAPER);
      expect(await wider(page), path).toEqual([]);
      const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
      const pages = pdf.match(/\/Type\s*\/Page\b/g)?.length ?? 0;
      expect(pages, path).toBeGreaterThan(0);
      expect(pages, path).toBeLessThanOrEqual(2 * tour.stops + 1);
    }
  }
});
