/** The scene beside the desk: the draft's stop is shown in it, and what is done in it comes to the desk. */
import type { EpochEntry, MonumentEntry, Release as ReleaseDocument, TourDocument } from '../core/release.ts';
import type { Release } from './core/api.ts';
import { draftDocument, type Sources } from './core/preview.ts';
import { stopOf } from './core/tour.ts';
import type { Editing } from './editing.ts';
import { Framed } from './framed.ts';
import type { Handle } from './scene/handle.ts';
import type { StudioState } from './state.ts';
import type { Studio } from './studio.ts';

const DRAFT_MS = 250;

/** What the scene shows of a draft while it is made: without the words and their times, which only a preview needs. */
const keyOf = (document: TourDocument, stop: string): string =>
  JSON.stringify([document, stop], (key, value) => (UNSEEN.has(key) ? undefined : value));
const UNSEEN = new Set(['title', 'html', 'text', 'question', 'dwell_s', 'narration']);

export class Staging {
  private readonly studio: Studio;
  scene: Handle | null = null;
  /** The release the scene shows, and where its files are; null where none has been built. */
  release: { id: string; base: string; files: string } | null = null;
  /** The surveys of that release whose cleaning can be corrected, by the key of their corrections. */
  surveys: readonly { key: string; monument: MonumentEntry; epoch: EpochEntry }[] = [];
  private readonly released = new Map<string, TourDocument | null>();
  private draftTimer = 0;
  private drafted = '';
  private drafting: Promise<void> = Promise.resolve();
  /** The stop that is open, with its tour. */
  private place = '';
  /** Whether the scene has yet to show what was changed. */
  private behind = false;
  private readonly frames: Framed;

  constructor(studio: Studio) {
    this.studio = studio;
    this.frames = new Framed(studio, () => this.settled());
  }

  /** Look at a release in the scene, published or not. */
  look({ id, published }: Release): void {
    this.scene = null;
    // What the public has not got yet is given to those who are signed in.
    this.release = published
      ? { id, base: `/r/${id}/`, files: '../../studio/files/' }
      : { id, base: `/studio/r/${id}/`, files: '../../files/' };
    this.released.clear();
    this.frames.forget();
    this.studio.set({ sheet: null, mode: 'make' });
  }

  /** Where the scene of the release is. */
  get address(): string {
    return `./scene.html?base=${this.release?.base}&lang=${this.studio.state.language}`;
  }

  /** What of the release can be cleaned anew. */
  async findSurveys(): Promise<void> {
    const { release } = this;
    const response = await fetch(`${release?.base}release.json`).catch(() => null);
    if (!response?.ok) return;
    const { monuments } = (await response.json()) as ReleaseDocument;
    if (release !== this.release) return; // another is looked at by now
    this.surveys = monuments.flatMap((monument) =>
      monument.epochs
        .filter((epoch) => epoch.cleaning)
        .map((epoch) => ({ key: `monuments/${monument.id}/corrections/${epoch.id}`, monument, epoch })),
    );
    this.studio.onState();
  }

  /** The scene in the frame stands. */
  take(scene: Handle): void {
    this.scene = scene;
    scene.bare(this.studio.state.mode !== 'explore');
    let settled = false;
    scene.onChange = () => {
      const { app } = scene;
      const arrived = app.state.arrived && !app.state.tilesLoading;
      if (arrived && !settled) this.frames.soon();
      settled = arrived;
      this.takePosition();
      this.studio.onState();
    };
    this.drafted = '';
    this.changed();
  }

  sources(editing: Editing): Sources | null {
    const release = this.scene?.app.state.release;
    const monument = release?.monuments.find((m) => m.id === editing.now.tour.monument);
    if (!release || !monument) return null;
    const known = new Map([...editing.seconds].filter(([, s]) => Number.isFinite(s)));
    return {
      monument,
      rendered: editing.rendered,
      seconds: known,
      files: this.release?.files ?? '',
      released: this.released.get(editing.id) ?? null,
    };
  }

  /** Make, look about with the visitor's tools, or play as a visitor. */
  async go(mode: StudioState['mode']): Promise<void> {
    const { editing, mode: before } = this.studio.state;
    const { scene } = this;
    if (!editing || !scene) return;
    if (before === 'play') {
      scene.play(false);
      this.drafted = '';
    }
    scene.pick(null);
    if (mode === 'explore') {
      // The visitor's tools begin with the stop as it is by now.
      clearTimeout(this.draftTimer);
      await this.draft();
      if (scene !== this.scene || editing !== this.studio.state.editing || before !== this.studio.state.mode)
        return;
    }
    this.studio.set({ mode, picking: null, screen: mode === 'play' ? this.studio.state.screen : 'fit' });
    this.drawStop();
    // The panel makes less room for the scene: first the camera is let go, so that it does not back off.
    if (mode === 'explore') scene.explore(editing.now.tour.monument);
    scene.bare(mode === 'make');
    if (mode === 'explore') return;
    this.drafted = '';
    await this.draft();
    if (mode === 'play' && this.studio.state.mode === 'play') scene.play(true);
  }

  pick(what: 'target' | 'fit', take: (at: readonly [number, number, number]) => void): void {
    const { scene } = this;
    if (!scene) return;
    if (this.studio.state.picking === what) {
      scene.pick(null);
      this.studio.set({ picking: null });
      return;
    }
    this.studio.set({ picking: what });
    scene.pick((at) => {
      this.studio.set({ picking: null });
      take(at as [number, number, number]);
    });
  }

  showFlight(flight: boolean): void {
    this.studio.set({ flight });
    this.drawStop();
    if (flight) this.scene?.overlook();
  }

  /** Another tour is on the desk. */
  begin(): void {
    this.drafted = '';
    this.place = '';
    this.changed();
  }

  /** The draft has changed, or another stop is open. */
  changed(): void {
    const { editing } = this.studio.state;
    if (!editing) return;
    if (editing.saver.status === 'signed-out' && this.studio.state.status === 'ready')
      this.studio.set({ status: 'signed-out' });
    this.arrive(editing);
    this.studio.onState();
    this.behind = true;
    clearTimeout(this.draftTimer);
    this.draftTimer = window.setTimeout(() => void this.draft(), DRAFT_MS);
  }

  /** Where another stop is open than before, what was asked for that one ends, and no picture of it stays. */
  private arrive(editing: Editing): void {
    const place = `${editing.key}/${editing.stop}`;
    if (place === this.place) return;
    this.place = place;
    this.frames.forget();
    if (this.studio.state.mode !== 'make') void this.go('make');
    else if (this.studio.state.picking) {
      this.scene?.pick(null);
      this.studio.set({ picking: null });
    }
  }

  /** Where the line of a comparison has been pulled to in the scene, there the stop begins. */
  private takePosition(): void {
    const { editing, mode } = this.studio.state;
    const state = this.scene?.app.state;
    if (!editing || mode !== 'make' || this.behind || !state?.touring || !state.comparing) return;
    const id = state.touring.document.stops[state.touring.player.stop]?.id;
    const stop = stopOf(editing.now, editing.stop);
    const position = Math.round(state.comparing.position * 100) / 100;
    if (!stop?.compare || id !== stop.id || position === (stop.compare.position ?? 0.5)) return;
    const { t } = this.studio.state;
    editing.set(stop.id, { compare: { ...stop.compare, position } }, t('group.shown'), 'position');
    // The scene shows it already.
    clearTimeout(this.draftTimer);
    this.behind = false;
    const sources = this.sources(editing);
    if (sources) this.drafted = keyOf(draftDocument(editing.id, editing.now, sources), editing.stop);
  }

  /** Show the draft's stop in the scene, if it is another than is shown; one after the other. */
  private draft(): Promise<void> {
    this.drafting = this.drafting.catch(() => {}).then(() => this.showDraft());
    return this.drafting;
  }

  private async showDraft(): Promise<void> {
    const { editing, mode } = this.studio.state;
    const { scene } = this;
    if (!editing || !scene || mode === 'explore' || !scene.app.view) return;
    await this.fetchReleased(editing.id);
    const sources = this.sources(editing);
    if (!sources) return;
    const document = draftDocument(editing.id, editing.now, sources);
    const key = keyOf(document, editing.stop);
    if (key !== this.drafted) {
      this.drafted = key;
      await scene.draft(document, editing.stop);
    }
    this.behind = false;
    this.drawStop();
    this.frames.soon();
  }

  /** The tour as it was released, for the ways its build has found. */
  private async fetchReleased(id: string): Promise<void> {
    const { scene } = this;
    if (!scene || this.released.has(id)) return;
    const entry = scene.app.state.release?.tours.find((t) => t.id === id);
    const found = entry ? await scene.app.document<TourDocument>(entry.url).catch(() => null) : null;
    if (scene === this.scene) this.released.set(id, found); // else another release is looked at by now
  }

  private drawStop(): void {
    const { editing, flight, mode } = this.studio.state;
    const stop = editing && stopOf(editing.now, editing.stop);
    const making = mode === 'make';
    this.scene?.draw({ fit: (making && stop?.view?.fit_m) || null, flight: making && flight });
  }

  /** The scene, where it shows what is written and has come to rest. */
  private settled(): Handle | null {
    const { scene } = this;
    const { arrived, tilesLoading } = scene?.app.state ?? {};
    return this.studio.state.mode === 'make' && !this.behind && arrived && !tilesLoading ? scene : null;
  }
}
