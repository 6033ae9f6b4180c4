/** What a stop shows beside its picture: a question, a picture in its words, a place to stand; and an overlay. */
import { accessible, expect, legibleByNight, open, settled, test } from './helpers.ts';

// Pixels of the picture are read at places of the page: one for each.
test.use({ deviceScaleFactor: 1 });

test.skip(Boolean(process.env.HERITAGE_URL), 'these tests know the fixture');

type App = import('../../src/app/app.ts').App;

test('a question is answered by keyboard, judged in words, and explained', async ({ page }) => {
  // The stop lasts long enough to be answered on a slow machine.
  await page.route('**/tour.json', async (route) => {
    const response = await route.fetch();
    const document = await response.json();
    for (const stop of document.stops) stop.dwell_s = { vi: 500, en: 500, fr: 500 };
    await route.fulfill({ response, json: document });
  });
  await open(page, '#/t/gate/roof');
  const card = page.getByRole('region', { name: 'Which colour are the tiles?' });
  const status = card.getByRole('status');
  await page.evaluate(() =>
    (window as unknown as { heritage: { app: App } }).heritage.app.tours.play({ type: 'play' }),
  );
  await expect(card.getByText('Yellow was kept')).toHaveCount(0);
  await accessible(page);

  await card.getByRole('button', { name: 'Green' }).focus();
  await page.keyboard.press('Enter');
  await expect(status).toHaveText('Not that one. Try another.');
  await expect(card.getByRole('button', { name: 'Green wrong' })).toHaveAttribute('aria-disabled', 'true');
  // Who has answered wants to read: the tour waits.
  await expect(page.getByRole('button', { name: 'Play' })).toBeVisible();
  await expect(card.getByText('Yellow was kept')).toHaveCount(0);

  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await expect(status).toHaveText('That is right.');
  await expect(card.getByText('Yellow was kept for the emperor.')).toBeVisible();
  await accessible(page);
  await legibleByNight(page);

  // Another stop has no question, and coming back asks anew.
  await page.getByRole('button', { name: 'Next stop' }).click();
  await expect(page.locator('.question')).toHaveCount(0);
  await page.getByRole('button', { name: 'Previous stop' }).click();
  await expect(status).toHaveText('');

  // In a language without the question, it is asked in the site's first, and says so to screen readers.
  await page.getByLabel('Language').selectOption('fr');
  await expect(page.locator('.question')).toHaveAttribute('lang', 'vi');
  await page.getByRole('button', { name: 'Đỏ' }).click();
  await page.getByRole('button', { name: 'Montrer la réponse' }).click();
  await expect(page.locator('.question [role=status]')).toHaveText('La réponse est B. Vàng.');
});

test("the words show the release's pictures and no others, and where to stand", async ({ page }) => {
  await open(page, '#/t/gate/roof');
  const picture = page.getByRole('img', { name: 'A glazed tile' });
  // The words are drawn anew while the tour opens.
  await expect(() => picture.scrollIntoViewIfNeeded({ timeout: 1000 })).toPass();
  await expect.poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(1);
  await expect(page.locator('.prose img')).toHaveCount(1);
  await expect(page.locator('.stand')).toContainText('16.467650, 107.577730');
  await expect(page.getByRole('link', { name: 'Open in a map' })).toHaveAttribute(
    'href',
    'https://www.openstreetmap.org/?mlat=16.467650&mlon=107.577730#map=19/16.467650/107.577730',
  );
});

test('an overlay keeps the survey whole and lets as much of the state through as asked', {
  tag: '@once',
}, async ({ page }) => {
  await open(page, '#/m/pavilion/compare/2024/1885/overlay');
  await expect(page.locator('.claim')).toContainText('Measured');
  await expect(page.locator('.claim')).toContainText('Interpretation');
  await accessible(page);
  const opacity = page.getByRole('slider', { name: 'Opacity of what is laid over' });
  /** Pixels are kept in the page; how many differ between two of the pictures, and of those of the third that are of neither. */
  const keep = async (percent: number) => {
    await opacity.fill(String(percent));
    await settled(page);
    await page.evaluate((name) => {
      const { app } = (window as unknown as { heritage: { app: App } }).heritage;
      return new Promise<void>((resolve) => {
        const { stage } = app.view!;
        const drawn = stage.onDrawn;
        stage.onDrawn = () => {
          drawn();
          stage.onDrawn = drawn;
          const gl = stage.renderer.getContext();
          const bytes = new Uint8Array(gl.drawingBufferWidth * gl.drawingBufferHeight * 4);
          gl.readPixels(
            0,
            0,
            gl.drawingBufferWidth,
            gl.drawingBufferHeight,
            gl.RGBA,
            gl.UNSIGNED_BYTE,
            bytes,
          );
          Object.assign(window, { [`shot${name}`]: bytes });
          resolve();
        };
        stage.invalidate();
      });
    }, percent);
  };
  const count = () =>
    page.evaluate(() => {
      const { shot0, shot50, shot100 } = window as unknown as Record<string, Uint8Array>;
      const found = { added: 0, mean: 0, stray: 0 };
      shot0!.forEach((none, k) => {
        const [some, all] = [shot50![k]!, shot100![k]!];
        if (Math.abs(all - none) > 40) {
          found.added++;
          found.mean += (some - none) / (all - none);
        } else if (all === none && Math.abs(some - none) > 8) found.stray++;
      });
      return { ...found, mean: found.mean / found.added };
    });
  for (const mixed of [false, true]) {
    await page.evaluate((m) => {
      (window as unknown as { heritage: { app: App } }).heritage.app.view!.onScreen.mixed = m;
    }, mixed);
    for (const percent of [0, 50, 100]) await keep(percent);
    const { added, mean, stray } = await count();
    expect(added).toBeGreaterThan(2000); // the state's upper roof is no part of the survey
    expect(mean).toBeGreaterThan(0.4);
    expect(mean).toBeLessThan(0.6);
    expect(stray).toBeLessThan(added * 0.01); // the survey and all round it stay as they are
  }
});

test('in a language from right to left the page turns, a recording does not, and other words say what they are', async ({
  page,
}) => {
  const arabic = { title: 'سقف من الآجر', html: '<p>يعلو السقف في طبقتين.</p>' };
  for (const [name, change] of Object.entries({
    'release.json': (d: { languages: string[] }) => d.languages.push('ar'),
    'tour.json': (d: { stops: Record<string, Record<string, string>>[] }) => {
      d.stops[1]!.title!.ar = arabic.title;
      d.stops[1]!.html!.ar = arabic.html;
    },
  })) {
    await page.route(`**/${name}`, async (route) => {
      const response = await route.fetch();
      const document = await response.json();
      change(document as never);
      await route.fulfill({ response, json: document });
    });
  }
  await open(page, '#/t/gate/roof', 'ar');
  await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
  // The interface has no Arabic: its words are English and marked as such by the page, the tour's are marked as Arabic.
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await expect(page.locator('.panel h1')).toHaveText(arabic.title);
  await expect(page.locator('.panel h1 span')).toHaveAttribute('lang', 'ar');
  await expect(page.locator('.arriving > .prose')).toHaveAttribute('lang', 'ar');
  await expect(page.locator('.arriving > .prose')).toHaveAttribute('dir', 'rtl');
  await expect(page.locator('.question')).toHaveAttribute('lang', 'vi');
  await expect(page.locator('.question')).toHaveAttribute('dir', 'ltr');
  expect(await page.locator('.timeline input').evaluate((e) => getComputedStyle(e).direction)).toBe('ltr');
  await accessible(page);
  await page.getByRole('button', { name: 'Next stop' }).click();
  await expect(page.locator('.panel h1 span')).toHaveAttribute('lang', 'vi');
  await expect(page.locator('.panel h1 span')).toHaveAttribute('dir', 'ltr');
  await expect(page.locator('.arriving > .prose')).toHaveAttribute('lang', 'vi');
  if (process.env.PICTURES)
    await page.screenshot({ path: `${process.env.PICTURES}/rtl-${test.info().project.name}.png` });
  // Small words of the interface keep the order of theirs; on foot left is left, and nothing lies under the panel.
  await page.keyboard.press('Escape');
  await expect(page.locator('.row .more').first()).toHaveCSS('unicode-bidi', 'plaintext');
  await page.getByRole('link', { name: 'Walk around' }).click();
  const [left, right] = [page.locator('.pad .left'), page.locator('.pad .right')];
  await expect(left).toBeVisible();
  const beginning = async (e: typeof left) => (await e.boundingBox())!.x;
  expect(await beginning(left)).toBeLessThan(await beginning(right));
  await right.click({ trial: true });
});
