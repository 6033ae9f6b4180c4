/** What administrators do with accounts: people and their roles, invitations, sessions, and the chain of events. */
import './people.css';
import { html, nothing } from 'lit';
import { icon } from '../../ui/icons.ts';
import type { Part } from '../../ui/parts.ts';
import { type Page, ROLES } from '../pages.ts';
import type { Studio } from '../studio.ts';
import { button, moment, section } from '../ui/parts.ts';
import { type Session, sessionList } from './sessions.ts';

/** Times in seconds since 1970. */
interface Account {
  readonly name: string;
  readonly roles: readonly string[];
  readonly made: number;
  readonly closed: number | null;
  readonly sessions: number;
  /** The institution's own sign-in, for who comes by it; its roles are given there. */
  readonly issuer: string | null;
}

interface Invitation {
  readonly id: string;
  readonly roles: readonly string[];
  readonly made_by: string;
  readonly ends: number;
}

interface Events {
  readonly events: readonly { sequence: number; at: number; who: string; action: string; details: string }[];
  /** The first record at which the chain does not hold; null where it does. */
  readonly broken_at: number | null;
}

export const open = (studio: Studio): Page => new People(studio);

class People implements Page {
  private readonly studio: Studio;
  private people: readonly Account[] = [];
  private invitations: readonly Invitation[] = [];
  private sessions: readonly Session[] = [];
  private events: Events | null = null;
  private wanted: readonly string[] = ['curator'];
  /** The link of the invitation that was just made; the server never tells it again. */
  private link = '';

  constructor(studio: Studio) {
    this.studio = studio;
    void this.load();
  }

  private async load(): Promise<void> {
    const { studio } = this;
    const { api } = studio;
    const found = await studio.tried(
      Promise.all([
        api.ask<Account[]>('GET', 'people'),
        api.ask<Invitation[]>('GET', 'invitations'),
        api.ask<Session[]>('GET', 'sessions'),
        api.ask<Events>('GET', 'people-events'),
      ]),
    );
    if (found) [this.people, this.invitations, this.sessions, this.events] = found;
    studio.onState();
  }

  /** Ask for a change, then see what there is now, whether it was done or refused. */
  private async act(method: string, path: string, body?: unknown): Promise<void> {
    const { studio } = this;
    await studio.tried(studio.api.ask(method, path, body));
    await this.load();
  }

  private change(name: string, body: unknown): void {
    void this.act('PUT', `people/${encodeURIComponent(name)}`, body);
  }

  private async invite(): Promise<void> {
    const { studio } = this;
    const made = await studio.tried(
      studio.api.ask<{ invitation: string }>('POST', 'invitations', { roles: this.wanted }),
    );
    if (!made) return;
    this.link = new URL(`./#invitation=${made.invitation}`, location.href).href;
    await this.load();
  }

  private async copy(): Promise<void> {
    const { t } = this.studio.state;
    try {
      await navigator.clipboard.writeText(this.link);
      this.studio.set({ notice: t('people.copied') });
    } catch {
      this.studio.set({ notice: t('people.copy.failed') });
    }
  }

  render(): Part {
    const { t } = this.studio.state;
    return html`<main class="documents people">
      <h1 tabindex="-1">${t('page.people')}</h1>
      <ul class="people-list">${this.people.map((one) => this.person(one))}</ul>
      ${section(t('people.invitations'), this.inviting())}
      ${section(
        t('people.sessions'),
        sessionList(this.studio, this.sessions, (id) => void this.act('DELETE', `sessions/${id}`)),
        false,
      )}
      ${section(t('people.events'), this.chain(), this.events?.broken_at != null)}
    </main>`;
  }

  private person(one: Account): Part {
    const { t, language, me } = this.studio.state;
    const when = moment(one.made, language);
    const facts = [
      one.closed === null ? t('people.sessions.n', { n: one.sessions }) : t('people.closed'),
      t('people.since', { when }),
      ...(one.issuer ? [t('people.issuer')] : []),
    ];
    const sure = () => window.confirm(t('people.close.sure', { who: one.name }));
    return html`<li class=${one.closed === null ? '' : 'closed'}>
      <h2>${one.name}${one.name === me?.name ? html` <span class="badge">${t('people.you')}</span>` : nothing}</h2>
      <p class="quiet">${facts.join(' · ')}</p>
      ${this.roles(t('people.roles.of', { who: one.name }), one.roles, one.issuer !== null, (roles) => this.change(one.name, { roles }))}
      <div class="buttons">
        ${
          one.closed === null
            ? button({
                kind: 'danger',
                text: t('people.close'),
                label: `${t('people.close')}: ${one.name}`,
                press: () => sure() && this.change(one.name, { closed: true }),
              })
            : button({
                text: t('people.reopen'),
                label: `${t('people.reopen')}: ${one.name}`,
                press: () => this.change(one.name, { closed: false }),
              })
        }
        ${button({ kind: 'quiet', text: t('people.unlock'), label: `${t('people.unlock')}: ${one.name}`, press: () => this.change(one.name, { locked_out: false }) })}
      </div>
    </li>`;
  }

  /** The four roles as ticks; the last one cannot be taken away, for an account has one at least. */
  private roles(
    name: string,
    given: readonly string[],
    fixed: boolean,
    take: (roles: string[]) => void,
  ): Part {
    const { t } = this.studio.state;
    return html`<fieldset class="roles">
      <legend class="visually-hidden">${name}</legend>
      ${ROLES.map(
        (role) => html`<label class="tick"><input
            type="checkbox"
            .checked=${given.includes(role)}
            ?disabled=${fixed || (given.length === 1 && given[0] === role)}
            @change=${(event: Event) => {
              const { checked } = event.target as HTMLInputElement;
              take(ROLES.filter((r) => (r === role ? checked : given.includes(r))));
            }}
          /><span>${t(`role.${role}`)}</span></label>`,
      )}
    </fieldset>`;
  }

  private inviting(): Part {
    const { t, language } = this.studio.state;
    return html`<p class="quiet">${t('people.invite.help')}</p>
      ${this.roles(t('people.invite.roles'), this.wanted, false, (roles) => {
        this.wanted = roles;
        this.studio.onState();
      })}
      <div class="buttons">${button({ kind: 'main', icon: icon('plus'), text: t('people.invite'), press: () => void this.invite() })}</div>
      ${
        this.link
          ? html`<div class="hint">
              <label class="field"><span>${t('people.link')}</span><input readonly .value=${this.link} @focus=${(e: Event) => (e.target as HTMLInputElement).select()} /></label>
              <div class="buttons">${button({ text: t('people.copy'), press: () => void this.copy() })}</div>
              <p class="quiet">${t('people.link.once')}</p>
            </div>`
          : nothing
      }
      <ul class="people-lines">${this.invitations.map(
        (one) => html`<li>
          <div>
            <strong>${one.roles.map((role) => t(`role.${role}`)).join(', ')}</strong>
            <span class="quiet">${t('people.invited', { who: one.made_by, when: moment(one.ends, language) })}</span>
          </div>
          ${button({ text: t('people.withdraw'), press: () => void this.act('DELETE', `invitations/${one.id}`) })}
        </li>`,
      )}</ul>`;
  }

  private chain(): Part {
    const { t, language } = this.studio.state;
    const { events } = this;
    if (!events) return nothing;
    const broken = events.broken_at;
    return html`<p role="status" class=${broken === null ? 'quiet' : 'problem'}>
        ${broken === null ? t('people.chain.holds') : t('people.chain.broken', { n: broken })}
      </p>
      <ol class="people-events" tabindex="0" aria-label=${t('people.events')} reversed start=${events.events.at(-1)?.sequence ?? 0}>
        ${events.events.toReversed().map(
          (one) => html`<li>
            <span class="quiet">${moment(one.at, language)}</span>
            <strong>${one.who}</strong> ${one.action} <code>${one.details}</code>
          </li>`,
        )}
      </ol>`;
  }
}
