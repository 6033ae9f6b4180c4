/** The studio's doings, between the server, the desk and the page. */
import { type Translate, translator, type UiLanguage, uiLanguage, unbroken } from '../core/i18n.ts';
import { Api, type Listed, type Me, Refusal, type Release } from './core/api.ts';
import { firstOf } from './core/saver.ts';
import type { Schema } from './core/schema.ts';
import type { Json, Tour } from './core/tour.ts';
import { Editing } from './editing.ts';
import { Recording } from './recording.ts';
import type { Frames } from './scene/handle.ts';
import { Staging } from './staging.ts';
import { openReleases } from './ui/releases.ts';

const CATALOGUES: Record<UiLanguage, () => Promise<{ default: Record<string, string> }>> = {
  vi: () => import('../../../assets/i18n/studio/vi.json'),
  en: () => import('../../../assets/i18n/studio/en.json'),
  fr: () => import('../../../assets/i18n/studio/fr.json'),
};

/** What stands over the desk. */
export type Sheet = 'history' | 'releases' | 'new' | null;

export interface StudioState {
  status: 'starting' | 'signed-out' | 'ready' | 'failed';
  me: Me | null;
  /** How one can come in, and the invitation that the address holds. */
  ways: { mode: Me['mode']; openid?: string | null };
  invitation: string | null;
  t: Translate;
  language: string;
  documents: readonly Listed[];
  editing: Editing | null;
  record: Recording | null;
  /** Whether the draft is played, looked at with the visitor's tools, or made. */
  mode: 'make' | 'explore' | 'play';
  screen: 'fit' | 'phone' | 'desktop';
  /** A point of the surface is asked for: what for. */
  picking: 'target' | 'fit' | null;
  flight: boolean;
  frames: Frames | null;
  sheet: Sheet;
  /** Said once, in a line of its own. */
  notice: string;
}

export class Studio {
  state: StudioState;
  readonly api = new Api();
  onState: () => void = () => {};
  readonly staging: Staging = new Staging(this);

  constructor(t: Translate, language: string) {
    this.state = {
      status: 'starting',
      me: null,
      ways: { mode: 'local' },
      invitation: null,
      t,
      language,
      documents: [],
      editing: null,
      record: null,
      mode: 'make',
      screen: 'fit',
      picking: null,
      flight: false,
      frames: null,
      sheet: null,
      notice: '',
    };
  }

  set(change: Partial<StudioState>): void {
    this.state = { ...this.state, ...change };
    this.onState();
  }

  /** Begin: with the token or the invitation of the address where there is one, else with the session there is. */
  async start(): Promise<void> {
    const asked = new URLSearchParams(location.hash.slice(1));
    const [token, invitation] = [asked.get('token'), asked.get('invitation')];
    // Neither shall stay in the address, to be read over a shoulder or passed on.
    if (token || invitation) history.replaceState(null, '', location.pathname + location.search);
    if (invitation) {
      await this.findWays();
      this.set({ status: 'signed-out', invitation });
    } else if (token) await this.signIn({ token });
    else await this.comeIn(() => this.api.ask<Me>('GET', 'me'), false);
  }

  async signIn(
    by: { token: string } | { name: string; password: string; invitation?: string },
  ): Promise<void> {
    const path = 'invitation' in by ? 'accept-invitation' : 'session';
    await this.comeIn(() => this.api.ask<Me>('POST', path, by), true);
  }

  /** Go in with what the server says; where it says no, say so if the person has `tried`. */
  private async comeIn(ask: () => Promise<Me>, tried: boolean): Promise<void> {
    try {
      const me = await ask();
      this.set({ invitation: null });
      await this.enter(me);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { status, message } = error;
      if (status === 0 || status >= 500) this.refused(error);
      else {
        await this.findWays();
        this.set({ status: 'signed-out', notice: tried ? message || this.state.t('signin.refused') : '' });
      }
    }
  }

  private async findWays(): Promise<void> {
    const ways = await this.api.ask<StudioState['ways']>('GET', 'sign-in').catch(() => null);
    if (ways) this.set({ ways });
  }

  async signOut(): Promise<void> {
    await this.api.ask('DELETE', 'session').catch(() => null);
    this.close();
    await this.findWays();
    this.set({ status: 'signed-out', me: null, notice: '' });
  }

  async list(): Promise<void> {
    try {
      this.set({ documents: await this.api.ask<Listed[]>('GET', 'documents') });
    } catch (error) {
      this.refused(error);
    }
  }

  /** What is on the desk. */
  get desk(): Editing | Recording | null {
    return this.state.editing ?? this.state.record;
  }

  /** Put a document on the desk. */
  async open(key: string): Promise<void> {
    if (!this.mayLeave()) return;
    try {
      if (!key.startsWith('tours/')) {
        await this.openRecord(key);
        return;
      }
      const opened = await this.api.document<Tour>(key);
      if (!opened?.value) {
        this.set({ notice: firstOf(opened?.problems) ?? this.state.t('open.failed') });
        return;
      }
      this.close();
      const editing = new Editing(this.api, opened, opened.value);
      editing.onChange = () => this.staging.changed();
      this.remember(key);
      this.set({
        editing,
        mode: 'make',
        notice: editing.restored ? this.state.t('restored') : '',
        sheet: null,
      });
      this.staging.begin();
    } catch (error) {
      this.refused(error);
    }
  }

  private async openRecord(key: string): Promise<void> {
    const opened = await this.api.document<Json>(key);
    if (!opened?.value) {
      this.set({ notice: firstOf(opened?.problems) ?? this.state.t('open.failed') });
      return;
    }
    const schema = await this.api.ask<Schema>('GET', `schemas/${opened.kind}`);
    this.close();
    const record = new Recording(this.api, opened, opened.value, schema);
    record.onChange = () => {
      if (record.saver.status === 'signed-out') this.set({ status: 'signed-out' });
      this.onState();
    };
    this.remember(key);
    this.set({ record, notice: record.restored ? this.state.t('restored') : '', sheet: null });
    if (record.saver.dirty) record.saver.changed();
  }

  /** The language that new words begin in. */
  get firstLanguage(): string {
    return this.siteLanguages[0] ?? 'en';
  }

  /** A tour from nothing: one stop, empty words in every language of the site. Returns why not, else null. */
  async make(id: string, monument: string, title: string): Promise<string | null> {
    const { t } = this.state;
    const languages = this.siteLanguages;
    const stop = { title: null, text: '' };
    const words = () => ({
      title,
      introduction: '',
      stops: { 'stop-1': stop },
    });
    const value: Tour = {
      tour: { monument, stops: [{ id: 'stop-1' }] },
      words: Object.fromEntries(languages.map((l) => [l, words()])),
    };
    const reply = await this.api.put(`tours/${id}`, value, null, crypto.randomUUID());
    if (reply.kind === 'saved') {
      this.set({ sheet: null });
      await this.list();
      await this.open(`tours/${id}`);
      return null;
    }
    if (reply.kind === 'clash') return t('new.taken');
    if (reply.kind === 'refused') return firstOf(reply.problems) ?? t('failed');
    if (reply.kind === 'forbidden') return reply.message;
    return t('line.down');
  }

  /** Store a file in the site's media; its path, or null where that failed, which is said. */
  async send(file: File): Promise<string | null> {
    this.set({ notice: this.state.t('media.sending', { name: file.name }) });
    try {
      const path = await this.api.upload(file);
      this.set({ notice: '' });
      return path;
    } catch (error) {
      this.refused(error);
      return null;
    }
  }

  openReleases(): void {
    openReleases(this);
  }

  /** Change the interface's language. */
  async speak(language: string): Promise<void> {
    const t = await wordsIn(language);
    const url = new URL(location.href);
    url.searchParams.set('lang', language);
    history.replaceState(null, '', url);
    void this.staging.scene?.app.speak(language);
    this.set({ t, language });
  }

  close(): void {
    this.desk?.end();
    if (this.desk) this.set({ editing: null, record: null, frames: null, mode: 'make', picking: null });
  }

  /** Back to the list of documents. */
  leave(): void {
    if (!this.mayLeave()) return;
    this.close();
    this.remember(null);
    void this.list();
  }

  /** Whether nothing is lost by leaving; what is unsaved is sent at once, and a person is asked. */
  private mayLeave(): boolean {
    const { desk } = this;
    const { t } = this.state;
    if (!desk?.saver.dirty) return true;
    desk.saver.now();
    return window.confirm(t('leave.unsaved'));
  }

  /** Languages of the site, the first one first. */
  siteLanguages: readonly string[] = [];

  /** Languages the tour is told in. */
  get languages(): string[] {
    const { editing } = this.state;
    return editing ? Object.keys(editing.now.words) : [];
  }

  private remember(key: string | null): void {
    const url = new URL(location.href);
    if (key) url.searchParams.set('open', key);
    else url.searchParams.delete('open');
    history.replaceState(null, '', url);
  }

  private async enter(me: Me): Promise<void> {
    this.set({ status: 'ready', me, notice: '' });
    if (this.desk) {
      this.desk.saver.now();
      return;
    }
    await Promise.all([this.list(), this.findSite()]);
    const asked = new URLSearchParams(location.search).get('open');
    if (asked && this.state.documents.some((d) => d.key === asked)) await this.open(asked);
  }

  /** What the site speaks, and which release there is to look at. */
  private async findSite(): Promise<void> {
    try {
      const site = await this.api.document<{ languages?: string[] }>('site');
      this.siteLanguages = site?.value?.languages ?? ['en'];
      const releases = await this.api.ask<Release[]>('GET', 'releases');
      const shown = releases.find((r) => r.current) ?? releases[0];
      if (shown) this.staging.look(shown);
    } catch (error) {
      if (error instanceof Refusal) this.refused(error);
    }
  }

  private refused(error: unknown): void {
    if (!(error instanceof Refusal)) throw error;
    const { t } = this.state;
    if (error.status === 401) {
      void this.findWays();
      this.set({ status: 'signed-out', notice: '' });
    } else
      this.set({
        status: this.state.status === 'starting' ? 'failed' : this.state.status,
        notice: error.status === 0 ? t('line.down') : error.message || t('failed'),
      });
  }
}

/** The studio's own words, in the nearest language there is. */
export async function wordsIn(language: string): Promise<Translate> {
  const { default: messages } = await CATALOGUES[uiLanguage(language)]();
  return translator(unbroken(messages));
}
