/** From the list to the desk: a document is fetched, and made what its kind is worked on as. */
import type { Cleaning } from './cleaning/desk.ts';
import type { Listed, Opened } from './core/api.ts';
import { firstOf } from './core/saver.ts';
import type { Schema } from './core/schema.ts';
import type { Json, Tour } from './core/tour.ts';
import { Editing } from './editing.ts';
import { Recording } from './recording.ts';
import type { Studio } from './studio.ts';
import { fieldsIn } from './words.ts';

export type OnDesk = Editing | Recording | Cleaning;

export class Opening {
  /** What is on its way, so that the last one asked for comes to lie on the desk. */
  private asked: string | null = null;
  private readonly studio: Studio;

  constructor(studio: Studio) {
    this.studio = studio;
  }

  /** What is on its way is no longer wanted. */
  forget(): void {
    this.asked = null;
  }

  /** The document of `key`; null where it cannot be opened, which is said, or where another was asked for since. */
  async of(key: string): Promise<OnDesk | null> {
    this.asked = key;
    try {
      const desk = await this.fetched(key);
      if (this.asked === key) return desk;
      desk?.end();
    } catch (error) {
      if (this.asked === key) this.studio.refused(error);
    }
    return null;
  }

  private async fetched(key: string): Promise<OnDesk | null> {
    const { studio } = this;
    const { api, state } = studio;
    const who = state.me?.name ?? '';
    if (this.kindOf(key) === 'corrections') {
      const { openCleaning } = await import('./cleaning/open.ts');
      return openCleaning(studio, key);
    }
    const opened = await api.document<unknown>(key);
    if (!opened?.value) {
      if (this.asked === key)
        studio.set({ notice: firstOf(opened?.problems) ?? studio.state.t('open.failed') });
      return null;
    }
    if (opened.kind === 'tour') return new Editing(api, opened as Opened<Tour>, opened.value as Tour, who);
    const [schema, fields] = await Promise.all([
      api.ask<Schema>('GET', `schemas/${opened.kind}`),
      fieldsIn(state.language),
    ]);
    studio.set({ fields });
    return new Recording(api, opened as Opened<Json>, schema, who);
  }

  /** As it is listed; a survey's corrections need not be there yet. */
  private kindOf(key: string): Listed['kind'] | undefined {
    const { staging, state } = this.studio;
    if (staging.surveys.some((one) => one.key === key)) return 'corrections';
    return state.documents.find((one) => one.key === key)?.kind;
  }
}
