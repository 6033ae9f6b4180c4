/** Why a monument stands where it does, and what speaks against it, as a list. The words come with this part. */
import { html, LitElement, nothing } from 'lit';
import {
  type Messages,
  type Translate,
  translator,
  type UiLanguage,
  uiLanguage,
  unbroken,
} from '../core/i18n.ts';
import { reasonsSaid } from '../core/placementWords.ts';
import type { PlacementReason } from '../core/release.ts';
import './placementWhy.css';

const CATALOGUES: Record<UiLanguage, () => Promise<{ default: Messages }>> = {
  vi: () => import('../../../assets/i18n/placement/vi.json'),
  en: () => import('../../../assets/i18n/placement/en.json'),
  fr: () => import('../../../assets/i18n/placement/fr.json'),
};

export class PlacementWhy extends LitElement {
  static override properties = {
    reasons: { attribute: false },
    language: { attribute: false },
    t: { state: true },
  };
  declare reasons: readonly PlacementReason[];
  declare language: string;
  declare t: Translate | null;

  constructor() {
    super();
    this.reasons = [];
    this.language = 'en';
    this.t = null;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (!changed.has('language')) return;
    const { language } = this;
    CATALOGUES[uiLanguage(language)]().then(
      ({ default: messages }) => {
        if (language === this.language) this.t = translator(unbroken(messages));
      },
      () => {}, // the line is gone: the figures stand above all the same
    );
  }

  protected override render(): unknown {
    const { t } = this;
    if (!t || this.reasons.length === 0) return nothing;
    return html`<ul class="why">${reasonsSaid(this.reasons, t, this.language).map((one) => html`<li>${one}</li>`)}</ul>`;
  }
}

customElements.define('heritage-placement-why', PlacementWhy);
