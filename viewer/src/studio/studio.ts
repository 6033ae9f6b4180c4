/** The studio's doings, between the server, the desk and the page. */
import type { Translate } from '../core/i18n.ts';
import { remember } from './address.ts';
import { Api, type Listed, type Me, type Placed, Refusal, type Release } from './core/api.ts';
import { Builds } from './core/builds.ts';
import { firstOf } from './core/saver.ts';
import { newTour } from './core/tour.ts';
import { Editing } from './editing.ts';
import { Entrance } from './entrance.ts';
import { type OnDesk, Opening } from './opening.ts';
import { Pages } from './pages.ts';
import { Staging } from './staging.ts';
import type { StudioState } from './state.ts';
import { fieldsIn, wordsIn } from './words.ts';

export class Studio {
  state: StudioState;
  readonly api = new Api();
  readonly builds: Builds;
  onState: () => void = () => {};
  readonly staging: Staging = new Staging(this);
  readonly entrance: Entrance = new Entrance(this);
  readonly opening: Opening = new Opening(this);
  readonly pages: Pages = new Pages(this);

  constructor(t: Translate, language: string) {
    this.builds = new Builds(
      this.api,
      async (ask) => (this.state.status === 'ready' ? this.tried(ask()) : null),
      () => {
        if (this.state.sheet !== 'releases' && this.state.page?.id !== 'releases') this.builds.end();
        this.onState();
      },
    );
    this.state = {
      status: 'starting',
      me: null,
      ways: { mode: 'local' },
      invitation: null,
      t,
      language,
      fields: {},
      documents: [],
      undecided: [],
      editing: null,
      record: null,
      page: null,
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

  /** What the server answers; null where it says no, which is said. */
  async tried<T>(asked: Promise<T>): Promise<T | null> {
    try {
      return await asked;
    } catch (error) {
      this.refused(error);
      return null;
    }
  }

  async list(): Promise<void> {
    const documents = await this.tried(this.api.ask<Listed[]>('GET', 'documents'));
    if (documents) this.set({ documents });
    const placed = await this.tried(this.api.ask<Placed[]>('GET', 'placements'));
    // What was decided since takes effect with the next build.
    if (placed) this.set({ undecided: placed.filter((one) => !one.settled && !one.decided) });
  }

  /** What is on the desk. */
  get desk(): OnDesk | null {
    return this.state.editing ?? this.state.record;
  }

  /** Put a document on the desk; `page`: one of the pages about such documents. */
  async open(key: string, page: string | null = null): Promise<void> {
    if (!this.mayLeave()) return;
    const desk = await this.opening.of(key);
    if (!desk) return;
    this.put(desk);
    if (!(desk instanceof Editing)) await this.pages.go(page);
  }

  private put(desk: OnDesk): void {
    this.close();
    remember({ open: desk.key });
    const notice = desk.restored ? this.state.t('restored') : '';
    if (desk instanceof Editing) {
      desk.onChange = () => this.staging.changed();
      this.set({ editing: desk, mode: 'make', notice, sheet: null });
      this.staging.begin();
      return;
    }
    desk.onChange = () => {
      if (desk.saver.status === 'signed-out') this.set({ status: 'signed-out' });
      this.onState();
    };
    this.set({ record: desk, notice, sheet: null });
  }

  /** The language that new words begin in. */
  get firstLanguage(): string {
    return this.siteLanguages[0] ?? 'en';
  }

  /** A tour from nothing: one stop, empty words in every language of the site. Returns why not, else null. */
  async make(id: string, monument: string, title: string): Promise<string | null> {
    const { t } = this.state;
    const value = newTour(monument, title, this.siteLanguages);
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
    const path = await this.tried(this.api.upload(file));
    if (path) this.set({ notice: '' });
    return path;
  }

  /** Change the interface's language. */
  async speak(language: string): Promise<void> {
    const [t, fields] = await Promise.all([wordsIn(language), fieldsIn(language)]);
    remember({ lang: language });
    void this.staging.scene?.app.speak(language);
    this.set({ t, language, fields });
  }

  close(): void {
    this.opening.forget();
    this.pages.end();
    this.desk?.end();
    if (this.desk) this.set({ editing: null, record: null, frames: null, mode: 'make', picking: null });
  }

  /** Back to the list of documents. */
  leave(): void {
    if (!this.mayLeave()) return;
    this.close();
    remember({ open: null, page: null });
    void this.list();
  }

  /** Doings that end with the page: a recording, a file on its way. */
  private held = 0;

  async hold(doing: Promise<void>): Promise<void> {
    this.held++;
    await doing.finally(() => this.held--);
  }

  /** Whether the page's end would lose anything, or leave it to this browser's drawer alone. */
  get unsaved(): boolean {
    return this.held > 0 || (this.desk?.saver.dirty ?? false);
  }

  /** Whether nothing is lost by leaving; what is unsaved is sent at once, and a person is asked. */
  mayLeave(): boolean {
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

  /** Somebody has come in; whose session had ended finds the desk as it was. */
  async enter(me: Me): Promise<void> {
    // Another's work is not saved in this one's name: it lies in their drawer.
    if (this.state.me && this.state.me.name !== me.name) this.close();
    // A list that has not come would look like a site with nothing in it.
    this.set({ status: this.desk ? 'ready' : 'starting', me, invitation: null, notice: '' });
    if (this.desk) {
      this.desk.saver.now();
      return;
    }
    await Promise.all([this.list(), this.findSite()]);
    if (this.state.status !== 'starting') return;
    this.set({ status: 'ready' });
    const asked = new URLSearchParams(location.search);
    const [key, page] = [asked.get('open'), asked.get('page')];
    const known = [...this.state.documents, ...this.staging.surveys].some((d) => d.key === key);
    if (known) await this.open(key!, page);
    else if (page) await this.pages.go(page);
  }

  /** What the site speaks, and which release there is to look at. */
  private async findSite(): Promise<void> {
    const site = await this.tried(this.api.document<{ languages?: string[] }>('site'));
    this.siteLanguages = site?.value?.languages ?? ['en'];
    const releases = await this.tried(this.api.ask<Release[]>('GET', 'releases'));
    const shown = releases?.find((r) => r.current) ?? releases?.[0];
    if (!shown) return;
    this.staging.look(shown);
    await this.staging.findSurveys();
  }

  /** The server has said no, or the line is down: say so. */
  refused(error: unknown): void {
    if (!(error instanceof Refusal)) throw error;
    const { t } = this.state;
    if (error.status === 401) {
      void this.entrance.findWays();
      this.set({ status: 'signed-out', notice: '' });
    } else
      this.set({
        status: this.state.status === 'starting' ? 'failed' : this.state.status,
        notice: error.status === 0 ? t('line.down') : error.message || t('failed'),
      });
  }
}
