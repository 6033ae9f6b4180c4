// Draws the plates that stand before interpreted models in augmented reality: node scripts/plaques.mjs
// One per certainty, in the interface's languages, with the viewer's own letters; the pictures are kept in the repository.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { launch } from './browser.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const words = (language) => JSON.parse(readFileSync(here(`../../assets/i18n/${language}.json`), 'utf8'));
const font = (subset, weight) => {
  const file = here(
    `../node_modules/@fontsource/be-vietnam-pro/files/be-vietnam-pro-${subset}-${weight}-normal.woff2`,
  );
  return `@font-face { font-family: plate; font-weight: ${weight}; src: url(data:font/woff2;base64,${readFileSync(file, 'base64')});
    unicode-range: ${{ latin: 'U+0-FF,U+2013-2014', 'latin-ext': 'U+100-1EFF', vietnamese: 'U+102-103,U+110-111,U+128-129,U+168-169,U+1A0-1A1,U+1AF-1B0,U+300-301,U+303-304,U+308-309,U+323,U+329,U+1EA0-1EF9' }[subset]}; }`;
};
const faces = ['latin-ext', 'latin', 'vietnamese'].flatMap((s) => [font(s, 400), font(s, 600)]).join('\n');

const browser = await launch();
const page = await browser.newPage({ viewport: { width: 1024, height: 392 } });
for (const certainty of ['documented', 'probable', 'conjectural']) {
  const rows = ['vi', 'en', 'fr'].map((language) => {
    const t = words(language);
    return `<p lang="${language}"><b>${t['ar.plaque']}</b><br>${t['interpretation.sure'].replace('{certainty}', t[`certainty.${certainty}`])}</p>`;
  });
  await page.setContent(`<style>${faces}
    body { margin: 0; width: 1024px; height: 392px; box-sizing: border-box; padding: 30px 44px 0; background: #f7f1e3; color: #221c14;
      border: 12px solid #8a2c1d; font: 30px/1.3 plate; }
    p { margin: 0 0 18px; } b { font-weight: 600; font-size: 40px; }
  </style>${rows.join('')}`);
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: here(`../../heritage/pipeline/plaques/${certainty}.png`) });
}
await browser.close();
