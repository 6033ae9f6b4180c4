import { describe, expect, it } from 'vitest';
import { formatRoute, parseRoute, type Route } from '../../src/core/route.ts';

const ROUTES: Route[] = [
  { view: 'site' },
  { view: 'monument', monument: 'ngo-mon' },
  { view: 'compare', monument: 'gate', left: '2019', right: '2024', mode: 'change' },
  { view: 'compare', monument: 'gate', left: '2019', right: '2024', mode: 'side' },
  { view: 'measure', monument: 'gate' },
  { view: 'section', monument: 'gate' },
  { view: 'elevation', monument: 'gate' },
  { view: 'tour', tour: 'gate', stop: null },
  { view: 'tour', tour: 'gate', stop: 'then-and-now' },
];

describe('route', () => {
  it.each(ROUTES)('comes back from its address: $view', (route) => {
    expect(parseRoute(formatRoute(route))).toEqual(route);
  });

  it('an empty fragment is the site', () => {
    for (const hash of ['', '#', '#/']) expect(parseRoute(hash)).toEqual({ view: 'site' });
  });

  it.each([
    '#/x/gate',
    '#/m',
    '#/m/Gate',
    '#/m/../secret',
    '#/m/gate/compare/2019/2024',
    '#/m/gate/compare/2019/2024/fade',
    '#/m/gate/other',
    '#/m/gate/section/2',
    '#/t/gate/a/b',
    `#/m/${'a'.repeat(65)}`,
    '#/m/gate/compare/a b/c/swipe',
  ])('refuses %s', (hash) => {
    expect(parseRoute(hash)).toBeNull();
  });
});
