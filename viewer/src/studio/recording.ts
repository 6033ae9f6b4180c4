/** A record on the desk: a monument, the site, its annotations or its vocabulary, as a form of its schema. */
import type { Api, Here, Opened } from './core/api.ts';
import { RECORD } from './core/fields.ts';
import { History } from './core/history.ts';
import { Saver } from './core/saver.ts';
import { type Path, placeOf, put, type Schema } from './core/schema.ts';
import type { Json } from './core/tour.ts';
import { drawerOf, kept } from './drawer.ts';

const POLL_MS = 5000;

export class Recording {
  readonly key: string;
  readonly schema: Schema;
  readonly history: History<Json>;
  readonly saver: Saver<Json>;
  readonly restored: boolean;
  readonly others: readonly Here[] = [];
  onChange: () => void = () => {};
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly api: Api;

  constructor(api: Api, opened: Opened<Json>, value: Json, schema: Schema) {
    this.api = api;
    this.key = opened.key;
    this.schema = schema;
    const draft = kept<Json>(this.key);
    this.restored = draft !== null;
    this.history = new History(RECORD, draft?.value ?? value);
    this.saver = new Saver(
      this.history,
      RECORD,
      draft ? { value: draft.base, revision: draft.revision } : { value, revision: opened.revision },
      (record, revision, once) => api.put(this.key, record, revision, once),
      drawerOf(this.key),
    );
    this.history.onChange = (own) => {
      if (own) this.saver.changed();
      this.onChange();
    };
    this.saver.onChange = () => this.onChange();
    this.timer = setTimeout(() => void this.poll(), POLL_MS);
  }

  get now(): Json {
    return this.history.now;
  }

  /** Put a value at a place; undefined takes it away. */
  put(path: Path, value: Json | undefined, name: string): void {
    const next = put(this.now, path, value);
    const typed = typeof value === 'string' || typeof value === 'number';
    this.history.do(next, { key: 'step.set', values: { field: name } }, typed ? path.join('/') : null);
  }

  /** What the server has said about a place, in its own words. */
  problemAt(name: string): string | null {
    const found = this.saver.problems.find((p) => placeOf(p.found) === name);
    return found ? [found.found, found.allowed, found.remedy].filter(Boolean).join('; ') : null;
  }

  end(): void {
    clearTimeout(this.timer);
  }

  private async poll(): Promise<void> {
    const opened = await this.api.document<Json>(this.key, this.saver.revision).catch(() => null);
    if (opened?.value) this.saver.arrived(opened.value, opened.revision);
    this.timer = setTimeout(() => void this.poll(), POLL_MS);
  }
}
