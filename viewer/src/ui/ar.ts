/** A condition in the room around the visitor, in real size or on a table; only where the phone has a viewer for it. */
import { html, LitElement, nothing } from 'lit';
import type { App } from '../app/app.ts';
import { words } from '../app/state.ts';
import { quickLook, sceneViewer } from '../core/ar.ts';
import { bytes, metres } from '../core/format.ts';
import type { ArEntry, MonumentEntry, ShownEntry } from '../core/release.ts';
import { icon } from './icons.ts';
import { standing } from './parts.ts';

type Way = 'usdz' | 'glb';
interface WithXr {
  xr?: { isSessionSupported: (mode: string) => Promise<boolean> };
}

/** Which viewer this device has; null where it has none. */
async function found(): Promise<Way | null> {
  if (document.createElement('a').relList.supports('ar')) return 'usdz';
  const { userAgent } = navigator;
  // Scene Viewer belongs to Android's own browsers; a headset's browser names Android, too.
  if (!/Android/.test(userAgent) || /Firefox|OculusBrowser|Quest/.test(userAgent)) return null;
  const able = await (navigator as WithXr).xr?.isSessionSupported('immersive-ar').catch(() => false);
  return able ? 'glb' : null;
}

const way = found();

export class Ar extends LitElement {
  static override properties = {
    app: { attribute: false },
    monument: { attribute: false },
    shown: { attribute: false },
    entry: { attribute: false },
    language: { attribute: false },
    way: { state: true },
  };
  declare app: App;
  declare monument: MonumentEntry;
  declare shown: ShownEntry;
  declare entry: ArEntry;
  declare language: string;
  declare way: Way | null;

  constructor() {
    super();
    this.way = null;
    void way.then((known) => {
      this.way = known;
    });
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  private press(size: 'real' | 'table'): void {
    const { app, entry, monument, shown } = this;
    const file = new URL(app.state.base + entry[size][this.way!], document.baseURI).href;
    const fixed = size === 'real';
    const link = document.createElement('a');
    if (this.way === 'usdz') {
      // Safari opens Quick Look at once for a link that holds a picture and nothing else.
      link.rel = 'ar';
      link.append(document.createElement('img'));
      link.href = quickLook(file, fixed);
    } else {
      const title = `${words(app.state, monument.title)} · ${standing(app.state, monument, shown).text}`;
      link.href = sceneViewer(file, title, fixed, location.href);
    }
    link.click();
  }

  protected override render(): unknown {
    const { app, entry, language, way } = this;
    if (!way) return nothing;
    const { t } = app.state;
    const button = (
      size: 'real' | 'table',
    ) => html`<button type="button" class="button" @click=${() => this.press(size)}>
      ${icon('ar')}<span>${t(`ar.${size}`)} · ${metres(Math.max(...entry[size].size_m), language, 1)}</span>
    </button>`;
    const size = bytes(way === 'usdz' ? entry.real.usdz_bytes : entry.real.glb_bytes, language);
    return html`<h2>${t('ar')}</h2>
      <div class="buttons">${button('real')} ${button('table')}</div>
      <p class="quiet">${t('ar.about', { size })}</p>`;
  }
}

customElements.define('heritage-ar', Ar);
