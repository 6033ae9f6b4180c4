/** Wires the page to the scene. */
import './ui/theme.css';
import './ui/panel.css';
import './ui/overlay.css';
import './ui/sun.css';
import './ui/comparing.css';
import './ui/interpretation.css';
import { App } from './app/app.ts';
import { loadMessages } from './app/messages.ts';
import { open } from './app/opening.ts';
import { translator, uiLanguage } from './core/i18n.ts';
import { expose } from './debug.ts';
import { Viewer } from './ui/viewer.ts';

/** Where the release lies: the server writes it into the page; `?base=` serves development. */
function baseOf(page: Document): string {
  const written = page.querySelector<HTMLMetaElement>('meta[name="heritage-base"]')?.content;
  const asked = new URLSearchParams(location.search).get('base');
  const base = written || asked || './release/';
  // A base on another host would let a link show strangers' content under this site's name.
  if (new URL(base, page.baseURI).origin !== location.origin) return './release/';
  return base.endsWith('/') ? base : `${base}/`;
}

/** Whether pictures can be drawn, and whether a graphics card draws them. */
function graphics(): { webgl: boolean; smooth: boolean; strong: boolean } {
  const gl = document.createElement('canvas').getContext('webgl2');
  if (!gl) return { webgl: false, smooth: false, strong: false };
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const name = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension('WEBGL_lose_context')?.loseContext(); // phones allow only a few at a time
  // Smoothed edges double the work of a processor, and dense screens hardly show them.
  const strong = !/swiftshader|llvmpipe|software/i.test(name);
  return { webgl: true, smooth: strong && devicePixelRatio < 2, strong };
}

async function start(): Promise<void> {
  const viewer = document.querySelector('heritage-viewer');
  if (!(viewer instanceof Viewer)) return;
  const language = uiLanguage(new URLSearchParams(location.search).get('lang') ?? navigator.language);
  const app = new App(baseOf(document), translator(await loadMessages(language)), language);
  viewer.connect(app);
  await viewer.updateComplete;
  await open(app, viewer.canvas, graphics());
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  const paint = () => app.view?.paint(dark.matches ? 'dark' : 'light');
  dark.addEventListener('change', paint);
  paint();
  const asked = new URLSearchParams(location.search);
  if (asked.has('debug')) expose(app);
  const kiosk = asked.get('kiosk');
  if (kiosk !== null && app.state.release) new (await import('./ui/kiosk.ts')).Kiosk(app, kiosk);
}

void start();
