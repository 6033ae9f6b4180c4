/**
 * Undo and redo without limit, over one person's own steps. A step is kept as the fields it changed, so that taking it back
 * leaves alone what somebody else changed meanwhile.
 */
import { type Fields, ORDER, type Shape, same } from './fields.ts';
import { mergedOrder } from './merge.ts';
import type { Json } from './tour.ts';

/** What a step is called: a message's key and what it is filled with. */
export interface Name {
  key: string;
  values?: Record<string, string>;
}

interface Change {
  field: string;
  before: Json | undefined;
  after: Json | undefined;
}

interface Step {
  name: Name;
  changes: readonly Change[];
  /** Steps of one kind that follow each other closely are one: letters typed into one field. */
  join: string | null;
  at_ms: number;
}

/** What was done and what was taken back, as plain data. */
export interface Steps {
  done: readonly Step[];
  undone: readonly Step[];
}

const JOIN_MS = 2000;

function changesBetween(before: Fields, after: Fields): Change[] {
  const fields = [...new Set([...before.keys(), ...after.keys()])];
  return fields.flatMap((field) => {
    const change = { field, before: before.get(field), after: after.get(field) };
    return same(change.before, change.after) ? [] : [change];
  });
}

/** `fields` with changes made, or taken back. */
function changed(fields: Fields, changes: readonly Change[], back: boolean): Fields {
  const out = new Map(fields);
  for (const { field, before, after } of changes) {
    const [from, to] = back ? [after, before] : [before, after];
    if (field === ORDER) {
      const lists = [from, to, fields.get(ORDER)] as (string[] | undefined)[];
      out.set(ORDER, mergedOrder(lists[0] ?? [], lists[1] ?? [], lists[2] ?? []));
    } else if (to === undefined) out.delete(field);
    else out.set(field, to);
  }
  return out;
}

export class History<T> {
  private readonly shape: Shape<T>;
  private value: T;
  private readonly done: Step[];
  private undone: Step[];
  /** Told of every change of the value, whoever made it. */
  onChange: (own: boolean) => void = () => {};

  /** `steps`: of the page before this one, which end where `value` is, or where others took it since. */
  constructor(shape: Shape<T>, value: T, steps: Steps = { done: [], undone: [] }) {
    this.shape = shape;
    this.value = value;
    // Another page's clock says nothing here.
    const apart = (step: Step): Step => ({ ...step, join: null });
    this.done = steps.done.map(apart);
    this.undone = steps.undone.map(apart);
  }

  get steps(): Steps {
    return { done: this.done, undone: this.undone };
  }

  get now(): T {
    return this.value;
  }

  get undoName(): Name | null {
    return this.done.at(-1)?.name ?? null;
  }

  get redoName(): Name | null {
    return this.undone.at(-1)?.name ?? null;
  }

  /** Take a step to `next`. `join`: what it may be one with, if that was taken a moment ago. */
  do(next: T, name: Name, join: string | null = null, now_ms = performance.now()): void {
    const changes = changesBetween(this.shape.apart(this.value), this.shape.apart(next));
    if (changes.length === 0) return;
    this.undone = [];
    const last = this.done.at(-1);
    if (last && join !== null && last.join === join && now_ms - last.at_ms < JOIN_MS) {
      const before = new Map(last.changes.map((c) => [c.field, c]));
      for (const change of changes)
        before.set(change.field, {
          ...change,
          before: before.has(change.field) ? before.get(change.field)!.before : change.before,
        });
      this.done[this.done.length - 1] = { ...last, changes: [...before.values()], at_ms: now_ms };
    } else this.done.push({ name, changes, join, at_ms: now_ms });
    this.value = next;
    this.onChange(true);
  }

  undo(): void {
    this.go(this.done, this.undone, true);
  }

  redo(): void {
    this.go(this.undone, this.done, false);
  }

  /** Take over what came from elsewhere; it is no step of this person's. */
  adopt(value: T): void {
    if (changesBetween(this.shape.apart(value), this.shape.apart(this.value)).length === 0) return;
    this.value = value;
    this.onChange(false);
  }

  private go(from: Step[], to: Step[], back: boolean): void {
    const step = from.pop();
    if (!step) return;
    // What is typed now shall not melt into what was typed before.
    to.push({ ...step, join: null });
    this.value = this.shape.together(changed(this.shape.apart(this.value), step.changes, back));
    this.onChange(true);
  }
}
