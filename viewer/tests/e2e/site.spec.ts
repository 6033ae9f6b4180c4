// What holds for any site: the fixture here, a built site with HERITAGE_URL.
import type { Page } from '@playwright/test';
import type { App } from '../../src/app/app.ts';
import { accessible, expect, open, settled, test } from './helpers.ts';

const outline = (page: Page) =>
  page.evaluate(() => {
    const { release } = (window as unknown as { heritage: { app: App } }).heritage.app.state;
    const { languages, title, monuments, tours } = release!;
    return {
      languages,
      title,
      monuments: monuments.map(({ id, title, comparisons, states }) => ({ id, title, comparisons, states })),
      tours: tours.map(({ id, title, stops }) => ({ id, title, stops })),
    };
  });

/** A desktop's pictures of the sample take as long as all else here; its panels are the fixture's, and walked there. */
const LARGE = 'a served site is walked on the small screen';
const large = (isMobile: boolean) => Boolean(process.env.HERITAGE_URL) && !isMobile;

const heading = (page: Page) => page.getByRole('heading', { level: 1 });

test('every monument opens from its row, and the page stays accessible', async ({ page, isMobile }) => {
  test.skip(large(isMobile), LARGE);
  await open(page);
  const site = await outline(page);
  const language = site.languages.includes('en') ? 'en' : site.languages[0]!;
  for (const monument of site.monuments) {
    await page
      .getByRole('link', { name: new RegExp(monument.title[language]!) })
      .last()
      .click();
    await expect(heading(page)).toHaveText(monument.title[language]!);
    await settled(page);
    await accessible(page);
    await page.keyboard.press('Escape');
    await expect(heading(page)).toHaveText(site.title[language]!);
  }
  expect(site.monuments.length).toBeGreaterThan(0);
});

test('every tour shows each of its stops in every language', async ({ page, isMobile }) => {
  test.skip(large(isMobile), LARGE);
  test.slow(); // a picture per stop, without a graphics card
  await open(page);
  const site = await outline(page);
  const choice = page.locator('.language select');
  for (const [k, tour] of site.tours.entries()) {
    // Each starts in another language; the others are chosen where one is, so that a stop is drawn once for all.
    const first = site.languages[k % site.languages.length]!;
    const others = site.languages.filter((l) => l !== first);
    await page.goto(`./?debug&lang=${first}#/t/${tour.id}`);
    await page.waitForFunction(() => 'heritage' in window);
    const stops = await page.evaluate(async (id) => {
      const { app } = (window as unknown as { heritage: { app: App } }).heritage;
      const documents = await app.tours.documents();
      return documents.find((d) => d.id === id)!.stops.map(({ id, title }) => ({ id, title }));
    }, tour.id);
    const titled = (title: Record<string, string>, language: string) =>
      expect(heading(page)).toHaveText(title[language] ?? Object.values(title)[0]!);
    for (const [i, stop] of stops.entries()) {
      await titled(stop.title, first);
      await expect(page).toHaveURL(new RegExp(`#/t/${tour.id}/${stop.id}$`));
      for (const language of others.length ? [...others, first] : []) {
        await choice.selectOption(language);
        await titled(stop.title, language);
      }
      if (i < stops.length - 1)
        await page
          .locator('.transport .tool')
          .nth(await middle(page))
          .click();
    }
    expect(stops.length).toBe(tour.stops);
  }
});

/** Which of the small buttons leads on: the last one, unless a button for captions follows it. */
async function middle(page: Page): Promise<number> {
  const keys = await page
    .locator('.transport .tool')
    .evaluateAll((all) => all.map((e) => e.getAttribute('aria-keyshortcuts')));
  return keys.indexOf('n');
}

test('measured comparisons swipe and show their change', async ({ page, isMobile }) => {
  test.skip(large(isMobile), LARGE);
  await open(page);
  const site = await outline(page);
  const pairs = site.monuments.flatMap((m) => m.comparisons.map((c) => ({ id: m.id, ...c })));
  test.skip(pairs.length === 0, 'this site compares nothing');
  const [pair] = pairs;
  await open(page, `#/m/${pair!.id}/compare/${pair!.reference}/${pair!.compared}/swipe`);
  const line = page.getByRole('slider', { name: 'Comparison line' });
  await line.focus();
  await page.keyboard.press('PageDown');
  await expect(line).toHaveAttribute('aria-valuenow', '40');
  await settled(page);
  await accessible(page);
  await page.getByRole('radio', { name: 'Change' }).check({ force: true });
  await expect(page).toHaveURL(/\/change$/);
  await settled(page);
  await expect(page.getByRole('img', { name: 'Area by distance' })).toBeVisible();
  const threshold = page.getByRole('slider', { name: 'Threshold' });
  await threshold.focus();
  await page.keyboard.press('End');
  await settled(page);
  await accessible(page);
});
