/**
 * Two people's changes to one document, brought together field by field against what both began from. The server merges
 * what is saved (`heritage/text/merge.py`); here what has not been saved is kept on top of what others have saved
 * meanwhile. `tests/unit/merge-cases.json` holds for both.
 */
import { type Fields, fieldsOfStop, ORDER, same, stopOfField } from './fields.ts';
import type { Json } from './tour.ts';

export interface Clash {
  /** As `fields.ts` names them; `stops/<id>` where it is about a stop as a whole. */
  field: string;
  base: Json | undefined;
  mine: Json | undefined;
  theirs: Json | undefined;
  who?: string;
}

/**
 * An order in which both changes are kept: `mine`, without what `theirs` lost, with what `theirs` gained after its own
 * neighbour, and with what only `theirs` moved where they put it.
 */
export function mergedOrder(
  base: readonly string[],
  mine: readonly string[],
  theirs: readonly string[],
): string[] {
  if (same(mine, base)) return [...theirs];
  const kept = mine.filter((id) => theirs.includes(id) || !base.includes(id));
  const moved = movedIn(base, theirs);
  const own = movedIn(base, mine);
  const out = kept.filter((id) => !(moved.has(id) && !own.has(id)));
  theirs.forEach((id, k) => {
    if (out.includes(id) || (base.includes(id) && !mine.includes(id))) return;
    const before = theirs.slice(0, k).findLast((other) => out.includes(other));
    out.splice(before === undefined ? 0 : out.indexOf(before) + 1, 0, id);
  });
  return out;
}

/** The ids that stand elsewhere: those outside a longest run that both orders share. */
function movedIn(base: readonly string[], now: readonly string[]): Set<string> {
  const common = now.filter((id) => base.includes(id));
  const runs: string[][] = [];
  common.forEach((id, k) => {
    const best = common
      .slice(0, k)
      .flatMap((other, i) => (base.indexOf(other) < base.indexOf(id) ? [runs[i]!] : []))
      .sort((a, b) => b.length - a.length)[0];
    runs.push([...(best ?? []), id]);
  });
  const longest = [...runs].sort((a, b) => b.length - a.length)[0] ?? [];
  return new Set(common.filter((id) => !longest.includes(id)));
}

const idsIn = (fields: Fields): readonly string[] => (fields.get(ORDER) ?? []) as readonly string[];

/**
 * `mine` and `theirs`, both made from `base`. A clash keeps mine until a person has decided; nothing is dropped: a stop
 * that one removed and the other changed stays.
 */
export function merged(base: Fields, mine: Fields, theirs: Fields): { fields: Fields; clashes: Clash[] } {
  const clashes: Clash[] = [];
  const out = new Map<string, Json>();
  const contested = new Set<string>();
  for (const id of new Set([base, mine, theirs].flatMap(idsIn))) {
    const sides = [base, mine, theirs].map((fields) =>
      idsIn(fields).includes(id) ? Object.fromEntries(fieldsOfStop(fields, id)) : null,
    );
    const [b, m, t] = sides as [Json, Json, Json];
    // One has removed what the other changed, or both have added one of this name: two things, not the halves of one.
    if (sides.filter((one) => one === null).length !== 1 || same(b, m) || same(b, t) || same(m, t)) continue;
    contested.add(id);
    clashes.push({ field: `stops/${id}`, base: b, mine: m, theirs: t });
    for (const [field, value] of fieldsOfStop(m ? mine : theirs, id)) out.set(field, value);
  }
  // Insertion order is kept where it can be: the server writes fields of a stop where they stood.
  for (const field of new Set([...theirs.keys(), ...mine.keys()])) {
    const stop = stopOfField(field);
    if (stop !== null && contested.has(stop)) continue;
    const [b, m, t] = [base.get(field), mine.get(field), theirs.get(field)];
    if (field === ORDER) continue;
    let value = m;
    if (same(m, b)) value = t;
    else if (!same(t, b) && !same(m, t)) clashes.push({ field, base: b, mine: m, theirs: t });
    if (value !== undefined) out.set(field, value);
  }
  if (base.has(ORDER) || mine.has(ORDER)) {
    const gone = (fields: Fields) => idsIn(fields).filter((id) => !contested.has(id));
    const order = mergedOrder(gone(base), gone(mine), gone(theirs));
    // A stop that is argued about stands where it stood.
    for (const id of contested) {
      const from = idsIn(mine).includes(id) ? idsIn(mine) : idsIn(theirs);
      const before = from.slice(0, from.indexOf(id)).findLast((other) => order.includes(other));
      order.splice(before === undefined ? 0 : order.indexOf(before) + 1, 0, id);
    }
    out.set(ORDER, order);
  }
  return { fields: out, clashes };
}

/** `fields` with a clash decided. */
export function decided(fields: Fields, { field, mine, theirs }: Clash, choice: 'mine' | 'theirs'): Fields {
  const value = choice === 'mine' ? mine : theirs;
  const out = new Map(fields);
  const path = field.split('/');
  if (path[0] === 'stops' && path.length === 2) {
    const id = path[1]!;
    for (const [own] of fieldsOfStop(fields, id)) out.delete(own);
    const order = idsIn(fields);
    if (value === null || value === undefined)
      out.set(
        ORDER,
        order.filter((other) => other !== id),
      );
    else {
      for (const [own, one] of Object.entries(value as Record<string, Json>)) out.set(own, one);
      if (!order.includes(id)) out.set(ORDER, [...order, id]);
    }
    return out;
  }
  if (value === undefined) out.delete(field);
  else out.set(field, value);
  return out;
}
