/** The queue of visitors' reports: what is due first, how punctual the answers are, and each report worked off. */
import './reports.css';
import { html, nothing } from 'lit';
import { pick } from '../../core/i18n.ts';
import { icon } from '../../ui/icons.ts';
import type { Part } from '../../ui/parts.ts';
import { Refusal } from '../core/api.ts';
import type { Page } from '../pages.ts';
import type { Studio } from '../studio.ts';
import { moment, select } from '../ui/parts.ts';
import { type Filter, isOverdue, listed, NOBODY, type Queue, type Report, STATUSES } from './api.ts';
import { Detail } from './detail.ts';

export const open = (studio: Studio): Page => new Reports(studio);

class Reports implements Page {
  private readonly studio: Studio;
  private queue: Queue | null = null;
  /** The site takes no reports. */
  private unwanted = false;
  private filter: Filter = { status: 'open', assignee: '', overdue: false };
  private detail: Detail | null = null;

  constructor(studio: Studio) {
    this.studio = studio;
    void this.load();
  }

  private async load(): Promise<void> {
    const { studio } = this;
    try {
      this.queue = await studio.api.ask<Queue>('GET', 'reports');
      const shown = this.queue.reports.find((one) => one.id === this.detail?.report.id);
      if (shown) this.detail!.take(shown);
      else this.detail = null;
    } catch (error) {
      this.unwanted = error instanceof Refusal && error.status === 404;
      if (!this.unwanted) studio.refused(error);
    }
    studio.onState();
  }

  private detailOf(report: Report): Detail {
    return new Detail(this.studio, report, () => this.load());
  }

  private choose(report: Report): void {
    const { studio } = this;
    if (this.detail?.dirty && !window.confirm(studio.state.t('reports.unsaved'))) return;
    this.detail = this.detail?.report.id === report.id ? null : this.detailOf(report);
    studio.onState();
  }

  render(): Part {
    const { studio, queue } = this;
    const { t } = studio.state;
    return html`<main class="documents reports">
      <h1 tabindex="-1">${t('page.reports')}</h1>
      ${this.unwanted ? html`<p>${t('reports.unwanted')}</p>` : queue ? this.work(queue) : html`<p>${t('waiting')}</p>`}
    </main>`;
  }

  private work(queue: Queue): Part {
    const { t } = this.studio.state;
    const now = Date.now() / 1000;
    const found = listed(queue.reports, this.filter, now, this.detail?.dirty ? this.detail.report.id : null);
    const names = [...new Set(queue.reports.flatMap((one) => one.assignee ?? []))].sort();
    const set = (change: Partial<Filter>) => {
      this.filter = { ...this.filter, ...change };
      this.studio.onState();
    };
    return html`${this.figures(queue)}
      <div class="report-filter" role="group" aria-label=${t('reports.filter')}>
        ${select(
          t('reports.status'),
          this.filter.status,
          [
            { value: 'open', text: t('reports.filter.open') },
            { value: '', text: t('reports.filter.all') },
            ...STATUSES.map((value) => ({ value, text: t(`queue.${value}`) })),
          ],
          (status) => set({ status: status as Filter['status'] }),
        )}
        ${select(
          t('reports.assignee'),
          this.filter.assignee,
          [
            { value: '', text: t('reports.filter.all') },
            { value: NOBODY, text: t('reports.nobody') },
            ...names.map((name) => ({ value: name, text: name })),
          ],
          (assignee) => set({ assignee }),
        )}
        <label class="tick"><input type="checkbox" .checked=${this.filter.overdue} @change=${(e: Event) => set({ overdue: (e.target as HTMLInputElement).checked })} /><span>${t('reports.filter.overdue')}</span></label>
        <a class="button" href="./api/reports.csv" download>${icon('download')}<span>${t('reports.csv')}</span></a>
      </div>
      <p role="status" class="quiet">${t('reports.count', { n: found.length })}</p>
      <ul class="report-list">${found.map((one) => this.row(one, names, now))}</ul>`;
  }

  private row(one: Report, names: readonly string[], now: number): Part {
    const { t, language } = this.studio.state;
    const chosen = this.detail?.report.id === one.id;
    return html`<li class=${chosen ? 'chosen' : ''}>
      <button type="button" class="document" aria-expanded=${String(chosen)} @click=${() => this.choose(one)}>
        <span class="name">${one.text.split('\n')[0]}</span>
        <span class="badge ${isOverdue(one, now) ? 'clash' : ''}">${isOverdue(one, now) ? t('reports.overdue') : t(`queue.${one.status}`)}</span>
        ${one.shown === 'nothing' ? nothing : html`<span class="badge">${icon('check')}${t('reports.released')}</span>`}
        <span class="quiet report-facts">${[
          this.titleOf(one.monument),
          t('reports.due.at', { when: moment(one.due, language) }),
          one.assignee ?? t('reports.nobody'),
        ].join(' · ')}</span>
      </button>
      ${chosen ? this.detail!.render(names) : nothing}
    </li>`;
  }

  private titleOf(monument: string): string {
    const { documents, language } = this.studio.state;
    const title = documents.find((d) => d.key === `monuments/${monument}`)?.title;
    return (title && (typeof title === 'string' ? title : pick(title, language, []).text)) || monument;
  }

  private figures({ figures }: Queue): Part {
    const { t, language } = this.studio.state;
    const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 });
    const month = new Intl.DateTimeFormat(language, { month: 'long', year: 'numeric', timeZone: 'UTC' });
    const share = (on_time: number, decided: number): string =>
      decided > 0 ? `${percent.format(on_time / decided)} (${on_time}/${decided})` : '–';
    return html`<dl class="report-figures">
        <div><dt>${t('reports.open')}</dt><dd>${figures.open}</dd></div>
        <div><dt>${t('reports.overdue')}</dt><dd>${figures.overdue}</dd></div>
        <div><dt>${t('reports.share')}</dt><dd>${share(figures.on_time, figures.decided)}</dd></div>
      </dl>
      <details class="group">
        <summary>${t('reports.share.months')}</summary>
        <div class="group-body">
          <p class="quiet">${t('reports.share.help')}</p>
          <table class="report-months">
            <thead><tr><th scope="col">${t('reports.month')}</th><th scope="col">${t('reports.share')}</th></tr></thead>
            <tbody>${figures.months.map((m) => html`<tr><th scope="row">${month.format(new Date(`${m.month}-15T00:00:00Z`))}</th><td>${share(m.on_time, m.decided)}</td></tr>`)}</tbody>
          </table>
        </div>
      </details>`;
  }
}
