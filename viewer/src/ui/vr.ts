/** The way into a headset; only where the browser knows of one. */
import { html, LitElement, nothing } from 'lit';
import goggles from 'lucide-static/icons/rectangle-goggles.svg?raw';
import type { App } from '../app/app.ts';
import { Later } from '../core/later.ts';
import { ownIcon } from './icons.ts';

interface WithXr {
  xr?: Partial<EventTarget> & { isSessionSupported: (mode: string) => Promise<boolean> };
}

const { xr } = navigator as WithXr;
const asked = async () => (await xr?.isSessionSupported('immersive-vr').catch(() => false)) ?? false;

export class Vr extends LitElement {
  static override properties = {
    app: { attribute: false },
    language: { attribute: false },
    able: { state: true },
  };
  declare app: App;
  declare language: string;
  declare able: boolean;
  /** Fetched before it is pressed: a browser lets a headset be entered only in answer to a press. */
  private readonly code = new Later(() => this.app.later(import('../xr/wear.ts')));
  private readonly look = () => {
    void asked().then((able) => {
      this.able = able;
      if (able) this.code.get();
    });
  };

  constructor() {
    super();
    this.able = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    xr?.addEventListener?.('devicechange', this.look);
    this.look();
  }

  override disconnectedCallback(): void {
    xr?.removeEventListener?.('devicechange', this.look);
    super.disconnectedCallback();
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  private press(): void {
    const { app } = this;
    this.code.wait().then(
      ({ wear }) => wear(app),
      () => app.set({ headset: app.state.t('problem.offline.do') }),
    );
  }

  protected override render(): unknown {
    if (!this.able) return nothing;
    return html`<button type="button" class="button" @click=${() => this.press()}>
      ${ownIcon(goggles)}<span>${this.app.state.t('vr.enter')}</span>
    </button>`;
  }
}

customElements.define('heritage-vr', Vr);
