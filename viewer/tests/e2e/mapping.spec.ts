import { readFileSync } from 'node:fs';
import { accessible, expect, open, type Point, press, settled, test } from './helpers.ts';

test.skip(Boolean(process.env.HERITAGE_URL), 'these tests know the fixture');

test('a condition map: terms with sums, what was carried is said, a press leads there', async ({ page }) => {
  await open(page, '#/m/gate/mapping?shown=2019');
  const list = page.locator('.mapped li');
  await expect(list).toHaveCount(3);
  await expect(page.locator('.terms label').filter({ hasText: 'Staining' })).toContainText('6 m²');
  await expect(page.locator('.marks .mapped')).toHaveCount(3);
  await page.getByRole('radio', { name: 'Staining' }).check({ force: true });
  await expect(list).toHaveCount(1);
  await expect(page.locator('.marks polygon')).toHaveCount(1);
  await list.getByRole('button').click();
  await settled(page);
  await accessible(page);
  await open(page, '#/m/gate/mapping?shown=2024');
  await expect(list.filter({ hasText: 'A stain' })).toContainText('for review');
});

test('an area is drawn, named, kept over a visit, and saved as the file that is imported', async ({
  page,
}) => {
  await open(page, '#/m/gate/mapping');
  await page.getByRole('radio', { name: 'Area', exact: true }).check({ force: true });
  const corners: Point[] = [
    [-7.5, -3, 1.5],
    [-4, -3, 1.5],
    [-4, -3, 3.5],
  ];
  for (const p of corners) await press(page, p);
  await page.getByRole('button', { name: 'Finish' }).click();
  await page.getByLabel('Title').fill('Moss');
  await page.getByLabel('Title').blur();
  await page.getByRole('combobox', { name: 'Term' }).selectOption('loss');
  await accessible(page);
  await page.reload();
  await expect(page.getByLabel('Title')).toHaveValue('Moss');
  // Another window draws meanwhile; then the browser keeps no more.
  const other = await page.context().newPage();
  await other.goto('./assets/licences.txt');
  await other.evaluate(() => {
    const key = 'heritage-drawn-gate';
    const [draft] = JSON.parse(localStorage.getItem(key)!);
    localStorage.setItem(
      key,
      JSON.stringify([draft, { ...draft, id: 'drawn-other', title: { en: 'Crack' } }]),
    );
  });
  await other.close();
  await expect(page.getByLabel('Title')).toHaveCount(2);
  await page.evaluate(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
  });
  await page.getByLabel('Title').nth(1).fill('Crack in the vault');
  await page.getByLabel('Title').nth(1).blur();
  const kept = page.getByText('This browser keeps nothing');
  await expect(kept).toBeVisible();
  for (const hash of ['#/m/gate', '#/m/gate/mapping']) {
    await page.evaluate((to) => {
      location.hash = to;
    }, hash);
    await settled(page);
  }
  await expect(page.getByLabel('Title').nth(1)).toHaveValue('Crack in the vault');
  await expect(kept).toBeVisible();
  await page.getByRole('button', { name: 'Delete drawing Crack in the vault' }).click();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save as a file' }).click(),
  ]);
  expect(file.suggestedFilename()).toBe('gate-annotations.json');
  const { monument, annotations } = JSON.parse(readFileSync(await file.path(), 'utf8'));
  expect(monument).toBe('gate');
  expect(annotations).toHaveLength(1);
  expect(annotations[0]).toMatchObject({ title: { en: 'Moss' }, term: 'loss', epoch: '2024' });
  // A press is a pixel, 3 cm here.
  for (const [i, p] of corners.entries())
    for (const k of [0, 1, 2]) expect(Math.abs(annotations[0].area_m[i][k] - p[k]!)).toBeLessThan(0.08);
  await page.getByRole('button', { name: /Delete drawing/ }).click();
  await page.reload();
  await expect(page.locator('.draft')).toHaveCount(0);
});

test('what holds in the newest survey is marked before any year is pressed, and opens by its address', {
  tag: '@once',
}, async ({ page }) => {
  await open(page, '#/m/gate?note=stain');
  await expect(page.locator('.mark-button')).toHaveCount(3);
  await expect(page.locator('.note')).toContainText('for review');
});
