/** The section of a tour's stop: drawn beside the words, marked in the scene, open to be moved. */
import { accessible, expect, open, settled, test } from './helpers.ts';

test.skip(Boolean(process.env.HERITAGE_URL), 'these tests know the fixture');

type App = import('../../src/app/app.ts').App;

test('a stop with a section shows its drawing and its plane, and the next stop neither', async ({ page }) => {
  const cut = () =>
    page.evaluate(() => {
      const { app } = (window as unknown as { heritage: { app: App } }).heritage;
      const [gate] = app.state.release!.monuments;
      return app.view!.conditions.of(gate!).map((c) => c.uniforms.cut.value.manhattanLength() > 0);
    });
  await open(page, '#/t/gate/then-and-now');
  const picture = page.locator('.stop-section img');
  await expect(picture).toHaveAttribute('alt', /^Section: Measured .*2019.*; Measured .*2024/);
  await expect(page.locator('.marks .plane')).toHaveCount(1);
  // A part of the plane's rim is behind the gate, and is drawn apart.
  await expect(page.locator('.marks .behind')).toHaveAttribute('d', /^M/);
  await expect(page.locator('.marks .plane .under')).toHaveAttribute('d', /^M/);
  expect(
    await picture.evaluate((img: HTMLImageElement) => img.decode().then(() => img.naturalHeight)),
  ).toBeGreaterThan(0);
  expect(await cut()).toEqual([true, true]);
  await accessible(page);

  await page.getByRole('button', { name: 'Next stop' }).click();
  await expect(page.locator('.marks .plane')).toHaveCount(0);
  await expect(picture).toHaveCount(0);
  await expect.poll(cut).toEqual([false, false]);
});

test('the section of a stop opens as the tool that moves it, with the same plane and surveys', {
  tag: '@once',
}, async ({ page }) => {
  await open(page, '#/t/gate/then-and-now');
  await page.getByRole('link', { name: 'Move the plane' }).click();
  await expect(page).toHaveURL(/#\/m\/gate\/section\?.*cut=x@-2.25&of=2019,2024/);
  await settled(page);
  await expect(page.getByRole('slider', { name: 'Position' })).toHaveValue('-2.25');
  await expect(page.getByRole('checkbox', { checked: true })).toHaveCount(2);
});
