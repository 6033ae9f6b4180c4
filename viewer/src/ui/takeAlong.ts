/** The dialog in which tours are taken along and removed. Its work goes on when it is closed. */
import { html, LitElement, nothing } from 'lit';
import type { App } from '../app/app.ts';
import { type AppState, words } from '../app/state.ts';
import { scopeOf } from '../app/takenAlong.ts';
import { bytes } from '../core/format.ts';
import { type LangText, pieces } from '../core/i18n.ts';
import type { TakeAlong, TourEntry } from '../core/release.ts';
import { freeBytes, type Progress } from '../offline/arrive.ts';
import { Keeper } from '../offline/keep.ts';
import type { KeptIndex } from '../offline/kept.ts';
import { KeepError, type KeepProblem } from '../offline/problem.ts';
import { icon } from './icons.ts';
import { type Part, told, tool } from './parts.ts';
import { styled } from './styled.ts';
import './takeAlong.css';

const holds = (index: KeptIndex | null, tour: string): boolean =>
  index?.tours.some((t) => t.id === tour) ?? false;

interface Job {
  tour: string | null;
  progress: Progress;
  stop: AbortController;
}

export class TakeAlongDialog extends LitElement {
  static override properties = { app: { attribute: false }, state: { attribute: false } };
  declare app: App;
  /** Its changes draw the dialog anew. */
  declare state: AppState;
  private readonly keeper = new Keeper(scopeOf(document));
  private index: KeptIndex | null = null;
  private free: number | null = null;
  private lasting = true;
  private readonly sizes = new Map<string, number>();
  private job: Job | null = null;
  private problem: KeepError | null = null;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override firstUpdated(): void {
    void this.look();
  }

  protected override updated(): void {
    const dialog = this.querySelector('dialog');
    if (this.app.state.takingAlong && dialog && !dialog.open) dialog.showModal();
    if (!this.app.state.takingAlong) dialog?.close();
  }

  /** Learn what is kept and how large the tours are. */
  private async look(): Promise<void> {
    const { app } = this;
    try {
      this.index = await this.keeper.index();
      this.free = await freeBytes();
      this.lasting = !this.index || ((await navigator.storage?.persisted?.()) ?? false);
    } catch (error) {
      if (!(error instanceof KeepError)) throw error;
      this.problem = error;
    }
    for (const tour of app.state.release?.tours ?? []) {
      if (!tour.take_along || this.sizes.has(tour.id)) continue;
      // A list that cannot be had is asked for again when its tour is taken along.
      const list = await app.document<TakeAlong>(tour.take_along).catch(() => null);
      if (list) this.sizes.set(tour.id, list.bytes);
    }
    this.requestUpdate();
  }

  private holds(tour: string): boolean {
    return holds(this.index, tour);
  }

  /** Tours that would be kept: those that are and still exist, and one more. */
  private async take(tour: TourEntry | null): Promise<void> {
    const { app, keeper } = this;
    const { release, base, t } = app.state;
    if (!release || this.job) return;
    // What is kept may have changed in another page since this one has looked.
    let kept: TourEntry[] = [];
    const choose = (now: KeptIndex | null) => {
      kept = release.tours.filter((each) => holds(now, each.id) || each.id === tour?.id);
      return kept.map((each) => each.id);
    };
    const job: Job = {
      tour: tour?.id ?? null,
      progress: { done: 0, total: 0 },
      stop: new AbortController(),
    };
    this.job = job;
    this.problem = null;
    this.requestUpdate();
    const tell = (progress: Progress) => {
      job.progress = progress;
      this.requestUpdate();
    };
    try {
      this.index = await keeper.keep(release, base, choose, tell, job.stop.signal);
      const title = kept.map((each) => words(app.state, each.title)).join(', ');
      app.set({
        announcement: tour ? pieces(t('along.ready'), { title: tour.title }) : t('along.ready', { title }),
      });
    } catch (error) {
      if (job.stop.signal.aborted) await keeper.tidy();
      else if (error instanceof KeepError) this.problem = error;
      else throw error;
    } finally {
      this.job = null;
    }
    await this.look();
  }

  private async leave({ id, title }: { id: string; title: LangText }): Promise<void> {
    this.problem = null;
    try {
      this.index = await this.keeper.remove(id);
      this.app.set({ announcement: pieces(this.app.state.t('along.removed'), { title }) });
    } catch (error) {
      if (!(error instanceof KeepError)) throw error;
      this.problem = error;
    }
    await this.look();
  }

  private told(problem: KeepProblem): string {
    const { t, language } = this.app.state;
    const { need, free } = this.problem ?? { need: 0, free: 0 };
    if (problem === 'short')
      return t('along.short', { need: bytes(need, language), free: bytes(free, language) });
    return t(`along.${problem}`);
  }

  private row(tour: { id: string; title: LangText }, entry: TourEntry | null): Part {
    const { app, job } = this;
    const { t, language } = app.state;
    const title = words(app.state, tour.title);
    const size = this.sizes.get(tour.id) ?? this.index?.tours.find((k) => k.id === tour.id)?.bytes;
    const working = job !== null && job.tour === tour.id;
    const held = this.holds(tour.id);
    const able = !job && this.problem?.problem !== 'insecure' && this.problem?.problem !== 'forbidden';
    const state = [held ? t('along.taken') : '', size === undefined ? '' : bytes(size, language)];
    return html`<li class="along-row">
      <span class="grow">
        <span class="name">${told(app.state, tour.title)}</span>
        <span class="more">${held ? icon('check') : nothing}${state.filter(Boolean).join(' · ')}</span>
      </span>
      ${
        working
          ? nothing
          : held
            ? html`<button type="button" class="button" aria-label=${t('along.remove.tour', { title })} ?disabled=${!able} @click=${() => this.leave(tour)}>${icon('trash')}${t('along.remove')}</button>`
            : entry
              ? html`<button type="button" class="button main" aria-label=${t('along.tour', { title })} ?disabled=${!able} @click=${() => this.take(entry)}>${icon('download')}${t('along.take')}</button>`
              : nothing
      }
      ${working ? this.progress() : nothing}
    </li>`;
  }

  private progress(): Part {
    const { t, language } = this.app.state;
    const { done, total } = this.job!.progress;
    const share = total > 0 ? done / total : 0;
    return html`<div class="along-work">
      <div class="along-bar" role="progressbar" aria-label=${t('along.progress')} aria-valuemin="0" aria-valuemax="100" aria-valuenow=${Math.round(share * 100)}>
        <i ${styled({ width: `${share * 100}%` })}></i>
      </div>
      <span class="more">${t('along.working', { done: bytes(done, language), total: bytes(total, language) })}</span>
      <button type="button" class="button" @click=${() => this.job?.stop.abort()}>${t('along.cancel')}</button>
    </div>`;
  }

  private renewal(): Part {
    const { t, release } = this.app.state;
    if (!this.index || this.index.release === release!.id) return nothing;
    return html`<div class="along-renew" role="status">
      <p>${t('along.update')}</p>
      ${
        this.job?.tour === null
          ? this.progress()
          : html`<button type="button" class="button main" ?disabled=${this.job !== null} @click=${() => this.take(null)}>${icon('retry')}${t('along.update.do')}</button>`
      }
    </div>`;
  }

  private room(used: number): Part {
    const { t, language } = this.app.state;
    if (this.free === null) return nothing;
    const free = bytes(this.free, language);
    if (!this.index) return html`<p class="quiet">${t('along.free', { free })}</p>`;
    return html`<p class="quiet">${t('along.room', { used: bytes(used, language), free })} ${this.lasting ? '' : t('along.fleeting')}</p>`;
  }

  protected override render(): unknown {
    const { app, index } = this;
    const { t, release, takingAlong } = app.state;
    if (!takingAlong || !release) return nothing;
    const close = () => app.set({ takingAlong: false });
    const listed = release.tours.filter((tour) => tour.take_along);
    const gone = index?.tours.filter((tour) => !listed.some((entry) => entry.id === tour.id)) ?? [];
    const used = index ? Object.values(index.files).reduce((sum, file) => sum + file.bytes, 0) : 0;
    return html`<dialog class="along" aria-labelledby="along-title" @close=${close} @click=${(event: MouseEvent) => event.target === event.currentTarget && close()}>
      <h2 id="along-title">${t('along')}</h2>
      ${tool({ name: 'close', label: t('close'), press: close })}
      <p>${t('along.about')}</p>
      ${this.problem ? html`<p class="warn" role="alert">${icon('warning')}<span>${this.told(this.problem.problem)}</span></p>` : nothing}
      ${this.renewal()}
      <ul class="rows">
        ${listed.map((tour) => this.row(tour, tour))} ${gone.map((tour) => this.row(tour, null))}
      </ul>
      ${this.room(used)}
    </dialog>`;
  }
}

customElements.define('heritage-take-along', TakeAlongDialog);

export const takeAlong = (app: App): Part =>
  html`<heritage-take-along .app=${app} .state=${app.state}></heritage-take-along>`;
