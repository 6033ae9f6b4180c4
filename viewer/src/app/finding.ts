/** What is looked for: words and filters, what answers to them, and which monument is pointed at in list or map. */
import { choices, EVERYTHING, type Find, type Hit, isEverything, passes, search } from '../core/find.ts';
import { LoadError } from '../core/load.ts';
import type { MonumentEntry, PlaceFound, SearchDocument } from '../core/release.ts';
import type { App } from './app.ts';

const PLACE_PITCH = 0.6;
const PLACE_DISTANCE = 6; // in radii of the building
const NEAREST_M = 40;

export class Finding {
  private readonly app: App;

  constructor(app: App) {
    this.app = app;
  }

  /** Whether anything is looked for. */
  get active(): boolean {
    return !isEverything(this.app.state.find);
  }

  passes(monument: MonumentEntry): boolean {
    return passes(monument, this.app.state.find, this.languages);
  }

  /** The monuments that are looked for. */
  get monuments(): readonly MonumentEntry[] {
    return (this.app.state.release?.monuments ?? []).filter((m) => this.passes(m));
  }

  /** Everything else that answers to the words. */
  get hits(): readonly Hit[] {
    const { release, searching, find } = this.app.state;
    return release ? search(release, searching, find.q).filter((hit) => hit.kind !== 'monument') : [];
  }

  get choices() {
    return choices(this.app.state.release?.monuments ?? [], this.languages);
  }

  private get languages(): readonly string[] {
    return this.app.state.release?.languages ?? [];
  }

  set(change: Partial<Find>): void {
    this.app.set({ find: { ...this.app.state.find, ...change } });
    if (this.app.state.find.q) void this.load();
    this.app.showing.all();
    this.app.address.remember();
  }

  clear(): void {
    this.set(EVERYTHING);
  }

  /** Point at a monument in the list or on the map, so that both show it; null: at none. */
  point(monument: string | null): void {
    if (monument !== this.app.state.pointed) this.app.set({ pointed: monument });
  }

  /** Fetch what can be found beside monuments and tours; asked for when a visitor begins to look. */
  async load(): Promise<void> {
    const { release, searching } = this.app.state;
    if (searching || !release?.search) return;
    try {
      this.app.set({ searching: await this.app.document<SearchDocument>(release.search) });
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
    }
  }

  /** A building that was found by its name. */
  async place(id: string): Promise<PlaceFound | null> {
    await this.load();
    return this.app.state.searching?.places.find((p) => p.id === id) ?? null;
  }

  /** Fly to a building that was found by its name. */
  async visit(id: string, seconds: number): Promise<void> {
    const found = await this.place(id);
    const { view, state } = this.app;
    if (!found || !view || state.place !== id) return;
    const { heading, fovDeg } = view.rig.orbit;
    const distance = Math.max(found.radius_m * PLACE_DISTANCE, NEAREST_M);
    this.app.framing.roam({ target: found.at_m, distance, heading, pitch: PLACE_PITCH, fovDeg }, seconds);
    this.app.set({ announcement: found.name });
  }
}
