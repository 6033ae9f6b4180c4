/** A record on the desk: a monument, the site, its annotations or its vocabulary, as a form of its schema. */
import type { Api, Opened } from './core/api.ts';
import { RECORD } from './core/fields.ts';
import { type Path, placeOf, put, type Schema } from './core/schema.ts';
import type { Json } from './core/tour.ts';
import { Desk } from './desk.ts';

export class Recording extends Desk<Json> {
  readonly schema: Schema;
  protected readonly place = null;

  constructor(api: Api, opened: Opened<Json>, schema: Schema, who: string) {
    super(api, RECORD, opened, opened.value!, who);
    this.schema = schema;
    void this.poll();
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
}
