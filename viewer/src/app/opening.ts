/** The way from the page to the first picture: the words, then the scene. */
import { chooseLanguage, translator, uiLanguage } from '../core/i18n.ts';
import { LoadError } from '../core/load.ts';
import type { FootprintLayer, Release } from '../core/release.ts';
import type { SceneEvents } from '../scene/presses.ts';
import type { Graphics } from '../scene/view.ts';
import type { App } from './app.ts';
import { CHANGE_TABLES } from './colours.ts';
import { bytesOf } from './comparing.ts';
import { loadMessages } from './messages.ts';

type Scene = typeof import('../scene/view.ts');

/** Open the scene on `canvas`; without WebGL the texts remain. */
export async function open(
  app: App,
  canvas: HTMLCanvasElement,
  graphics: Graphics & { webgl: boolean },
  coming: Promise<Release>,
): Promise<void> {
  app.set({ status: 'loading', problem: null });
  let found: { release: Release; layer: FootprintLayer; scene: Scene };
  try {
    found = await load(app, coming);
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    app.set({ status: 'failed', problem: error.problem });
    return;
  }
  if (!graphics.webgl) {
    app.set({ status: 'no-webgl' });
    return;
  }
  const { release, layer, scene } = found;
  const table = bytesOf(CHANGE_TABLES[0]);
  app.view = new scene.View(canvas, release, app.state.base, layer.features, table, graphics, eventsOf(app));
  app.set({ status: 'ready' });
  app.framing.resize();
  app.address.enter(true);
}

async function load(
  app: App,
  coming: Promise<Release>,
): Promise<{ release: Release; layer: FootprintLayer; scene: Scene }> {
  // The words come first: the scene's code is on its way meanwhile.
  const code = import('../scene/view.ts').catch(() => {
    throw new LoadError('offline', 'scene');
  });
  code.catch(() => {}); // where the words fail first, this failure is no other
  const { base } = app.state;
  await app.taken.wake(document, base);
  const release = await coming;
  const footprints = release.footprints
    ? app.document<FootprintLayer>(release.footprints)
    : Promise.resolve({ features: [], complete: true });
  const [layer] = await Promise.all([footprints, adopt(app, release)]);
  return { release, layer, scene: await code };
}

/** The release's words come on screen, in the visitor's language or the nearest it has. */
async function adopt(app: App, release: Release): Promise<void> {
  const asked = new URLSearchParams(location.search).get('lang');
  const language = chooseLanguage([asked, ...navigator.languages], release.languages);
  const t = translator(await loadMessages(uiLanguage(language)));
  app.set({ release, language, t });
}

function eventsOf(app: App): SceneEvents {
  return {
    onPick: (monument, picked) => {
      if (!app.interpreting.press(picked)) visit(app, monument);
    },
    onBuilding: (building) => {
      app.interpreting.choose(null);
      app.building.open(building);
    },
    onTaken: () => {
      app.framing.release();
      if (app.tours.current?.state.wandering === false) app.tours.play({ type: 'wander' });
    },
    onDrawn: () => {
      app.onDrawn();
      app.progress();
      // A camera that the visitor has taken belongs to the address; one that is flown to its pose does not.
      if (app.framing.free) app.address.remember();
    },
    onProgress: () => app.progress(),
    onLayout: () => app.framing.refit(),
    onLost: () => app.set({ status: 'lost' }),
    onRestored: () => app.set({ status: 'ready' }),
  };
}

/** A press on a monument opens it, where no tour, comparison or work is in hand. */
function visit(app: App, id: string): void {
  const { route } = app.state;
  const browsing = route.view === 'site' || route.view === 'data' || route.view === 'monument';
  const here = route.view === 'monument' && route.monument === id;
  if (browsing && !here) app.address.go({ view: 'monument', monument: id });
}
