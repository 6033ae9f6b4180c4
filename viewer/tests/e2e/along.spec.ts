// Tours that were taken along: complete without a network and without the server, never of two releases, and gone when removed.
import type { BrowserContext, Page } from '@playwright/test';
import { test as plain } from '@playwright/test';
import type { TourDocument } from '../../src/core/release.ts';
import { Site } from './alongServer.ts';
import { accessible, expect, settled } from './helpers.ts';

const test = plain.extend<{ site: Site }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants a pattern
  site: async ({}, use) => {
    const site = new Site();
    await site.start();
    await use(site);
    await site.stop();
  },
});
test.skip(Boolean(process.env.HERITAGE_URL), 'these tests know the fixture');
test.use({ reducedMotion: 'reduce' });

async function visit(page: Page, site: Site, hash = ''): Promise<void> {
  await page.goto('about:blank'); // the same address with another fragment would not be loaded anew
  await page.goto(`${site.address}?debug&lang=en${hash}`);
  await page.waitForFunction(() => 'heritage' in window);
}
const heading = (page: Page) => page.getByRole('heading', { level: 1 });
const dialog = (page: Page) => page.getByRole('dialog', { name: 'Take along' });
const take = (page: Page, title: string) => page.getByRole('button', { name: `Take along: ${title}` });
const leave = (page: Page, title: string) => page.getByRole('button', { name: `Remove: ${title}` });
const openDialog = async (page: Page) => {
  await page.getByRole('button', { name: 'Take along', exact: true }).click();
  await expect(dialog(page)).toBeVisible();
};
const GATE = 'Before the Meridian Gate';

/** What is kept: caches, workers, and the release of every file that the index names. */
const kept = (page: Page) =>
  page.evaluate(async () => {
    const names = await caches.keys();
    const workers = (await navigator.serviceWorker.getRegistrations()).length;
    const cache = names[0] ? await caches.open(names[0]) : null;
    const keys = cache ? (await cache.keys()).map((request) => request.url) : [];
    const at = keys.find((url) => url.endsWith('index.json'));
    const index = at ? await (await cache!.match(at))!.json() : null;
    const paths = index ? Object.keys(index.files) : [];
    const releases = [
      ...new Set(paths.filter((path) => path.startsWith('r/')).map((path) => path.split('/')[1])),
    ];
    return { caches: names.length, workers, files: keys.length, releases, tours: index?.tours.length ?? 0 };
  });

async function cutOff(context: BrowserContext, site: Site): Promise<void> {
  await site.stop();
  await context.setOffline(true);
}

async function reconnect(context: BrowserContext, site: Site): Promise<void> {
  await site.start();
  await context.setOffline(false);
}

test('a tour taken along plays to its end without network and server', async ({
  page,
  context,
  site,
  isMobile,
}) => {
  test.skip(!isMobile, 'tours are taken along on phones');
  await visit(page, site);
  await openDialog(page);
  await expect(take(page, GATE)).toBeVisible();
  await accessible(page);
  await take(page, GATE).click();
  await expect(leave(page, GATE)).toBeVisible({ timeout: 30_000 });
  await expect(dialog(page).getByText(/^Taken along: .* Still free for this site: /)).toBeVisible();
  await accessible(page);
  await cutOff(context, site);

  const asked: string[] = [];
  page.on('requestfailed', (request) => asked.push(request.url()));
  await visit(page, site, '#/t/gate');
  const stops = await page.evaluate(async () => {
    const tour = (await (await fetch('r/1/tours/gate/tour.json')).json()) as TourDocument;
    return tour.stops.map((stop) => stop.title.en!);
  });
  expect(stops.length).toBe(4);
  for (const [k, title] of stops.entries()) {
    await expect(heading(page)).toHaveText(title);
    await settled(page);
    if (k < stops.length - 1) await page.getByRole('button', { name: 'Next stop' }).click();
  }
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await expect(page.getByText(/^The tour ends here/)).toBeVisible({ timeout: 30_000 });
  // What was said is there, and a player that asks for a part of it gets that part.
  const part = await page.evaluate(async () => {
    const answer = await fetch('r/1/media/narration.wav', { headers: { Range: 'bytes=4-11' } });
    return [
      answer.status,
      answer.headers.get('Content-Range')?.split('/')[0],
      (await answer.arrayBuffer()).byteLength,
    ];
  });
  expect(part).toEqual([206, 'bytes 4-11', 8]);
  expect(asked).toEqual([]);
  await expect(page.locator('.notice')).toHaveCount(0);

  // What was not taken along says so: a tour in its row and when it is opened, a monument in one line.
  await visit(page, site);
  await expect(page.getByText('You are offline: what was taken along is shown.')).toBeVisible();
  await expect(page.getByRole('link', { name: /The pavilion Not taken along/ })).toBeVisible();
  await accessible(page);
  await visit(page, site, '#/m/pavilion');
  await settled(page);
  await expect(page.locator('.notice')).toHaveText(/only a coarse view/);
  await visit(page, site, '#/t/second');
  await expect(heading(page)).toHaveText('Not taken along: this needs a connection.');
  await accessible(page);
  await page.getByRole('link', { name: 'To what was taken along' }).click();
  await expect(heading(page)).toHaveText('Precinct 1');
});

test('an update comes whole or not at all, and removal frees', async ({ page, context, site, isMobile }) => {
  test.skip(!isMobile, 'tours are taken along on phones');
  await visit(page, site);
  await openDialog(page);
  await take(page, GATE).click();
  await expect(leave(page, GATE)).toBeVisible({ timeout: 30_000 });
  await take(page, 'The pavilion').click();
  await expect(leave(page, 'The pavilion')).toBeVisible({ timeout: 30_000 });
  const first = await kept(page);
  expect(first).toMatchObject({ caches: 1, workers: 1, releases: ['1'], tours: 2 });

  site.release = '2';
  await visit(page, site);
  await expect(heading(page)).toHaveText('Precinct 2');
  await openDialog(page);
  await expect(page.getByText('What you took along is of an older release.')).toBeVisible();
  await accessible(page);
  // A file that is not what its list says, and a connection that breaks: both times the old release stays whole.
  site.lies.add('release.json');
  await page.getByRole('button', { name: 'Update' }).click();
  await expect(page.getByRole('alert')).toHaveText(/The site has changed meanwhile/);
  site.lies.clear();
  site.patience = 2;
  await page.getByRole('button', { name: 'Update' }).click();
  await expect(page.getByRole('alert')).toHaveText(/The connection broke/);
  expect((await kept(page)).releases).toEqual(['1']);
  site.patience = Number.POSITIVE_INFINITY;
  await cutOff(context, site);
  await visit(page, site);
  await expect(heading(page)).toHaveText('Precinct 1');
  await settled(page);

  await reconnect(context, site);
  await visit(page, site);
  await expect(heading(page)).toHaveText('Precinct 2');
  await openDialog(page);
  await page.getByRole('button', { name: 'Update' }).click();
  await expect(page.getByText('What you took along is of an older release.')).toBeHidden({ timeout: 30_000 });
  const second = await kept(page);
  expect(second).toMatchObject({ caches: 1, releases: ['2'], tours: 2, files: first.files });
  await cutOff(context, site);
  await visit(page, site, '#/t/second');
  await settled(page);
  await expect(page.locator('.notice')).toHaveCount(0);

  await visit(page, site);
  await openDialog(page);
  await leave(page, GATE).click();
  await expect(leave(page, GATE)).toBeHidden();
  const less = await kept(page);
  expect(less.tours).toBe(1);
  expect(less.files).toBeLessThan(second.files);
  await leave(page, 'The pavilion').click();
  await expect(leave(page, 'The pavilion')).toBeHidden();
  expect(await kept(page)).toEqual({ caches: 0, workers: 0, files: 0, releases: [], tours: 0 });
});

test('cancelling keeps nothing; where the browser keeps nothing, it says why', { tag: '@once' }, async ({
  page,
  site,
}) => {
  await visit(page, site);
  await openDialog(page);
  site.slow = true;
  await take(page, GATE).click();
  await expect(page.getByRole('progressbar', { name: 'Taking along' })).toBeVisible();
  await accessible(page);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(take(page, GATE)).toBeEnabled();
  expect(await kept(page)).toMatchObject({ caches: 0, workers: 0 });

  // The store is full before the first file, and a list comes as half of one.
  site.slow = false;
  await page.evaluate(() => {
    const { put } = Cache.prototype;
    Cache.prototype.put = () => {
      Cache.prototype.put = put;
      return Promise.reject(new DOMException('full', 'QuotaExceededError'));
    };
  });
  await take(page, GATE).click();
  await expect(page.getByRole('alert')).toHaveText(/not enough room/i);
  await page.route('**/take-along.json', (route) => route.fulfill({ body: '{"files": [' }));
  await take(page, GATE).click();
  await expect(page.getByRole('alert')).toHaveText(/The connection broke/);

  await page.addInitScript(() => Object.defineProperty(window, 'isSecureContext', { value: false }));
  await visit(page, site);
  await openDialog(page);
  await expect(page.getByRole('alert')).toHaveText(/only from secure addresses/);
  await expect(take(page, GATE)).toBeDisabled();
  await accessible(page);
});

test('two pages that take along at once lose nothing of each other', { tag: '@once' }, async ({
  page,
  context,
  site,
}) => {
  const other = await context.newPage();
  for (const one of [page, other]) {
    await visit(one, site);
    await openDialog(one);
  }
  site.slow = true;
  await take(page, GATE).click();
  await expect(page.getByRole('progressbar', { name: 'Taking along' })).toBeVisible();
  await take(other, 'The pavilion').click();
  await expect(other.getByRole('progressbar', { name: 'Taking along' })).toBeVisible();
  // The first is cancelled and tidies up; the second has waited for it, and comes whole.
  await page.getByRole('button', { name: 'Cancel' }).click();
  site.slow = false;
  await expect(leave(other, 'The pavilion')).toBeVisible({ timeout: 30_000 });
  expect(await kept(other)).toMatchObject({ caches: 1, workers: 1, tours: 1 });
  // The first page looked before that tour was there, and keeps it all the same.
  await expect(take(page, GATE)).toBeEnabled();
  await take(page, GATE).click();
  // What was given up is given up in the browser, too: it would have the same files wait 20 s for it.
  await expect(leave(page, GATE)).toBeVisible({ timeout: 15_000 });
  await expect(leave(page, 'The pavilion')).toBeVisible();
  expect(await kept(page)).toMatchObject({ caches: 1, tours: 2 });
  // A line that breaks in the middle of an answer is as good as none.
  site.half = true;
  await visit(page, site, '#/t/second');
  await settled(page);
  await expect(page.locator('.notice')).toHaveCount(0);
  site.half = false;
  await cutOff(context, site);
  await visit(page, site, '#/t/second');
  await settled(page);
  await expect(page.locator('.notice')).toHaveCount(0);
});
