/**
 * A condition in the room around the visitor, in real size or on a table: in this page where the browser can, which works
 * without a connection, too; else by the phone's own viewer. Nothing where there is neither.
 */
import { html, LitElement, nothing } from 'lit';
import type { App } from '../app/app.ts';
import { words } from '../app/state.ts';
import { quickLook, sceneViewer } from '../core/ar.ts';
import { bytes, metres } from '../core/format.ts';
import { Later } from '../core/later.ts';
import type { ArEntry, MonumentEntry, ShownEntry } from '../core/release.ts';
import { icon } from './icons.ts';
import { standing } from './parts.ts';

type Size = 'real' | 'table';
interface Ways {
  /** The page itself can show it in the room. */
  here: boolean;
  /** What the phone's own viewer takes; null where it has none. */
  own: 'usdz' | 'glb' | null;
}
interface WithXr {
  xr?: { isSessionSupported: (mode: string) => Promise<boolean> };
}

async function found(): Promise<Ways> {
  const here =
    (await (navigator as WithXr).xr?.isSessionSupported('immersive-ar').catch(() => false)) ?? false;
  if (document.createElement('a').relList.supports('ar')) return { here, own: 'usdz' };
  const { userAgent } = navigator;
  // Scene Viewer belongs to Android's own browsers; a headset's browser names Android, too.
  const sceneViewer = /Android/.test(userAgent) && !/Firefox|OculusBrowser|Quest/.test(userAgent);
  return { here, own: here && sceneViewer ? 'glb' : null };
}

const ways = found();

export class Ar extends LitElement {
  static override properties = {
    app: { attribute: false },
    monument: { attribute: false },
    shown: { attribute: false },
    entry: { attribute: false },
    language: { attribute: false },
    ways: { state: true },
    problem: { state: true },
  };
  declare app: App;
  declare monument: MonumentEntry;
  declare shown: ShownEntry;
  declare entry: ArEntry;
  declare language: string;
  declare ways: Ways;
  /** Why the room could not be entered, or was left. */
  declare problem: string | null;
  /** Fetched before it is pressed: a browser lets a room be entered only in answer to a press. */
  private readonly code = new Later(() =>
    this.app.later(Promise.all([import('./inRoom.ts'), import('../ar/enter.ts')])),
  );

  constructor() {
    super();
    this.ways = { here: false, own: null };
    this.problem = null;
    void ways.then((known) => {
      this.ways = known;
      if (known.here) this.code.get();
    });
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  private get name(): string {
    const { app, monument, shown } = this;
    return `${words(app.state, monument.title)} · ${standing(app.state, monument, shown).text}`;
  }

  private file(size: Size, kind: 'usdz' | 'glb'): string {
    return new URL(this.app.state.base + this.entry[size][kind], document.baseURI).href;
  }

  private enter(size: Size): void {
    const { app, monument, shown } = this;
    this.problem = null;
    const { interpreted } = standing(app.state, monument, shown);
    this.code.wait().then(
      ([{ enterRoom }, { enter }]) =>
        enterRoom(app, enter, {
          file: this.file(size, 'glb'),
          real: size === 'real',
          title: this.name,
          interpreted,
          onEnd: (ended) => {
            this.problem = ended && app.state.t(`ar.in.${ended}`);
            this.querySelector<HTMLElement>(`[data-size=${size}]`)?.focus();
          },
        }),
      () => {
        this.problem = app.state.t('problem.offline.do');
      },
    );
  }

  private press(size: Size, own: 'usdz' | 'glb'): void {
    const file = this.file(size, own);
    const fixed = size === 'real';
    const link = document.createElement('a');
    if (own === 'usdz') {
      // Safari opens Quick Look at once for a link that holds a picture and nothing else.
      link.rel = 'ar';
      link.append(document.createElement('img'));
      link.href = quickLook(file, fixed);
    } else link.href = sceneViewer(file, this.name, fixed, location.href);
    link.click();
  }

  protected override render(): unknown {
    const { app, entry, language } = this;
    const { here, own } = this.ways;
    if (!here && !own) return nothing;
    const { t } = app.state;
    const button = (size: Size) => html`<button
      type="button"
      class="button"
      data-size=${size}
      @click=${() => (here ? this.enter(size) : this.press(size, own!))}
    >
      ${icon('ar')}<span>${t(`ar.${size}`)} · ${metres(Math.max(...entry[size].size_m), language, 1)}</span>
    </button>`;
    const other = (
      size: Size,
    ) => html`<button type="button" class="link" @click=${() => this.press(size, own!)}>
      ${t(`ar.${size}`)}
    </button>`;
    const size = bytes(!here && own === 'usdz' ? entry.real.usdz_bytes : entry.real.glb_bytes, language);
    return html`<h2>${t('ar')}</h2>
      <div class="buttons">${button('real')} ${button('table')}</div>
      <p class="quiet">${t(here ? 'ar.here' : 'ar.about', { size })}</p>
      ${this.problem ? html`<p class="quiet" role="alert">${icon('info')}<span>${this.problem}</span></p>` : nothing}
      ${here && own ? html`<p class="quiet own">${t('ar.own')} ${other('real')} · ${other('table')}</p>` : nothing}`;
  }
}

customElements.define('heritage-ar', Ar);
