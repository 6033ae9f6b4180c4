import { expect, test } from '@playwright/test';
import { accessible } from './helpers.ts';
import { StudioServer } from './studioServer.ts';

const server = new StudioServer();

test.skip(
  ({ isMobile }) => isMobile || Boolean(process.env.HERITAGE_URL),
  'a conservator’s desk, on the fixture',
);
test.beforeAll(async ({ isMobile }) => {
  if (isMobile || process.env.HERITAGE_URL) return;
  server.make();
  await server.start();
});
test.afterAll(() => server.stop());

test('what cleaning took for a tree is drawn round, undone, brushed by numbers, and saved as a region', async ({
  page,
}) => {
  await page.goto(server.address);
  await page.getByRole('button', { name: /Meridian Gate, 2024/ }).click();
  // Nothing is loaded thinly here: what is counted is what the build would count.
  await expect(page.locator('.cleaning-loaded')).toHaveText(/^All [\d,]+ points/, { timeout: 60_000 });
  const entries = page.locator('.cleaning-list li');

  await page.getByRole('radio', { name: 'All the way through' }).check();
  await page.getByRole('button', { name: 'Lasso', exact: true }).click();
  const box = (await page.locator('.cleaning-over').boundingBox())!;
  const at = (u: number, v: number) => [box.x + u * box.width, box.y + v * box.height] as const;
  await page.mouse.move(...at(0.02, 0.02));
  await page.mouse.down();
  for (const [u, v] of [
    [0.98, 0.02],
    [0.98, 0.98],
    [0.02, 0.98],
  ] as const)
    await page.mouse.move(...at(u, v), { steps: 4 });
  await page.mouse.up();
  await expect(entries).toContainText(/Lasso, all the way through\s+[1-9][\d,]* of the points loaded here/);
  await accessible(page);
  await page.keyboard.press('Control+z');
  await expect(entries).toHaveCount(0);

  // Without a pointer: a ball about the tree takes in all of its leaves.
  await page.getByLabel('Radius').fill('9');
  for (const [axis, value] of [
    ['x', '13'],
    ['y', '-4'],
    ['z', '4.5'],
  ] as const)
    await page.getByRole('spinbutton', { name: axis, exact: true }).fill(value);
  await page.getByRole('button', { name: 'Brush here' }).press('Enter');
  await expect(entries).toContainText('3,000 of the points loaded here');
  await page.getByLabel('Why').fill('a banner');
  await expect(page.locator('.saving')).toHaveText(/Saved/, { timeout: 15_000 });
  const yaml = server.read('monuments/gate/corrections/2024.yaml');
  expect(yaml).toMatch(
    /was: \[vegetation\]\n {4}becomes: kept\n {4}brush: \{radius_m: 9, at_m: \[\[13, -4, 4\.5\]\]\}/,
  );
  expect(yaml).toContain('note: a banner');
});
