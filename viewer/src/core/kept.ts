/**
 * Where a visitor left a tour, kept in their browser and nowhere else. A stop is known by its id: a later release may have
 * other stops, in another order.
 */
export interface Box {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

const keyOf = (site: string, tour: string) => `heritage:tour:${site}:${tour}`;

/** The stop a tour was left at; null where there is none to go on from. `stops` are the ids of the tour as it is now. */
export function leftAt(box: Box, site: string, tour: string, stops: readonly string[]): string | null {
  let stop: string | null;
  try {
    stop = box.getItem(keyOf(site, tour));
  } catch {
    return null; // the visitor's browser keeps nothing: the tour begins at its beginning
  }
  return stop !== null && stops.indexOf(stop) > 0 ? stop : null;
}

/** Keep the stop; null forgets it. */
export function leave(box: Box, site: string, tour: string, stop: string | null): void {
  try {
    if (stop === null) box.removeItem(keyOf(site, tour));
    else box.setItem(keyOf(site, tour), stop);
  } catch {
    // Nothing is kept: then nothing is offered the next time.
  }
}
