/** What is on screen, as an address: the fragment, so that any static host can serve it. */

export type Mode = 'swipe' | 'side' | 'blend' | 'overlay' | 'change';
/** What conservators and surveyors do with a monument. */
export type Work = 'measure' | 'section' | 'elevation' | 'mapping';
export type Route =
  | { view: 'site' }
  | { view: 'data' }
  | { view: 'monument'; monument: string }
  | { view: 'compare'; monument: string; left: string; right: string; mode: Mode }
  | { view: Work; monument: string }
  | { view: 'walk'; monument: string }
  | { view: 'tour'; tour: string; stop: string | null };

const ID = /^[a-z0-9-]{1,64}$/;
export const MODES: readonly Mode[] = ['swipe', 'side', 'blend', 'overlay', 'change'];

export const WORKS: readonly Work[] = ['mapping', 'measure', 'section', 'elevation'];

/** The work that a route is about. */
export const workOf = (route: Route): Work | null => WORKS.find((w) => w === route.view) ?? null;

/** The route of a fragment such as `#/m/gate?shown=2019`; null where it is no address of ours. */
export function parseRoute(hash: string): Route | null {
  const parts = hash
    .replace(/\?.*$/s, '')
    .replace(/^#?\/?/, '')
    .replace(/\/$/, '')
    .split('/');
  const [kind, ...rest] = parts;
  if (kind === '') return { view: 'site' };
  if (kind === 'data' && rest.length === 0) return { view: 'data' };
  if (!rest.slice(0, kind === 'm' && rest[1] === 'compare' ? 4 : 2).every((id) => ID.test(id))) return null;
  const [first, second, left, right, mode] = rest;
  if (first === undefined) return null;
  if (kind === 't' && rest.length <= 2) return { view: 'tour', tour: first, stop: second ?? null };
  if (kind !== 'm') return null;
  if (rest.length === 1) return { view: 'monument', monument: first };
  const work = WORKS.find((w) => w === second);
  if (work && rest.length === 2) return { view: work, monument: first };
  if (second === 'walk' && rest.length === 2) return { view: 'walk', monument: first };
  const known = MODES.find((m) => m === mode);
  if (second !== 'compare' || rest.length !== 5 || !left || !right || !known) return null;
  return { view: 'compare', monument: first, left, right, mode: known };
}

/** The fragment of a route. */
export function formatRoute(route: Route): string {
  switch (route.view) {
    case 'site':
      return '#/';
    case 'data':
      return '#/data';
    case 'monument':
      return `#/m/${route.monument}`;
    case 'measure':
    case 'section':
    case 'elevation':
    case 'mapping':
    case 'walk':
      return `#/m/${route.monument}/${route.view}`;
    case 'compare':
      return `#/m/${route.monument}/compare/${route.left}/${route.right}/${route.mode}`;
    case 'tour':
      return route.stop ? `#/t/${route.tour}/${route.stop}` : `#/t/${route.tour}`;
  }
}
