/** The page opens: first a picture, then everything else. */
import { freeAtFirst, SHEET } from './core/free.ts';
import { First } from './first/first.ts';
import { drawableBy } from './first/graphics.ts';

const PATIENCE_MS = 1500; // for the first picture; the words do not wait longer

/** Where the release lies: the server writes it into the page; `?base=` serves development. */
function baseOf(page: Document): string {
  const written = page.querySelector<HTMLMetaElement>('meta[name="heritage-base"]')?.content;
  const asked = new URLSearchParams(location.search).get('base');
  const base = written || asked || './release/';
  // A base on another host would let a link show strangers' content under this site's name.
  if (new URL(base, page.baseURI).origin !== location.origin) return './release/';
  return base.endsWith('/') ? base : `${base}/`;
}

async function begin(): Promise<void> {
  const base = baseOf(document);
  const page = document.documentElement;
  const phone = window.matchMedia(SHEET).matches;
  const rem_px = Number.parseFloat(getComputedStyle(page).fontSize);
  const viewport = freeAtFirst(innerWidth, innerHeight, phone, page.dir === 'rtl', rem_px);
  const gl = document.createElement('canvas').getContext('webgl2', { antialias: false });
  const first = new First(base, viewport, gl);
  const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  await Promise.race([first.shown, patience]);
  const scene = import('./scene/view.ts');
  scene.catch(() => {}); // told when the page asks for it
  const { start } = await import('./page.ts');
  await start(base, first, drawableBy(gl));
}

void begin();
