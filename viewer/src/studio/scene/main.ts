/** The visitor's page in the studio's frame. `?base=` is the release it shows; the studio's page asks for it. */
import { freeAtFirst } from '../../core/free.ts';
import { First } from '../../first/first.ts';
import { drawableBy } from '../../first/graphics.ts';
import { start } from '../../page.ts';
import { READY } from './handle.ts';
import './scene.css';
import { StudioScene } from './studioScene.ts';

async function begin(): Promise<void> {
  const base = new URL(new URLSearchParams(location.search).get('base') ?? './', location.href);
  if (base.origin !== location.origin) return;
  // In a window of its own a release is looked at with all that visitors have.
  if (window.frameElement) document.documentElement.classList.add('bare');
  const viewport = freeAtFirst(innerWidth, innerHeight, false, document.documentElement.dir === 'rtl');
  const gl = document.createElement('canvas').getContext('webgl2', { antialias: false });
  const app = await start(base.pathname, new First(base.pathname, viewport, gl), drawableBy(gl));
  if (app) window.frameElement?.dispatchEvent(new CustomEvent(READY, { detail: new StudioScene(app) }));
}

void begin();
