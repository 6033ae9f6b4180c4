/** Wires the page to the scene. */
import './ui/theme.css';
import './ui/panel.css';
import './ui/overlay.css';
import { App } from './app/app.ts';
import { loadMessages } from './app/messages.ts';
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

function hasWebgl(): boolean {
  return document.createElement('canvas').getContext('webgl2') !== null;
}

async function start(): Promise<void> {
  const viewer = document.querySelector('heritage-viewer');
  if (!(viewer instanceof Viewer)) return;
  const asked = new URLSearchParams(location.search).get('lang') ?? navigator.language;
  const language = uiLanguage(asked);
  const app = new App(baseOf(document), translator(await loadMessages(language)), language);
  viewer.connect(app);
  await viewer.updateComplete;
  await app.open(viewer.canvas, hasWebgl());
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  const paint = () => app.view?.paint(dark.matches ? 'dark' : 'light');
  dark.addEventListener('change', paint);
  paint();
  if (new URLSearchParams(location.search).has('debug')) expose(app);
}

void start();
