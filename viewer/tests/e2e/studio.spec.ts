import { expect, type Locator, type Page, test } from '@playwright/test';
import { wavOf } from '../../src/studio/core/wav.ts';
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
const blind = (page: Page) => page.route(/scene\.html/, (route) => route.abort());

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

const sceneOf = (page: Page) => page.frames().find((f) => f.url().includes('scene.html'));
/** The scene in the frame shows the stop `id`. */
const shows = (page: Page, id: string) =>
  expect.poll(() => sceneOf(page)?.url() ?? '', { timeout: 40_000 }).toContain(`#/t/gate/${id}`);

/** Let a file fall onto something, as from a folder beside the browser. */
async function drop(onto: Locator, name: string, type: string, bytes: Uint8Array): Promise<void> {
  const dataTransfer = await onto.page().evaluateHandle(
    ([name, type, bytes]) => {
      const carried = new DataTransfer();
      carried.items.add(new File([Uint8Array.from(bytes)], name, { type }));
      return carried;
    },
    [name, type, [...bytes]] as const,
  );
  await onto.dispatchEvent('drop', { dataTransfer });
}

/** Go on with the keyboard until something has the focus: that it can be reached is half of what is tested. */
async function tabTo(page: Page, wanted: Locator, key = 'Tab'): Promise<void> {
  for (let k = 0; k < 120; k++) {
    await page.keyboard.press(key);
    if (await wanted.evaluate((e) => e === document.activeElement)) return;
  }
  throw new Error(`${wanted} is not reached`);
}

test('a stop is made by doing it: added, worded, moved, undone, saved as a clean difference', async ({
  page,
}) => {
  test.setTimeout(240_000);
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
  const { x, y, width, height } = (await page.locator('.stage').boundingBox())!;
  await page.mouse.move(x + 300, y + 300);
  await page.mouse.down();
  await page.mouse.move(x + 420, y + 320, { steps: 4 });
  await page.mouse.up();
  await page.getByRole('button', { name: 'Use the present view' }).click();
  await expect.poll(viewOf, { timeout: 15_000 }).not.toBe(before4);

  // What it looks at is pressed on the surface.
  const looksAt = () => /target_m:[^\]]*\]/.exec(viewOf() ?? '')?.[0];
  const target4 = looksAt();
  await page.getByRole('button', { name: 'Look at a place…' }).click();
  await page.mouse.click(x + width / 2, y + height / 2);
  await expect.poll(looksAt, { timeout: 15_000 }).not.toBe(target4);
  // A phone and a desktop beside each other, and a flight that is bent.
  await expect(page.locator('.frames canvas')).toHaveCount(2, { timeout: 20_000 });
  await page.getByRole('button', { name: 'Bend the flight towards the present view' }).click();
  const written = (what: RegExp) =>
    expect.poll(() => server.read('tours/gate/tour.yaml'), { timeout: 15_000 }).toMatch(what);
  await written(/id: stop-4[\s\S]*?via:[\s\S]*?id: ridge/);

  const voice = page.locator('.voice').first();
  await voice.getByRole('button', { name: 'Record' }).click();
  await voice.getByRole('button', { name: 'Stop (0:01)' }).click();
  await expect(voice.locator('audio')).toHaveAttribute('src', /media\/gate-stop-4/);
  await saved(page);
  expect(server.read('tours/gate/tour.yaml')).toMatch(/narration: *\{?\s*en: media\/gate-stop-4/);

  // Files are dropped: a voice in the other language, and a picture into the words.
  const other = page.locator('.voice').nth(1);
  const tone = Float32Array.from({ length: 8000 }, (_, k) => Math.sin(k / 5) / 2);
  await drop(other.locator('.drop'), 'giọng nói.wav', 'audio/wav', wavOf(tone, 8000));
  await expect(other.locator('audio')).toHaveAttribute('src', /\.wav$/);
  const corner = await page.screenshot({ clip: { x: 0, y: 0, width: 40, height: 40 }, scale: 'css' });
  await drop(text(page), 'corner.png', 'image/png', corner);
  await expect(text(page)).toHaveValue(/!\[what the picture shows\]\(media\/corner[\w-]*\.png\)/);
  await page.getByRole('button', { name: 'As shown' }).first().click();
  const pictured = page.locator('.made img').first();
  await expect.poll(() => pictured.evaluate((e: HTMLImageElement) => e.naturalWidth)).toBe(40);
  await page.getByRole('button', { name: 'As shown' }).first().click();

  // At once as visitors will have it: played, on their phone, with what was written a moment ago.
  await page.getByRole('button', { name: 'Preview as a visitor' }).click();
  await page.getByRole('button', { name: 'Phone' }).click();
  const scene = page.frameLocator('.stage iframe');
  await expect(scene.getByRole('img', { name: 'what the picture shows' })).toBeVisible({ timeout: 20_000 });
  await expect(scene.getByRole('button', { name: 'Pause' })).toBeVisible();
  expect(await sceneOf(page)!.evaluate(() => innerWidth)).toBe(390);
  await page.getByRole('button', { name: 'Back to editing' }).click();
  await written(/narration:[^#]*vi: media\/[\w-]+\.wav/);

  // What it shows is set by doing it, with the visitors' own tools: a cut.
  await page.getByRole('button', { name: 'Set it by hand in the scene' }).click();
  await scene.getByRole('link', { name: 'Section', exact: true }).click();
  await expect(scene.getByLabel('Plane of the section')).toBeVisible({ timeout: 20_000 });
  await page.getByRole('button', { name: 'Use what is shown now' }).click();
  await written(/id: stop-4[\s\S]*?section:[\s\S]*?id: ridge/);

  const handle = page.getByRole('button', { name: 'Move The middle way' });
  await handle.focus();
  await page.keyboard.press('ArrowDown');
  await expect(page.locator('.stops .name')).toHaveText([
    'Up to the gate',
    'The ridge',
    'The middle way',
    'Then and now',
  ]);
  const [grip, first] = await Promise.all([
    handle.boundingBox(),
    page.locator('.stops .stop').first().boundingBox(),
  ]);
  await page.mouse.move(grip!.x + 10, grip!.y + 10);
  await page.mouse.down();
  await page.mouse.move(grip!.x + 10, first!.y + 10, { steps: 6 });
  await page.mouse.up();
  await expect(page.locator('.stops .name').first()).toHaveText('The middle way');

  // The end of a stay is pulled in the bar of the tour's time.
  const end = page.getByRole('slider', { name: /The middle way/ });
  const stays = Number(await end.getAttribute('aria-valuenow'));
  const edge = (await end.boundingBox())!;
  await page.mouse.move(edge.x + 8, edge.y + 8);
  await page.mouse.down();
  await page.mouse.move(edge.x + 68, edge.y + 8, { steps: 3 });
  await page.mouse.up();
  await expect.poll(async () => Number(await end.getAttribute('aria-valuenow'))).toBeGreaterThan(stays);
  await expect
    .poll(() => server.read('tours/gate/tour.yaml'), { timeout: 15_000 })
    .toMatch(/id: stop-4[^#]*dwell_s: [\d.]+[\s\S]*id: approach/);

  for (let k = 0; k < 30 && (await page.getByRole('button', { name: /^Undo: / }).count()) > 0; k++)
    await page.keyboard.press('Control+z');
  await expect(page.locator('.stops .name')).toHaveText(['Up to the gate', 'The ridge', 'Then and now']);
  await saved(page);
  expect(server.read('tours/gate/tour.yaml')).toBe(before);

  await page.getByRole('button', { name: 'As shown' }).click();
  await expect(page.locator('.made strong').first()).toHaveText('in');
  // On a phone, with letters of twice the size, nothing reaches over its side.
  await page.setViewportSize({ width: 390, height: 844 });
  await page.evaluate(() => {
    document.documentElement.style.fontSize = '200%';
  });
  const tabs = page.locator('.tabs');
  await expect.poll(() => tabs.evaluate((e) => e.getBoundingClientRect().right)).toBe(390);
});

test('where a monument stands is chosen on the map, moved by keyboard, and decided with name and reason', async ({
  page,
}) => {
  // The printed address lets in once.
  server.halt();
  await server.start();
  await blind(page);
  await page.goto(server.address);
  await page
    .locator('.undecided')
    .getByRole('button', { name: /gate|Meridian/i })
    .click();
  await expect(page.getByRole('heading', { level: 1, name: 'Placement' })).toBeVisible();
  const x = page.getByRole('spinbutton', { name: /^X, east/ });
  const heading = page.getByRole('spinbutton', { name: /^Heading/ });
  await page.getByRole('radio', { name: 'Another, 1' }).check();
  const [east, turned] = [Number(await x.inputValue()), Number(await heading.inputValue())];
  await accessible(page);

  // By keyboard, and by a handle as far as it is pulled.
  await page.getByRole('application', { name: /^Map/ }).focus();
  for (const key of ['ArrowRight', 'Shift+ArrowRight', ']', 'Shift+BracketLeft'])
    await page.keyboard.press(key);
  await expect(heading).toHaveValue(String(Number((turned + 0.9).toFixed(2))));
  await page.getByRole('radio', { name: 'Another, 1' }).check();
  await expect(x).toHaveValue(String(east));
  const handle = (await page.locator('.place-map circle[data-drag="move"]').boundingBox())!;
  const scale = await page.locator('.place-map svg').evaluate((map: SVGSVGElement) => map.getScreenCTM()!.a);
  await page.mouse.move(handle.x + handle.width / 2, handle.y + handle.height / 2);
  await page.mouse.down();
  await page.mouse.move(handle.x + handle.width / 2 + 60, handle.y + handle.height / 2, { steps: 4 });
  await page.mouse.up();
  expect(Number(await x.inputValue()) - east).toBeCloseTo(60 / scale, 1);

  await page.getByRole('radio', { name: 'Another, 1' }).check();
  await page.getByLabel(/^Why/).fill('The stair is in the north.');
  await page.getByRole('button', { name: 'The monument stands here' }).click();
  await saved(page);
  const yaml = server.read('monuments/gate/monument.yaml');
  expect(yaml).toMatch(/method: hand/);
  expect(yaml).toContain('The stair is in the north.');
  expect(Number(/heading_deg: ([\d.]+)/.exec(yaml)?.[1])).toBeCloseTo(turned, 2);
  await page.getByRole('button', { name: 'What there is to edit' }).click();
  await expect(page.locator('.undecided')).toHaveCount(0);
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
  await page.goto(`${server.address}#refused=openid-no-role`);
  await expect(page.getByRole('alert')).toContainText('no role in this studio');
  expect(page.url()).not.toContain('refused');
  await desk(page, 'Mai');
  await context.setOffline(true);
  await text(page).fill('Written under way.');
  await expect(page.locator('.saving')).toHaveText(/kept here/, { timeout: 15_000 });
  expect(server.read('tours/gate/en.md')).not.toContain('Written under way.');
  await context.setOffline(false);
  await saved(page);
  expect(server.read('tours/gate/en.md')).toContain('Written under way.');

  // The page asks before it ends, and ends; then the words are there again, and what was done can be taken back.
  const puts = '**/api/documents/tours/gate';
  await page.route(puts, (r) => (r.request().method() === 'PUT' ? r.abort() : r.continue()));
  const title = page.getByLabel('Title', { exact: true }).first();
  await title.fill('In vain?');
  const asked = page.waitForEvent('dialog');
  const again = page.reload();
  const dialog = await asked;
  expect(dialog.type()).toBe('beforeunload');
  await dialog.accept();
  await again;
  await expect(title).toHaveValue('In vain?');
  await expect(page.locator('.notice-line')).toContainText('brought back from this browser');
  await page.unroute(puts);
  await saved(page);
  expect(server.read('tours/gate/en.md')).toContain('### In vain?');
  await page.keyboard.press('Control+z');
  await expect(title).toHaveValue('Up to the gate');
  await expect(text(page)).toHaveValue('Written under way.');
  await page.keyboard.press('Control+z');
  await expect(text(page)).toHaveValue('One way to say it.');
  await page.keyboard.press('Control+y');
  await saved(page);
  expect(server.read('tours/gate/en.md')).toContain('Written under way.');

  // The check's word beside its stop; accepted with a reason, and not accepted in the version before.
  await page.getByRole('spinbutton', { name: 'Stay', exact: true }).fill('1');
  const found = page.getByRole('list', { name: 'What the check has found' });
  await expect(found).toContainText('The stay is shorter than its words', { timeout: 30_000 });
  await expect(page.locator('.stops [data-stop="approach"] .badge')).toBeVisible();
  await found.getByRole('button', { name: 'It is meant to be so…' }).click();
  await found.getByLabel('Why, for the next curator').fill('a glance is enough');
  await accessible(page);
  await found.getByRole('button', { name: 'Accept', exact: true }).click();
  await expect(found).toContainText('a glance is enough');
  const accepted = () => server.read('tours/gate/tour.yaml').includes('stop-too-short: a glance is enough');
  await expect.poll(accepted, { timeout: 15_000 }).toBe(true);
  await saved(page);

  await page.getByRole('button', { name: 'Earlier versions' }).click();
  await page.locator('.versions button').nth(1).click();
  await expect(page.locator('.difference')).toContainText('a glance is enough');
  await page.getByRole('button', { name: 'Restore this version' }).click();
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(found).toContainText('The stay is shorter than its words', { timeout: 30_000 });
  await expect.poll(accepted, { timeout: 15_000 }).toBe(false);
  await saved(page);

  // What visitors get is chosen, taken back, and a build called off.
  const shown = async () =>
    /content="r\/([\w-]+)\//.exec(await (await page.request.get(server.public)).text())?.[1];
  await page.getByRole('button', { name: 'Releases' }).click();
  const release = (id: string) => page.locator('.releases li', { hasText: id });
  await release('0002-fixture').getByRole('button', { name: 'Publish' }).click();
  await expect(release('0002-fixture')).toContainText('what visitors see');
  expect(await shown()).toBe('0002-fixture');
  await release('0001-fixture').getByRole('button', { name: 'Roll back to this' }).click();
  await expect(release('0001-fixture')).toContainText('what visitors see');
  expect(await shown()).toBe('0001-fixture');
  await page.getByRole('button', { name: 'Build a release' }).click();
  await page.getByRole('button', { name: 'Cancel the build' }).click();
  await expect(page.locator('.build')).toContainText('Cancelled.');
  await accessible(page);
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();

  // A record: a form of its schema, with the server's word at the field it is about.
  await page.getByRole('button', { name: 'What there is to edit' }).click();
  // A page of its own, fetched when it is opened, and there again when the address is opened again.
  await page.getByRole('navigation').getByRole('button', { name: 'Releases' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Releases' })).toBeFocused();
  await page.reload();
  await expect(release('0001-fixture')).toContainText('what visitors see');
  await page.getByRole('navigation').getByRole('button', { name: 'Documents' }).click();
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

test('a tour is made, ordered, worded, published and rolled back without a mouse', async ({ page }) => {
  page.setDefaultTimeout(20_000);
  await blind(page);
  await page.goto(server.address);
  await tabTo(page, page.getByLabel('Name'));
  await page.keyboard.type('Mai');
  await page.keyboard.press('Tab');
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  const tour = page.getByRole('button', { name: /Through the gate/ });
  await tour.waitFor();
  await tabTo(page, tour);
  await page.keyboard.press('Enter');
  const add = page.getByRole('button', { name: 'Add a stop', exact: true });
  await add.waitFor();
  await tabTo(page, add);
  await page.keyboard.press('Enter');
  const title = page.getByLabel('Title', { exact: true }).first();
  await expect(page.locator('.stops .name')).toHaveCount(4);
  await tabTo(page, title);
  await page.keyboard.type('By hand');
  await page.keyboard.press('Tab');
  await expect(text(page)).toBeFocused();
  await page.keyboard.type('No mouse was *near*.');
  const handle = page.getByRole('button', { name: 'Move By hand' });
  await tabTo(page, handle, 'Shift+Tab');
  await page.keyboard.press('ArrowDown');
  await expect(handle).toBeFocused();
  await expect(page.locator('.stops .name').nth(2)).toHaveText('By hand');
  await saved(page);
  expect(server.read('tours/gate/en.md')).toContain('### By hand\n\nNo mouse was *near*.');

  await tabTo(page, page.getByRole('button', { name: 'Releases' }), 'Shift+Tab');
  await page.keyboard.press('Enter');
  const release = (id: string) => page.locator('.releases li', { hasText: id });
  for (const [id, does] of [
    ['0002-fixture', 'Publish'],
    ['0001-fixture', 'Roll back to this'],
  ] as const) {
    await release(id).waitFor();
    await tabTo(page, release(id).getByRole('button', { name: does }));
    await page.keyboard.press('Enter');
    await expect(release(id)).toContainText('what visitors see');
  }
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
});

test('a report with a photo is worked off, answered and released; an administrator invites', async ({
  page,
  browser,
}) => {
  test.setTimeout(180_000);
  page.setDefaultTimeout(20_000);
  server.halt();
  server.invite(['Thầy Quản'], PASSWORD, 'administrator');
  await server.start();
  // A visitor sends one.
  const visitors = await browser.newContext();
  const visitor = await visitors.newPage();
  await visitor.goto(`${server.public}reports/?lang=en&at=1,2,3`);
  const photo = {
    name: 'IMG_1.jpg',
    mimeType: 'image/jpeg',
    buffer: await visitor.screenshot({ type: 'jpeg' }),
  };
  await visitor.getByLabel('What you have seen').fill('A fallen tile');
  await visitor.getByLabel('A photo').setInputFiles(photo);
  await accessible(visitor);
  await visitor.getByRole('button', { name: 'Send' }).click();
  const code = await visitor.locator('code').innerText();

  await page.goto(server.address);
  await page.getByLabel('Name').fill('Thầy Quản');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Reports' }).click();
  await page.getByRole('button', { name: /A fallen tile/ }).press('Enter');
  await expect
    .poll(() =>
      page.getByAltText('The photo that was sent').evaluate((e: HTMLImageElement) => e.naturalWidth),
    )
    .toBeGreaterThan(100);
  await accessible(page);
  const work = page.locator('.report-work');
  await work.getByLabel('Status').selectOption('Answered');
  await work.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('alert')).toContainText('Write the answer first');
  await work.getByLabel('Answer to the sender').fill('It has been put back.');
  await work.getByLabel('What everybody may see').selectOption('Words, answer and photo');
  await work.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('The report is saved.')).toBeVisible();
  await expect(page.locator('.report-figures')).toContainText('100% (1/1)');
  await visitor.goto(`${server.public}reports/answer?lang=en&code=${code}`);
  await expect(visitor.getByText('It has been put back.')).toBeVisible();
  await visitor.goto(`${server.public}reports/released?lang=en`);
  await expect(visitor.getByRole('img', { name: /Photo of the report/ })).toBeVisible();
  await accessible(visitor);

  // An administrator invites a translator, who comes in by the link.
  await page.getByRole('button', { name: 'People' }).click();
  await accessible(page);
  const roles = page.getByRole('group', { name: 'Roles of who is invited' });
  await roles.getByLabel('Translator').check();
  await roles.getByLabel('Curator').uncheck();
  await page.getByRole('button', { name: 'Make an invitation' }).click();
  const link = await page.getByLabel('The link').inputValue();
  await page.getByText('What happened').click();
  await expect(page.getByText('The chain of records holds')).toBeVisible();
  await visitor.goto(link);
  await visitor.getByLabel('Name').fill('Cô Dịch');
  await visitor.getByLabel('Password').fill(PASSWORD);
  await visitor.getByRole('button').last().click();
  await visitor.getByRole('button', { name: 'My account' }).click();
  await expect(visitor.getByText('Cô Dịch · Translator')).toBeVisible();
  await expect(visitor.getByRole('button', { name: 'Reports' })).toHaveCount(0);
  await accessible(visitor);
  await visitors.close();
});

test('a visitor presses the place on the model; without a line nothing written is lost', async ({
  browser,
}) => {
  test.setTimeout(120_000);
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${server.public}?debug&lang=en#/m/gate`);
  await page.waitForFunction(() => 'heritage' in window);
  await page.getByRole('button', { name: 'I have seen something' }).click();
  await page.getByRole('button', { name: 'Choose the place on the model' }).click();
  await page.evaluate(() =>
    (window as unknown as { heritage: { settled(ms: number): unknown } }).heritage.settled(60_000),
  );
  await page.getByRole('button', { name: 'Take the point under the crosshair' }).click();
  await expect(page.getByText('The place is chosen')).toBeVisible();
  await page.getByLabel('What you have seen').fill('A crack');
  await accessible(page);
  await context.setOffline(true);
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'It was not sent' })).toBeVisible();
  await context.setOffline(false);
  await page.reload();
  await page.getByRole('button', { name: 'I have seen something' }).click();
  await expect(page.getByLabel('What you have seen')).toHaveValue('A crack');
  await expect(page.getByText('The place is chosen')).toBeVisible();
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.locator('.damage-code')).toHaveText(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => /report/.test(key)))).toEqual(
    [],
  );
  expect(await context.cookies()).toEqual([]);
  await context.close();
});
