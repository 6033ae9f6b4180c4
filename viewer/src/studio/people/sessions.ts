/** Sessions that run, each with a way to end it. */
import { html } from 'lit';
import type { Part } from '../../ui/parts.ts';
import type { Studio } from '../studio.ts';
import { button, moment } from '../ui/parts.ts';

/** Times in seconds since 1970. */
export interface Session {
  readonly id: string;
  readonly name: string;
  readonly made: number;
  readonly seen: number;
  readonly address: string;
  readonly browser: string;
}

export function sessionList(studio: Studio, sessions: readonly Session[], end: (id: string) => void): Part {
  const { t, language } = studio.state;
  return html`<ul class="people-lines">${sessions.map((one) => {
    const seen = moment(one.seen, language);
    return html`<li>
      <div>
        <strong>${one.name}</strong>
        <span class="quiet">${t('people.seen', { when: seen })} · ${one.address} · ${one.browser}</span>
      </div>
      ${button({ text: t('people.session.end'), label: `${t('people.session.end')}: ${one.name}, ${seen}`, press: () => end(one.id) })}
    </li>`;
  })}</ul>`;
}
