/** The page's keys. */
import type { App } from '../app/app.ts';
import { monumentOf } from '../app/state.ts';

/** Keys of single characters work while the scene has the focus, so that they disturb no one's typing. */
export function shortcut(app: App, page: HTMLElement, event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  // An open dialog closes by itself, and nothing behind it moves.
  if (event.key === 'Escape' && !page.querySelector('dialog')) back(app);
  const target = event.target as Element;
  const scene = target instanceof HTMLCanvasElement || target === document.body;
  if (!scene && !target.closest('.transport')) return;
  const { touring, overview } = app.state;
  const act: Record<string, (() => void) | undefined> = {
    '?': () => app.set({ help: true }),
    h: () => app.framing.reset(),
    m: () => app.set({ overview: !overview }),
    '/': () => page.querySelector<HTMLElement>('.find input')?.focus(),
    n: touring ? () => app.tours.play({ type: 'next' }) : undefined,
    p: touring ? () => app.tours.play({ type: 'previous' }) : undefined,
    ' ': touring ? () => app.tours.play({ type: touring.player.playing ? 'pause' : 'play' }) : undefined,
    backspace: () => app.bench?.undo(),
    k: touring ? () => app.tours.play({ type: touring.player.playing ? 'pause' : 'play' }) : undefined,
  };
  const wanted = act[event.key.toLowerCase()];
  if (!wanted) return;
  if (event.key === '/') event.preventDefault(); // it would be typed into the field
  wanted();
}

/** One step back: close the note, else leave the view. */
function back(app: App): void {
  const { route, annotation } = app.state;
  const monument = monumentOf(app.state);
  if (app.interpreting.chosen) app.interpreting.choose(null);
  else if (annotation) app.annotate(null);
  else if (route.view === 'monument' || route.view === 'data')
    app.address.go({ view: 'site' }, { find: app.state.find });
  else if (monument && route.view !== 'site') app.address.go({ view: 'monument', monument: monument.id });
}
