/** How people come in and go: by the printed address, an invitation, a name, or the institution's own door. */
import { type Me, Refusal } from './core/api.ts';
import type { StudioState } from './state.ts';
import type { Studio } from './studio.ts';

/** Why the institution's door was not opened, as the server says it in the address. */
const REFUSED: readonly string[] = [
  'account-closed',
  'openid-expired',
  'openid-no-role',
  'openid-refused',
  'openid-unavailable',
  'sign-in-busy',
];

export class Entrance {
  private readonly studio: Studio;

  constructor(studio: Studio) {
    this.studio = studio;
  }

  /** Begin: with what the address holds, else with the session there is. */
  async start(): Promise<void> {
    const { studio } = this;
    const asked = new URLSearchParams(location.hash.slice(1));
    const [token, invitation, refused] = ['token', 'invitation', 'refused'].map((key) => asked.get(key));
    // Nothing of it shall stay in the address, to be read over a shoulder or passed on.
    if (token || invitation || refused) history.replaceState(null, '', location.pathname + location.search);
    if (refused || invitation) {
      await this.findWays();
      studio.set({
        status: 'signed-out',
        invitation: invitation ?? null,
        notice: refused ? this.why(refused) : '',
      });
    } else if (token) await this.signIn({ token });
    else await this.comeIn(() => studio.api.ask<Me>('GET', 'me'), false);
  }

  async signIn(
    by: { token: string } | { name: string; password: string; invitation?: string },
  ): Promise<void> {
    const path = 'invitation' in by ? 'accept-invitation' : 'session';
    await this.comeIn(() => this.studio.api.ask<Me>('POST', path, by), true);
  }

  async signOut(): Promise<void> {
    const { studio } = this;
    if (!studio.mayLeave()) return;
    await studio.api.ask('DELETE', 'session').catch(() => null);
    studio.close();
    await this.findWays();
    studio.set({ status: 'signed-out', me: null, notice: '' });
  }

  async findWays(): Promise<void> {
    const ways = await this.studio.api.ask<StudioState['ways']>('GET', 'sign-in').catch(() => null);
    if (ways) this.studio.set({ ways });
  }

  /** Go in with what the server says; where it says no, say so if the person has `tried`. */
  private async comeIn(ask: () => Promise<Me>, tried: boolean): Promise<void> {
    const { studio } = this;
    try {
      await studio.enter(await ask());
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { status, message } = error;
      if (status === 0 || status >= 500) studio.refused(error);
      else {
        await this.findWays();
        const { t } = studio.state;
        studio.set({ status: 'signed-out', notice: tried ? message || t('signin.refused') : '' });
      }
    }
  }

  private why(code: string): string {
    const { t } = this.studio.state;
    return REFUSED.includes(code) ? t(`refused.${code}`) : t('signin.refused');
  }
}
