// A new tour made from nothing in the studio to its publication, by a scripted person, filmed:
// node scripts/firstTour.mjs ADDRESS MONUMENT DIRECTORY [--pictures]
// ADDRESS is what `heritage serve SITE --studio` prints for the studio. Written are a picture after each step and a .webm, this
// one not with --pictures, for a busy machine without a graphics card;
// on standard output a row per step and one of them all: what a hand does (presses, drags, letters), how long the machine
// kept the person waiting, and how long a person takes for that by the keystroke-level model (Card, Moran and Newell 1980:
// a letter 0.28 s, pointing 1.1 s, a press 0.1 s, a hand between mouse and keys 0.4 s, a thought before each 1.35 s). What
// the model leaves out is reading the page, looking about in the scene and finding words.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launch } from './browser.mjs';
import { filmed } from './film.mjs';

const [address, monument, directory, only] = process.argv.slice(2);
if (!address || !monument || !directory)
  throw new Error('usage: node scripts/firstTour.mjs ADDRESS MONUMENT DIRECTORY');
mkdirSync(directory, { recursive: true });

const SIZE = { width: 1280, height: 800 };
const LONGEST_MS = 150_000;
const BUILD_MS = 900_000;
const S = { letter: 0.28, point: 1.1, press: 0.1, hand: 0.4, thought: 1.35 };
// A microphone that hums.
const HUM = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', '--mute-audio'];

const browser = await launch(HUM);
const page = await (await browser.newContext({ viewport: SIZE, locale: 'en-GB' })).newPage();
page.setDefaultTimeout(LONGEST_MS);
const wrong = [];
page.on('pageerror', (e) => wrong.push(e.message));

const NOTHING = { presses: 0, drags: 0, letters: 0, waited_s: 0, person_s: 0 };
let done = { ...NOTHING };
const all = { ...NOTHING };

const press = async (target) => {
  await target.click();
  done.presses++;
  done.person_s += S.thought + S.point + S.press;
};
const write = async (target, text) => {
  await target.fill(text);
  done.presses++;
  done.letters += [...text].length;
  done.person_s += S.thought + S.point + S.press + 2 * S.hand + S.letter * [...text].length;
};
const choose = async (target, option) => {
  await target.selectOption(option);
  done.presses += 2;
  done.person_s += S.thought + 2 * (S.point + S.press);
};
const drag = async ([x, y], [dx, dy]) => {
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + dx, y + dy, { steps: 3 });
  await page.mouse.up();
  done.drags++;
  done.person_s += S.thought + 2 * (S.point + S.press);
};
/** The machine keeps the person waiting. */
const wait = async (until) => {
  const since = performance.now();
  await until;
  done.waited_s += (performance.now() - since) / 1000;
};

let count = 0;
const step = async (name, act) => {
  done = { ...NOTHING };
  try {
    await act();
  } catch (error) {
    await page.screenshot({ path: join(directory, 'failed.png') });
    throw error;
  }
  await page.waitForTimeout(700); // for whoever looks at the film
  count++;
  await page.screenshot({ path: join(directory, `${String(count).padStart(2, '0')}-${name}.png`) });
  for (const key of Object.keys(all)) all[key] += done[key];
  for (const key of ['waited_s', 'person_s']) done[key] = Math.round(done[key] * 10) / 10;
  process.stdout.write(`${JSON.stringify({ step: name, ...done })}\n`);
};

const button = (name, exact = true) => page.getByRole('button', { name, exact });
const scene = () => page.frameLocator('.stage iframe');
const title = () => page.getByRole('textbox', { name: 'Title', exact: true });
const text = () => page.getByLabel('Text (Markdown)');
const middle = async () => {
  const box = await page.locator('.stage').boundingBox();
  return [box.x + box.width / 2, box.y + box.height / 2];
};
/** All that was done is with the server: asked of the desk, for the word in its head may be of the change before. */
const saved = () =>
  page.waitForFunction(
    () => {
      const saver = document.querySelector('heritage-studio').studio.desk?.saver;
      return saver?.status === 'saved' && !saver.dirty;
    },
    null,
    { timeout: LONGEST_MS },
  );
/** The scene shows the open stop and has what it needs. */
const arrived = () =>
  page.waitForFunction(
    () => {
      const { app } = document.querySelector('.stage iframe')?.contentWindow?.heritage ?? {};
      const studio = document.querySelector('heritage-studio')?.studio;
      const scene = (app ?? studio?.staging.scene?.app)?.state;
      return scene?.arrived && !scene.tilesLoading && scene.touring;
    },
    null,
    { timeout: LONGEST_MS },
  );

await page.goto(address.replace(/#|$/, (at) => `?lang=en${at}`));
await button('New tour').waitFor();
const finish = only === '--pictures' ? null : await filmed(page, 960);

await step('begun', async () => {
  await press(button('New tour'));
  await write(page.getByRole('dialog').getByLabel(/^Title/), 'A quarter of an hour with the hall');
  await choose(page.getByRole('dialog').getByLabel('Monument'), monument);
  await press(button('Begin the tour'));
  await wait(arrived());
});
await step('first-stop-seen', async () => {
  await drag(await middle(), [160, 20]);
  await press(button('Use the present view'));
  await wait(saved());
});
await step('first-stop-worded', async () => {
  await write(title().first(), 'Before the hall');
  await choose(page.getByLabel('Beside it').first(), { label: 'Tiếng Việt' });
  await write(text().first(), 'The hall of great audiences stands on a **terrace of stone**.');
  await write(title().nth(1), 'Trước điện');
  await write(text().nth(1), 'Ngôi điện đại triều đứng trên một **nền đá**.');
  await press(button('As shown').first());
});
await step('first-stop-in-the-third-language', async () => {
  await press(button('As shown').first());
  await choose(page.getByLabel('Beside it').first(), { label: 'Français' });
  await write(title().nth(1), 'Devant la salle');
  await write(text().nth(1), 'La salle des grandes audiences se dresse sur une **terrasse de pierre**.');
  await wait(saved());
  await choose(page.getByLabel('Beside it').first(), '');
});
await step('box', async () => {
  const [x, y] = await middle();
  await press(button('Press places on the surface'));
  await page.mouse.click(x - 60, y);
  await press(button('Press another place'));
  await page.mouse.click(x + 60, y);
  done.presses += 2;
  done.person_s += 2 * (S.thought + S.point + S.press);
  await wait(page.locator('.frames figure').first().waitFor());
});
await step('voice', async () => {
  const voice = page.locator('.voice').first();
  await press(voice.getByRole('button', { name: 'Record' }));
  await wait(voice.getByRole('button', { name: 'Stop (0:04)' }).waitFor());
  await press(voice.getByRole('button', { name: /^Stop/ }));
  await wait(voice.locator('audio').waitFor());
  await wait(saved());
});
await step('second-stop-compared', async () => {
  await drag(await middle(), [-240, 60]);
  await press(button('Add a stop'));
  await write(title().first(), 'Five years');
  await write(text().first(), 'Pull the line: on the left 2019, on the right what was mended by 2024.');
  await press(page.getByLabel('Two, compared'));
  await wait(arrived());
  await wait(saved());
});
await step('third-stop-cut', async () => {
  await press(button('Add a stop'));
  await write(title().first(), 'Inside the roof');
  await write(text().first(), 'A cut through the hall shows how two roofs stand behind each other.');
  await press(page.getByLabel('One condition'));
  await press(button('Set it by hand in the scene'));
  await press(scene().getByRole('link', { name: 'Section', exact: true }));
  await wait(page.waitForTimeout(4000));
  await press(button('Use what is shown now'));
  await wait(arrived());
  await wait(saved());
});
await step('flight', async () => {
  await press(button('Show the flight to here'));
  await wait(page.waitForTimeout(1500));
  await press(button('Bend the flight towards the present view'));
  await wait(saved());
});
await step('order', async () => {
  await page.getByRole('button', { name: 'Move Inside the roof' }).focus();
  await page.keyboard.press('ArrowUp');
  done.presses += 2;
  done.person_s += S.thought + S.point + 2 * S.press + S.hand;
  await wait(saved());
});
await step('found', async () => {
  // The voice has no captions yet.
  await wait(page.locator('.stops .stop', { hasText: 'Before the hall' }).locator('.badge').waitFor());
  await press(page.locator('.stops .choose', { hasText: 'Before the hall' }));
  await page.locator('.findings').first().waitFor();
});
await step('preview', async () => {
  await press(button('Preview as a visitor'));
  await press(button('Phone'));
  await wait(page.waitForTimeout(6000));
  await press(button('Back to editing'));
});
await step('built', async () => {
  await wait(saved());
  await press(button('Releases'));
  await press(button('Build a release'));
  await wait(page.locator('.build', { hasText: 'Building' }).waitFor());
  await wait(page.locator('.build', { hasText: /Built\.|failed/ }).waitFor({ timeout: BUILD_MS }));
});
await step('published', async () => {
  await press(button('Publish').first());
  await wait(page.locator('.releases li').first().filter({ hasText: 'what visitors see' }).waitFor());
});

if (finish) writeFileSync(join(directory, 'first-tour.webm'), await finish());
await browser.close();
for (const key of ['waited_s', 'person_s']) all[key] = Math.round(all[key]);
process.stdout.write(`${JSON.stringify({ steps: count, ...all, wrong })}\n`);
