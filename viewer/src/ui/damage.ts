/**
 * A visitor reports damage: the place pressed on the model, words, a photo. What was written stays on this device until it
 * has arrived. The server's own page at the same address does the same without a script.
 */
import { html, LitElement, nothing } from 'lit';
import camera from 'lucide-static/icons/camera.svg?raw';
import picture from 'lucide-static/icons/image-plus.svg?raw';
import type { App } from '../app/app.ts';
import { date, isoDay, metres } from '../core/format.ts';
import { type Mark, pathMark } from '../core/marks.ts';
import type { MonumentEntry } from '../core/release.ts';
import type { Vec3 } from '../core/vec.ts';
import { before, blank, type Draft, keep, kept } from './damageDraft.ts';
import { posted, type Sent } from './damagePost.ts';
import { icon, ownIcon } from './icons.ts';
import './damage.css';

const LONGEST = 4000;
const KINDS = 'image/jpeg,image/png,image/webp';

export class Damage extends LitElement {
  static override properties = {
    app: { attribute: false },
    monument: { attribute: false },
    language: { attribute: false },
    address: { attribute: false },
    ready: { state: true },
    open: { state: true },
    draft: { state: true },
    photo: { state: true },
    share: { state: true },
    problem: { state: true },
    sent: { state: true },
  };
  declare app: App;
  declare monument: MonumentEntry;
  declare language: string;
  /** Where reports are sent. */
  declare address: string;
  /** Whether the words for all this are there. */
  declare ready: boolean;
  declare open: boolean;
  declare draft: Draft;
  declare photo: File | null;
  /** How much has been sent, 0..1; null while nothing is under way. */
  declare share: number | null;
  declare problem: string;
  declare sent: Sent | null;
  private picking = false;
  /** Its mark in the scene. */
  private marked: Mark | null = null;

  constructor() {
    super();
    this.ready = false;
    this.open = false;
    this.draft = blank();
    this.photo = null;
    this.share = null;
    this.problem = '';
    this.sent = null;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override firstUpdated(): void {
    this.app.later(Promise.resolve()).then(
      () => {
        this.ready = true;
      },
      () => {}, // without its words it is not there; the next view asks again
    );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.endPicking();
  }

  private begin(): void {
    this.open = !this.open;
    if (!this.open) {
      this.endPicking();
      this.mark(null);
      return;
    }
    this.sent = null;
    this.draft = kept(this.monument.id);
    this.mark(this.draft.at);
  }

  private write(change: Partial<Draft>): void {
    this.draft = { ...this.draft, ...change };
    keep(this.monument.id, this.draft);
  }

  private pick(): void {
    const { app } = this;
    if (this.picking) {
      this.endPicking();
      return;
    }
    this.picking = true;
    app.picking.begin(({ position_m }) => {
      this.endPicking();
      this.write({ at: position_m.map((v) => Math.round(v * 100) / 100) as unknown as Vec3 });
      this.mark(this.draft.at);
    });
    this.requestUpdate();
  }

  private endPicking(): void {
    if (!this.picking) return;
    this.picking = false;
    this.app.picking.end();
    this.requestUpdate();
  }

  private mark(at: Vec3 | null): void {
    const { app, marked } = this;
    if (!at && !marked) return;
    this.marked = at && pathMark([at], false, app.state.t('damage.mark'));
    // Others are not its own to take away: an answer may come when something else is measured.
    const others = app.state.marks.filter((mark) => mark !== marked);
    app.set({ marks: this.marked ? [...others, this.marked] : others });
  }

  private async send(form: HTMLFormElement): Promise<void> {
    const body = new FormData(form);
    body.set('monument', this.monument.id);
    body.set('at', this.draft.at?.join(',') ?? '');
    body.set('language', this.language);
    if (!this.photo) body.delete('photo_place');
    body.delete('photo');
    if (this.photo) body.set('photo', this.photo);
    this.write(before(this.draft, this.photo));
    this.problem = '';
    this.share = 0;
    const sent = await posted(this.address, body, this.draft.once, (share) => {
      this.share = share;
    });
    this.share = null;
    if (typeof sent === 'string') {
      this.problem = this.app.state.t(`unsent.${sent}`);
      return;
    }
    this.sent = sent;
    this.photo = null;
    this.draft = blank();
    this.mark(null);
    keep(this.monument.id, null);
    await this.updateComplete;
    this.querySelector<HTMLElement>('.damage-sent')?.focus();
  }

  protected override render(): unknown {
    if (!this.ready) return nothing;
    const { t } = this.app.state;
    return html`<h2>${t('damage.title')}</h2>
      <div class="buttons">
        <button type="button" class="button" aria-expanded=${String(this.open)} @click=${() => this.begin()}>
          ${icon('warning')}<span>${t('damage.begin')}</span>
        </button>
      </div>
      ${this.open ? (this.sent ? this.thanks(this.sent) : this.form()) : nothing}`;
  }

  private form(): unknown {
    const { t } = this.app.state;
    const { draft, photo, share } = this;
    return html`<form
      class="damage"
      @submit=${(event: SubmitEvent) => {
        event.preventDefault();
        void this.send(event.target as HTMLFormElement);
      }}
    >
      <p class="quiet">${t('damage.lead')}</p>
      <div class="buttons">
        <button type="button" class="button" aria-pressed=${String(this.picking)} @click=${() => this.pick()}>
          ${icon('crosshair')}<span>${draft.at ? t('damage.place.other') : t('damage.place')}</span>
        </button>
        ${this.picking ? html`<button type="button" class="button main" @click=${() => this.app.picking.middle()}><span>${t('damage.middle')}</span></button>` : nothing}
      </div>
      <p class="quiet" role="status">
        ${this.picking ? t('damage.press') : draft.at ? t('damage.chosen', { height: metres(draft.at[2], this.language, 1) }) : t('damage.words')}
      </p>
      <label><span>${t('damage.text')}</span>
        <textarea name="text" required rows="4" maxlength=${LONGEST} .value=${draft.text} @input=${(e: Event) => this.write({ text: (e.target as HTMLTextAreaElement).value })}></textarea></label>
      <p class="quiet">${t('damage.names')}</p>
      <div class="buttons">
        ${navigator.maxTouchPoints > 0 ? this.source(t('damage.camera'), true) : nothing} ${this.source(t('damage.photo'), false)}
      </div>
      ${
        photo
          ? html`<p class="quiet" role="status">${t('damage.with', { name: photo.name })}
              <button type="button" class="link" @click=${() => {
                this.photo = null;
                this.querySelector<HTMLElement>('.damage-file input')?.focus();
              }}>${t('damage.without')}</button></p>
              <label class="tick"><input type="checkbox" name="photo_place" value="1" /><span>${t('damage.photo.place')}</span></label>`
          : nothing
      }
      ${this.problem ? html`<p class="warn" role="alert">${icon('warning')}<span>${this.problem}</span></p>` : nothing}
      ${share === null ? nothing : html`<progress max="1" .value=${share} aria-label=${t('damage.sending')}></progress>`}
      <div class="buttons">
        <button class="button main" ?disabled=${share !== null}><span>${share === null ? t('damage.send') : t('damage.sending')}</span></button>
      </div>
    </form>`;
  }

  private source(text: string, taken: boolean): unknown {
    return html`<label class="button damage-file"
      >${ownIcon(taken ? camera : picture)}<span>${text}</span
      ><input
        class="visually-hidden"
        type="file"
        name="photo"
        accept=${KINDS}
        capture=${taken ? 'environment' : nothing}
        @change=${(event: Event) => {
          const input = event.target as HTMLInputElement;
          this.photo = input.files?.[0] ?? this.photo;
          input.value = ''; // the same one can be chosen again
        }}
    /></label>`;
  }

  private thanks(sent: Sent): unknown {
    const { t } = this.app.state;
    const day = date(isoDay(sent.due * 1000), this.language);
    return html`<div class="damage-sent" role="status" tabindex="-1">
      <p>${t('damage.thanks', { day })}</p>
      <p class="damage-code"><code>${sent.code}</code></p>
      ${sent.located === false ? html`<p>${t('damage.unlocated')}</p>` : nothing}
      <p><a href="${this.address}answer?code=${sent.code}&lang=${this.language}" target="_blank" rel="noreferrer">${t('damage.answer')}</a></p>
    </div>`;
  }
}

customElements.define('heritage-damage', Damage);
