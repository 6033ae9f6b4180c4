/** One report: what was sent, where it is, what is made of it, and who did what. */
import { html, nothing } from 'lit';
import type { Part } from '../../ui/parts.ts';
import { Refusal } from '../core/api.ts';
import type { Studio } from '../studio.ts';
import { studioIcon } from '../ui/icons.ts';
import { button, line, moment, select } from '../ui/parts.ts';
import {
  CLOSED,
  differing,
  endOf,
  type Form,
  formOf,
  type Report,
  renewed,
  SHOWN,
  type Shown,
  STATUSES,
  type Status,
  type Step,
} from './api.ts';
import { placeFrame, type Which } from './place.ts';

const NAMES: Readonly<Record<keyof Form, string>> = {
  status: 'reports.status',
  assignee: 'reports.assignee',
  day: 'reports.due',
  answer: 'reports.answer',
  shown: 'reports.shown',
};

export class Detail {
  private readonly studio: Studio;
  report: Report;
  /** Has the queue load anew, which hands this report's state to `take`. */
  private readonly reload: () => Promise<void>;
  private steps: readonly Step[] = [];
  private frame: HTMLIFrameElement | null = null;
  private problem = '';
  /** As it is written. */
  form: Form;
  /** What somebody else has changed while this was written; null: nothing. */
  theirs: readonly (keyof Form)[] | null = null;
  /** From which revision on that was. */
  private since = 0;

  constructor(studio: Studio, report: Report, reload: () => Promise<void>) {
    this.studio = studio;
    this.report = report;
    this.reload = reload;
    this.form = formOf(report);
    void this.load();
  }

  /** The server has it so now; what has been written and is not saved stays, upon what somebody else has changed. */
  take(report: Report): void {
    const { form, theirs } = renewed(this.form, this.report, report);
    if (theirs.length > 0 && this.dirty) [this.theirs, this.since] = [theirs, this.report.revision];
    [this.form, this.report] = [form, report];
    if (!this.dirty) [this.form, this.theirs] = [formOf(report), null];
    void this.load();
  }

  /** Whether something has been written that is not saved. */
  get dirty(): boolean {
    return differing(this.form, formOf(this.report)).length > 0;
  }

  private async load(): Promise<void> {
    const { studio } = this;
    this.steps =
      (await studio.tried(studio.api.ask<Step[]>('GET', `reports/${this.report.id}/history`))) ?? [];
    studio.onState();
  }

  private show(which: Which): void {
    const { studio } = this;
    this.frame = placeFrame(studio.staging.address, studio.state.t('reports.place'), this.report, which);
    studio.onState();
  }

  async save(): Promise<void> {
    const { studio, form } = this;
    const { t } = studio.state;
    const [closed, answer] = [CLOSED.includes(form.status), form.answer.trim()];
    this.problem =
      closed && !answer ? t('reports.answer.needed') : !closed && answer ? t('reports.answer.held') : '';
    studio.onState();
    if (this.problem) return;
    const state = {
      status: form.status,
      assignee: form.assignee.trim() || null,
      due: endOf(form.day, this.report.due),
      answer: closed ? answer : null,
      shown: form.shown,
    };
    const { id, revision } = this.report;
    try {
      this.report = await studio.api.ask<Report>('PUT', `reports/${id}`, state, {
        'If-Match': `"${revision}"`,
      });
    } catch (error) {
      if (!(error instanceof Refusal && error.status === 412)) return studio.refused(error);
      // Somebody else was first.
      await this.reload();
      if (this.report.revision === revision) return; // that failed, and has been told
      if (this.dirty) {
        if (!this.theirs) [this.theirs, this.since] = [[], revision];
        studio.onState();
        return;
      }
    }
    // Also when nothing of it differs from what is there: its answer was lost, or both wrote the same.
    studio.set({ notice: t('reports.saved') });
    await this.reload();
  }

  private async dropPhoto(): Promise<void> {
    const { studio } = this;
    const { t } = studio.state;
    if (!window.confirm(t('reports.photo.sure'))) return;
    const done = studio.api.ask('DELETE', `reports/${this.report.id}/photo`).then(() => true);
    if (await studio.tried(done)) await this.reload();
  }

  render(names: readonly string[]): Part {
    const { studio, report, form } = this;
    const { t, language, me } = studio.state;
    const curates = me?.roles.some((role) => role === 'administrator' || role === 'curator');
    const set = (change: Partial<typeof form>) => {
      Object.assign(form, change);
      studio.onState();
    };
    return html`<div class="report-detail">
      <div class="report-told">
        <p class="report-text" lang=${report.language}>${report.text}</p>
        ${
          report.photo
            ? html`<img class="report-photo" src="./api/reports/${report.id}/photo" alt=${t('reports.photo.alt')} />
              ${curates ? button({ kind: 'danger', text: t('reports.photo.drop'), press: () => void this.dropPhoto() }) : nothing}`
            : html`<p class="quiet">${t('reports.photo.none')}</p>`
        }
        ${
          studio.staging.release && (report.place_m || report.position)
            ? html`<div class="buttons">
                ${report.place_m ? button({ icon: studioIcon('eye'), text: t('reports.place.show'), press: () => this.show('place') }) : nothing}
                ${report.position ? button({ icon: studioIcon('eye'), text: t('reports.position.show'), press: () => this.show('position') }) : nothing}
              </div>
              ${this.frame ? html`<div class="report-place">${this.frame}</div>` : nothing}`
            : html`<p class="quiet">${t('reports.place.none')}</p>`
        }
      </div>
      <form
        class="report-work"
        @submit=${(event: Event) => {
          event.preventDefault();
          void this.save();
        }}
      >
        ${select(
          t('reports.status'),
          form.status,
          STATUSES.map((value) => ({ value, text: t(`queue.${value}`) })),
          (status) => set({ status: status as Status }),
        )}
        ${line(t('reports.assignee'), form.assignee, (assignee) => set({ assignee }))}
        ${names.length > 0 ? html`<div class="chips">${names.map((name) => button({ kind: 'quiet', text: name, press: () => set({ assignee: name }) }))}</div>` : nothing}
        <label class="field"><span>${t('reports.due')}</span>
          <input type="date" required .value=${form.day} @input=${(e: Event) => set({ day: (e.target as HTMLInputElement).value })} /></label>
        <p class="quiet">${t('reports.promised', { when: moment(report.promised, language) })}</p>
        <label class="field"><span>${t('reports.answer')}</span>
          <textarea rows="5" maxlength="4000" .value=${form.answer} @input=${(e: Event) => set({ answer: (e.target as HTMLTextAreaElement).value })}></textarea></label>
        <p class="quiet">${t('reports.answer.help')}</p>
        ${select(
          t('reports.shown'),
          form.shown,
          SHOWN.map((value) => ({ value, text: t(`released.${value}`) })),
          (shown) => set({ shown: shown as Shown }),
        )}
        ${this.theirs ? this.meanwhile(this.theirs, set) : nothing}
        ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
        <button class="button main" ?disabled=${!this.dirty}><span>${t('reports.save')}</span></button>
      </form>
      <section class="report-steps">
        <h2>${t('reports.history')}</h2>
        <ol>
          <li><span>${moment(report.made, language)}</span> ${t('reports.arrived')}</li>
          ${this.steps.map((step) => html`<li><span>${moment(step.at, language)}</span> ${this.step(step)}</li>`)}
        </ol>
      </section>
    </div>`;
  }

  private meanwhile(theirs: readonly (keyof Form)[], set: (change: Partial<Form>) => void): Part {
    const { t } = this.studio.state;
    const there = formOf(this.report);
    const who = [
      ...new Set(this.steps.slice(this.since - this.report.revision).map((step) => step.who)),
    ].join(', ');
    return html`<section class="report-meanwhile" role="alert">
      <p>${t('reports.meanwhile', { who })}</p>
      <dl>${theirs.map(
        (field) => html`<dt>${t(NAMES[field])}</dt>
          <dd>${this.words(field, there)}
            ${this.form[field] === there[field] ? nothing : button({ text: t('clash.keep.theirs'), press: () => set({ [field]: there[field] }) })}</dd>`,
      )}</dl>
      <p class="quiet">${t('reports.meanwhile.help')}</p>
    </section>`;
  }

  /** A field's value in words. */
  private words(field: keyof Form, form: Form): string {
    const { t, language } = this.studio.state;
    if (field === 'status') return t(`queue.${form.status}`);
    if (field === 'shown') return t(`released.${form.shown}`);
    if (field === 'day') return moment(this.report.due, language);
    if (field === 'assignee') return form.assignee || t('reports.nobody');
    return form.answer || '–';
  }

  private step(step: Step): string {
    const { t, language } = this.studio.state;
    if (!step.status) return t('reports.step.photo', { who: step.who });
    const parts = [t(`queue.${step.status}`)];
    if (step.assignee) parts.push(step.assignee);
    if (step.due !== null) parts.push(t('reports.due.at', { when: moment(step.due, language) }));
    if (step.shown && step.shown !== 'nothing') parts.push(t(`released.${step.shown}`));
    return `${step.who}: ${parts.join(' · ')}`;
  }
}
