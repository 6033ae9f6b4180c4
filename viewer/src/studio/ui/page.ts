/** The studio's page: the list of what there is, or a tour on the desk with the scene in the middle. */
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { icon } from '../../ui/icons.ts';
import type { Part } from '../../ui/parts.ts';
import { titleOf } from '../core/tour.ts';
import type { Editing } from '../editing.ts';
import { Recording } from '../recording.ts';
import { type Handle, READY } from '../scene/handle.ts';
import type { Studio } from '../studio.ts';
import { bar, nameOf, pageLinks } from './bar.ts';
import { clashes } from './clash.ts';
import { documents, newTour } from './documents.ts';
import { history } from './history.ts';
import { studioIcon } from './icons.ts';
import { button, iconButton } from './parts.ts';
import { recordForm } from './record.ts';
import { releasesSheet } from './releases.ts';
import { takeOver } from './shownForm.ts';
import { signIn } from './signIn.ts';
import { stopForm } from './stopForm.ts';
import { stopList } from './stops.ts';
import { timing } from './timing.ts';
import { isWide } from './words.ts';

/** What a narrow window shows of the desk. */
type Tab = 'stops' | 'scene' | 'form';
/** Screens to try, with their frames, CSS pixels. */
const SCREENS: Partial<Record<string, readonly [number, number]>> = {
  phone: [420, 880],
  desktop: [1480, 940],
};
const TABS: readonly Tab[] = ['stops', 'scene', 'form'];

export class StudioPage extends LitElement {
  static override properties = { studio: { attribute: false } };
  declare studio: Studio;
  private tab: Tab = 'form';
  private frame: HTMLIFrameElement | null = null;
  private sheetShown = false;
  private pageShown: string | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  connect(studio: Studio): void {
    this.studio = studio;
    studio.onState = () => this.requestUpdate();
    window.addEventListener('keydown', (event) => this.keys(event));
    window.addEventListener('resize', () => this.requestUpdate());
    window.addEventListener('online', () => studio.desk?.saver.now());
    window.addEventListener('beforeunload', (event) => {
      if (!studio.unsaved) return;
      studio.desk?.saver.now();
      event.preventDefault();
    });
    window.addEventListener('pagehide', () => studio.desk?.putAway());
    // A file that is dropped beside its place would be opened instead of the studio.
    for (const dragged of ['dragover', 'drop'] as const)
      window.addEventListener(dragged, (event) => {
        if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
      });
    this.requestUpdate();
  }

  private keys(event: KeyboardEvent): void {
    const { desk } = this.studio;
    if (!desk || !(event.ctrlKey || event.metaKey)) return;
    const key = event.key.toLowerCase();
    // One history across everything: within a field, too, for its own would not know of the others.
    if (key === 'z' && !event.shiftKey) desk.history.undo();
    else if ((key === 'z' && event.shiftKey) || key === 'y') desk.history.redo();
    else if (key === 's') desk.saver.now();
    else return;
    event.preventDefault();
  }

  protected override render(): unknown {
    const { studio } = this;
    if (!studio) return nothing;
    const { state } = studio;
    const { t, editing, status, notice, sheet } = state;
    if (status === 'starting') return html`<main class="centre">${icon('seal')}<p>${t('waiting')}</p></main>`;
    if (status === 'failed')
      return html`<main class="centre">${icon('seal')}<h1>${t('failed')}</h1><p>${notice}</p>
        ${button({ kind: 'main', text: t('again'), press: () => location.reload() })}</main>`;
    const away = status === 'signed-out';
    const { desk } = studio;
    if (away && !desk) return signIn(studio);
    // What lies behind a sheet is neither seen nor read out.
    const said = html`<p class="notice-line ${notice ? 'on' : ''}" role="status">${notice}
      ${notice ? iconButton(icon('close'), t('close'), () => studio.set({ notice: '' })) : nothing}</p>`;
    return html`${bar(studio)} ${state.record ? pageLinks(studio) : nothing}
      ${editing ? this.tour(editing) : (state.page?.page.render() ?? (state.record ? record(studio, state.record) : documents(studio)))}
      ${away || sheet ? nothing : said}
      ${
        away || sheet
          ? html`<dialog class="studio-sheet" @close=${() => studio.set({ sheet: null })} @cancel=${(e: Event) => away && e.preventDefault()}>
              ${away ? signIn(studio) : html`${iconButton(icon('close'), t('close'), () => studio.set({ sheet: null }), { className: 'close' })} ${this.sheet()} ${said}`}
            </dialog>`
          : nothing
      }`;
  }

  protected override updated(): void {
    const dialog = this.querySelector('dialog');
    if (dialog && !dialog.open) dialog.showModal();
    const shown = dialog !== null;
    if (!shown && this.sheetShown) this.querySelector<HTMLElement>('h1, h2')?.focus({ preventScroll: true });
    this.sheetShown = shown;
    const { studio } = this;
    if (!studio) return;
    const { t, language, page } = studio.state;
    const what = [page && t(`page.${page.id}`), studio.desk && nameOf(studio, studio.desk), t('studio')];
    document.title = what.filter(Boolean).join(' · ');
    if (page?.id !== this.pageShown) {
      // The row of pages scrolls on a phone.
      this.querySelector('nav.pages [aria-current]')?.scrollIntoView({ inline: 'center', block: 'nearest' });
      this.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
    }
    this.pageShown = page?.id;
    document.documentElement.lang = language;
    this.place();
  }

  /** The frame is made once and stays: to load the scene anew would take the model's tiles again. */
  private place(): void {
    const { studio } = this;
    const box = this.querySelector('.stage');
    if (!box || !studio.staging.release) return;
    this.fit(box as HTMLElement);
    if (this.frame?.isConnected && this.frame.dataset.release === studio.staging.release.id) return;
    this.frame?.remove();
    const frame = document.createElement('iframe');
    frame.title = studio.state.t('scene');
    frame.dataset.release = studio.staging.release.id;
    frame.src = studio.staging.address;
    frame.addEventListener(READY, (event) => studio.staging.take((event as CustomEvent<Handle>).detail));
    this.frame = frame;
    box.prepend(frame);
  }

  /** Another screen is shown as large as there is room. */
  private fit(box: HTMLElement): void {
    const [width, height] = SCREENS[this.studio.state.screen] ?? [box.clientWidth, box.clientHeight];
    const scale = Math.min(1, box.clientWidth / width, box.clientHeight / height);
    box.style.setProperty('--scale', String(scale));
  }

  private tour(editing: Editing): TemplateResult {
    const { studio } = this;
    const { t } = studio.state;
    return html`<nav class="tabs" aria-label=${t('tabs')}>
        ${TABS.map((tab) => button({ text: t(`tab.${tab}`), pressed: this.tab === tab, press: () => this.choose(tab) }))}
      </nav>
      <main class="desk ${isWide() ? 'wide' : ''} show-${this.tab} ${studio.state.mode}">
        <aside class="left" aria-label=${t('stops')}>${stopList(studio, editing)}</aside>
        <section class="middle" aria-label=${t('scene')}>
          ${this.sceneTools(editing)}
          <div class="stage ${studio.state.screen}">${studio.staging.release ? nothing : html`<p class="quiet none">${t('scene.none')}</p>`}</div>
          ${timing(studio, editing)}
        </section>
        <aside class="right" aria-label=${titleOf(editing.now, editing.stop, studio.state.language)}>
          ${clashes(studio, editing, (stop) => titleOf(editing.now, stop, studio.state.language))} ${stopForm(studio, editing)}
        </aside>
      </main>`;
  }

  private choose(tab: Tab): void {
    this.tab = tab;
    this.requestUpdate();
  }

  private sceneTools(editing: Editing): Part {
    const { studio } = this;
    const { t, mode, screen } = studio.state;
    if (!studio.staging.release) return nothing;
    if (mode === 'explore')
      return html`<div class="scene-tools">
        <p class="quiet">${t('explore.now')}</p>
        <span class="spread"></span>
        ${button({ kind: 'main', text: t('explore.take'), icon: icon('check'), press: () => takeOver(studio, editing) })}
        ${button({ text: t('explore.back'), press: () => void studio.staging.go('make') })}
      </div>`;
    return html`<div class="scene-tools">
      ${
        mode === 'play'
          ? html`${(['fit', 'phone', 'desktop'] as const).map((s) =>
              button({
                text: t(`screen.${s}`),
                pressed: screen === s,
                press: () => studio.set({ screen: s }),
              }),
            )}
              <span class="spread"></span>
              ${button({ text: t('play.end'), icon: studioIcon('edit'), press: () => void studio.staging.go('make') })}`
          : html`<span class="spread"></span>
              ${button({ text: t('play'), icon: icon('play'), press: () => void studio.staging.go('play') })}`
      }
    </div>`;
  }

  private sheet(): Part {
    const { studio } = this;
    const { desk } = studio;
    const { sheet } = studio.state;
    if (sheet === 'history' && desk) return history(studio, desk);
    if (sheet === 'releases') return releasesSheet(studio);
    if (sheet === 'new') return newTour(studio);
    return nothing;
  }
}

/** A record's form, and what has to be decided in it; what has none waits for its page. */
function record(studio: Studio, desk: NonNullable<Studio['state']['record']>): Part {
  if (desk.saver.clashes.length > 0)
    return html`<main class="documents">${clashes(studio, desk, () => '')}</main>`;
  if (desk instanceof Recording) return recordForm(studio, desk);
  return html`<main class="centre">${icon('seal')}<p>${studio.state.t('waiting')}</p></main>`;
}

customElements.define('heritage-studio', StudioPage);
