/** Who comes in, and how: by the printed address alone on a laptop, by name and password in an institution. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../../ui/icons.ts';
import type { Studio } from '../studio.ts';

export function signIn(studio: Studio): TemplateResult {
  const { t, notice, ways, invitation } = studio.state;
  const submit = (event: Event) => {
    event.preventDefault();
    // Read when they are sent, and kept nowhere: who signs in next shall not find them.
    const given = new FormData(event.target as HTMLFormElement);
    const name = String(given.get('name'));
    const password = String(given.get('password'));
    void studio.entrance.signIn(invitation ? { invitation, name, password } : { name, password });
  };
  return html`<main class="sign-in">
    ${icon('seal')}
    <h1 tabindex="-1">${t('studio')}</h1>
    ${
      ways.mode === 'local'
        ? html`<p>${t('signin.local')}</p>`
        : html`<form @submit=${submit}>
            ${invitation ? html`<p>${t('signin.invited')}</p>` : nothing}
            <label class="field"
              ><span>${t('signin.name')}</span>
              <input type="text" name="name" required autocomplete="username"
            /></label>
            <label class="field"
              ><span>${t('signin.password')}</span>
              <input type="password" name="password" required autocomplete=${invitation ? 'new-password' : 'current-password'}
            /></label>
            <button type="submit" class="button main"><span>${invitation ? t('signin.join') : t('signin')}</span></button>
          </form>`
    }
    ${ways.openid ? html`<p><a class="button" href="./api/openid">${t('signin.openid', { name: ways.openid })}</a></p>` : nothing}
    ${notice ? html`<p class="problem" role="alert">${notice}</p>` : nothing}
  </main>`;
}
