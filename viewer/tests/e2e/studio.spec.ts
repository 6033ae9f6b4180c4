import { expect, type Page, test } from '@playwright/test';
import { accessible } from './helpers.ts';
import { StudioServer } from './studioServer.ts';

test.describe.configure({ mode: 'serial' });
// A microphone that hums.
const HUM = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
test.use({
  launchOptions: async ({ launchOptions }, use) =>
    use({ ...launchOptions, args: [...(launchOptions.args ?? []), ...HUM] }),
});
const server = new StudioServer();

test.skip(
  ({ isMobile }) => isMobile || Boolean(process.env.HERITAGE_URL),
  'an editor’s desk, on the fixture',
);
test.beforeAll(async ({ isMobile }) => {
  if (isMobile || process.env.HERITAGE_URL) return;
  server.make();
  await server.start();
});
test.afterAll(() => server.stop());

/** Words need no scene, and two of them at once take long without a graphics card. */
const blind = (page: Page) => page.route('**/scene.html*', (route) => route.abort());

const PASSWORD = 'năm lối qua cổng';

/** Come in by the printed address, or by a name, and put the tour on the desk. */
async function desk(page: Page, name: string | null = null): Promise<void> {
  await page.goto(server.address);
  if (name) {
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }
  await page.getByRole('button', { name: /Through the gate/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Through the gate' })).toBeVisible();
}

const saved = (page: Page) => expect(page.locator('.saving')).toHaveText(/Saved/, { timeout: 15_000 });
const stop = (page: Page, name: RegExp) => page.locator('.stops').getByRole('button', { name }).first();
const text = (page: Page) => page.getByLabel('Text (Markdown)').first();

/** The scene in the frame shows the stop `id`. */
const shows = (page: Page, id: string) =>
  expect
    .poll(
      () =>
        page
          .frames()
          .find((f) => f.url().includes('scene.html'))
          ?.url() ?? '',
      { timeout: 40_000 },
    )
    .toContain(`#/t/gate/${id}`);

test('a stop is made by doing it: added, worded, moved, undone, saved as a clean difference', async ({
  page,
}) => {
  await desk(page);
  await shows(page, 'approach');
  await accessible(page);
  const before = server.read('tours/gate/tour.yaml');

  await page.getByRole('button', { name: 'Add a stop' }).click();
  await page.getByLabel('Title', { exact: true }).first().fill('The middle way');
  await text(page).fill('It was the emperor’s **alone**.');
  await saved(page);
  await shows(page, 'stop-4');
  expect(server.read('tours/gate/en.md')).toContain('### The middle way\n\nIt was the emperor’s **alone**.');
  const yaml = server.read('tours/gate/tour.yaml');
  // What stood there stands there still, comments included: lines were only added.
  const lines = yaml.split('\n');
  for (const line of before.split('\n')) expect(lines).toContain(line);

  // The scene is turned by hand, and what is seen then is the stop's view.
  const viewOf = () => /id: stop-4[\s\S]*?view:.*/.exec(server.read('tours/gate/tour.yaml'))?.[0];
  const before4 = viewOf();
  const { x, y } = (await page.locator('.stage').boundingBox())!;
  await page.mouse.move(x + 300, y + 300);
  await page.mouse.down();
  await page.mouse.move(x + 420, y + 320, { steps: 4 });
  await page.mouse.up();
  await page.getByRole('button', { name: 'Use the present view' }).click();
  await expect.poll(viewOf, { timeout: 15_000 }).not.toBe(before4);

  const voice = page.locator('.voice').first();
  await voice.getByRole('button', { name: 'Record' }).click();
  await voice.getByRole('button', { name: 'Stop (0:01)' }).click();
  await expect(voice.locator('audio')).toHaveAttribute('src', /media\/gate-stop-4/);
  await saved(page);
  expect(server.read('tours/gate/tour.yaml')).toMatch(/narration: *\{?\s*en: media\/gate-stop-4/);

  const handle = page.getByRole('button', { name: 'Move The middle way' });
  await handle.focus();
  await page.keyboard.press('ArrowDown');
  await expect(page.locator('.stops .name')).toHaveText([
    'Up to the gate',
    'The ridge',
    'The middle way',
    'Then and now',
  ]);
  for (let k = 0; k < 8 && (await page.getByRole('button', { name: /^Undo: / }).count()) > 0; k++)
    await page.keyboard.press('Control+z');
  await expect(page.locator('.stops .name')).toHaveText(['Up to the gate', 'The ridge', 'Then and now']);
  await saved(page);
  expect(server.read('tours/gate/tour.yaml')).toBe(before);

  await page.getByRole('button', { name: 'As shown' }).click();
  await expect(page.locator('.made strong').first()).toHaveText('in');
});

test('two people’s changes to different stops are both kept; on one field a person decides', async ({
  browser,
  page,
}) => {
  const other = await (await browser.newContext({ locale: 'en-GB' })).newPage();
  await Promise.all([blind(page), blind(other)]);
  server.halt();
  server.invite(['Mai', 'Lan'], PASSWORD);
  await server.start();
  await desk(page, 'Mai');
  await desk(other, 'Lan');
  await stop(other, /The ridge/).click();
  await expect(page.locator('.stops [data-stop="ridge"] .person')).toContainText('Lan has this stop open', {
    timeout: 15_000,
  });

  await text(page).fill('Mine, at the gate.');
  await text(other).fill('Theirs, on the ridge.');
  await saved(page);
  await saved(other);
  await expect(async () => {
    const words = server.read('tours/gate/en.md');
    expect(words).toContain('Mine, at the gate.');
    expect(words).toContain('Theirs, on the ridge.');
  }).toPass();

  // Both write at one place before either has heard of the other.
  await stop(other, /Up to the gate/).click();
  await Promise.all(
    [page, other].map((p) =>
      p.route('**/api/documents/**', (r) => (r.request().method() === 'GET' ? r.abort() : r.continue())),
    ),
  );
  await text(page).fill('One way to say it.');
  await saved(page);
  await text(other).fill('Another way to say it.');
  const clash = other.getByRole('alertdialog');
  await expect(clash).toContainText('One way to say it.', { timeout: 15_000 });
  await expect(clash).toContainText('Another way to say it.');
  await expect(clash).toContainText('By Mai');
  await accessible(other);
  expect(server.read('tours/gate/en.md')).toContain('One way to say it.');
  await clash.getByRole('button', { name: /^Take theirs/ }).click();
  await saved(other);
  await expect(text(other)).toHaveValue('One way to say it.');
  await other.context().close();
});

test('without a line work is kept in the page and saved when there is one again', async ({
  page,
  context,
}) => {
  await blind(page);
  await desk(page, 'Mai');
  await context.setOffline(true);
  await text(page).fill('Written under way.');
  await expect(page.locator('.saving')).toHaveText(/kept here/, { timeout: 15_000 });
  expect(server.read('tours/gate/en.md')).not.toContain('Written under way.');
  await context.setOffline(false);
  await saved(page);
  expect(server.read('tours/gate/en.md')).toContain('Written under way.');

  // A record: a form of its schema, with the server's word at the field it is about.
  await page.getByRole('button', { name: 'What there is to edit' }).click();
  await page.locator('.document', { hasText: 'monuments/gate' }).first().click();
  const id = page.locator('[data-field="epochs[1].id"]');
  await id.getByRole('textbox').fill('No Id');
  await expect(id.getByRole('alert')).toContainText('epochs[1].id', { timeout: 15_000 });
  await id.getByRole('textbox').fill('2025');
  await page.locator('[data-field="title"]').getByLabel('English').fill('The Meridian Gate');
  await saved(page);
  await accessible(page);
  const yaml = server.read('monuments/gate/monument.yaml');
  expect(yaml).toContain('- {id: "2025", captured: 2024-05-02,');
  expect(yaml).toContain('The Meridian Gate');
});
