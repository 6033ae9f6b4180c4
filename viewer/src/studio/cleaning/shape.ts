/** A survey's corrections as fields: each correction is one, for half of one and half of another would be a third. */
import { ORDER, type Shape } from '../core/fields.ts';
import type { Json } from '../core/tour.ts';
import type { Correction } from './region.ts';

export interface Corrections {
  frame: { up: string; metres_per_unit: number; origin_m: readonly number[] };
  corrections: readonly Correction[];
}

export const CORRECTIONS: Shape<Corrections> = {
  apart({ frame, corrections = [] }) {
    const fields = new Map<string, Json>([['frame', frame as unknown as Json]]);
    fields.set(
      ORDER,
      corrections.map((one) => one.id),
    );
    for (const { id, ...one } of corrections) fields.set(`corrections/${id}`, one as unknown as Json);
    return fields;
  },
  together(fields) {
    const made = new Map<string, Record<string, unknown>>();
    for (const [field, value] of fields) {
      const [, id, key] = field.split('/');
      if (!id || value === null) continue;
      // The server tells of a clash by the key within.
      if (key) made.set(id, { ...made.get(id), [key]: value });
      else made.set(id, { id, ...(value as Record<string, unknown>) });
    }
    const order = (fields.get(ORDER) ?? []) as readonly string[];
    const frame = fields.get('frame') as unknown as Corrections['frame'];
    return { frame, corrections: order.flatMap((id) => (made.get(id) as unknown as Correction) ?? []) };
  },
};
