/** Everyone's own: another password, and the browsers in which one is signed in. */
import '../people/people.css';
import { html } from 'lit';
import type { Part } from '../../ui/parts.ts';
import type { Page } from '../pages.ts';
import { type Session, sessionList } from '../people/sessions.ts';
import type { Studio } from '../studio.ts';

export const open = (studio: Studio): Page => new Account(studio);

class Account implements Page {
  private readonly studio: Studio;
  private sessions: readonly Session[] = [];

  constructor(studio: Studio) {
    this.studio = studio;
    void this.load();
  }

  private async load(): Promise<void> {
    const { studio } = this;
    this.sessions = (await studio.tried(studio.api.ask<Session[]>('GET', 'me/sessions'))) ?? this.sessions;
    studio.onState();
  }

  private async over(id: string): Promise<void> {
    const { studio } = this;
    await studio.tried(studio.api.ask('DELETE', `me/sessions/${id}`));
    await this.load();
  }

  private async change(form: HTMLFormElement): Promise<void> {
    const { studio } = this;
    const told = new FormData(form);
    const body = { old: told.get('old'), new: told.get('new') };
    if (!(await studio.tried(studio.api.ask('PUT', 'me/password', body).then(() => true)))) return;
    form.reset();
    studio.set({ notice: studio.state.t('account.changed') });
    await this.load();
  }

  render(): Part {
    const { t, me } = this.studio.state;
    const field = (name: string, complete: string, least: number) => html`<label class="field"
      ><span>${t(`account.${name}`)}</span>
      <input type="password" name=${name} required minlength=${least} autocomplete=${complete}
    /></label>`;
    return html`<main class="documents people">
      <h1 tabindex="-1">${t('page.account')}</h1>
      <p>${me?.name} · ${me?.roles.map((role) => t(`role.${role}`)).join(', ')}</p>
      <section>
        <h2>${t('account.password')}</h2>
        <form
          @submit=${(event: SubmitEvent) => {
            event.preventDefault();
            void this.change(event.target as HTMLFormElement);
          }}
        >
          ${field('old', 'current-password', 1)} ${field('new', 'new-password', 12)}
          <p class="quiet">${t('account.help')}</p>
          <div class="buttons"><button class="button main"><span>${t('account.change')}</span></button></div>
        </form>
      </section>
      <section>
        <h2>${t('people.sessions')}</h2>
        ${sessionList(this.studio, this.sessions, (id) => void this.over(id))}
      </section>
    </main>`;
  }
}
