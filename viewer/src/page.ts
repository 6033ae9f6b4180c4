/** The page: its words and panels, and the scene behind them. Comes after the first picture. */
import './ui/theme.css';
import './ui/panel.css';
import './ui/timeline.css';
import './ui/figures.css';
import './ui/finding.css';
import './ui/openData.css';
import './ui/choices.css';
import './ui/tourCard.css';
import './ui/rightToLeft.css';
import './ui/overlay.css';
import './ui/sun.css';
import './ui/comparing.css';
import './ui/interpretation.css';
import { App } from './app/app.ts';
import { loadMessages } from './app/messages.ts';
import { open } from './app/opening.ts';
import { translator, uiLanguage } from './core/i18n.ts';
import { expose } from './debug.ts';
import type { First } from './first/first.ts';
import type { Drawable } from './first/graphics.ts';
import { Viewer } from './ui/viewer.ts';

export async function start(base: string, first: First, graphics: Drawable): Promise<App | null> {
  const viewer = document.querySelector('heritage-viewer');
  if (!(viewer instanceof Viewer)) return null;
  const asked = new URLSearchParams(location.search);
  const language = uiLanguage(asked.get('lang') ?? navigator.language);
  const app = new App(base, translator(await loadMessages(language)), language);
  viewer.connect(app, first);
  await viewer.updateComplete;
  await open(app, viewer.canvas, graphics, first.release);
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  const paint = () => app.view?.paint(dark.matches ? 'dark' : 'light');
  dark.addEventListener('change', paint);
  paint();
  if (asked.has('debug')) expose(app);
  const kiosk = asked.get('kiosk');
  if (kiosk !== null) new (await app.later(import('./ui/kiosk.ts'))).Kiosk(app, kiosk);
  return app;
}
