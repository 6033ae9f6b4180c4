/** What of a view is not its place: filters, condition, camera. After the route's `?` in the fragment. */
import { EVERYTHING, type Find } from './find.ts';
import { clock } from './format.ts';
import type { Orbit } from './orbit.ts';
import type { SunTime } from './sun.ts';

export interface Look {
  find: Find;
  /** A building that was found by its name. */
  place: string | null;
  /** A building of the map whose card is open. */
  building: string | null;
  /** The condition of the open monument. */
  shown: string | null;
  annotation: string | null;
  /** Set while points are shown: whether by label, and which labels are hidden. */
  points: { byLabel: boolean; hidden: string[] } | null;
  /** Of the swipe or the blend, 0..1. */
  position: number | null;
  /** The swipe's line lies instead of standing. */
  lying: boolean;
  /** The change map's colour table. */
  colours: string | null;
  /** The region of change that is marked. */
  region: string | null;
  /** Where the change map's colours end, and below what they are left out: where the visitor has moved them. */
  range_m: number | null;
  threshold_m: number | null;
  /** The part of a state whose grounds are open. */
  part: { state: string; id: string } | null;
  /** The site's time whose sun lights the map. */
  sun: SunTime | null;
  /** A section's plane, as `core/section` writes it, and the conditions it cuts. */
  cut: string | null;
  conditions: string[];
  /** An elevation's side and how fine it is. */
  side: string | null;
  mm_per_pixel: number | null;
  /** Only annotations of this term are in the condition map. */
  term: string | null;
  /** Where the visitor has put the camera. */
  camera: Orbit | null;
}

export const PLAIN: Look = {
  find: EVERYTHING,
  place: null,
  building: null,
  shown: null,
  annotation: null,
  points: null,
  position: null,
  lying: false,
  colours: null,
  region: null,
  range_m: null,
  threshold_m: null,
  part: null,
  sun: null,
  cut: null,
  conditions: [],
  side: null,
  mm_per_pixel: null,
  term: null,
  camera: null,
};

const ID = /^[a-z0-9-]{1,64}$/;
const LABELS = /^[a-z_]{1,20}$/;

/** The query of a fragment; what is not understood is left out. */
export function parseLook(hash: string): Look {
  const at = hash.indexOf('?');
  if (at < 0) return PLAIN;
  const given = new URLSearchParams(hash.slice(at + 1));
  const text = (key: string, most = 100) => (given.get(key) ?? '').slice(0, most);
  const id = (key: string) => (ID.test(text(key)) ? text(key) : null);
  const year = (key: string) => (/^-?\d{1,9}$/.test(text(key)) ? Number(text(key)) : null);
  const position = Number(given.get('at') ?? Number.NaN);
  const metres = (key: string) => (/^\d{1,4}(\.\d{1,6})?$/.test(text(key)) ? Number(text(key)) : null);
  const [partOf = '', part = ''] = text('part', 130).split('/');
  const points = text('points');
  return {
    find: {
      q: text('q'),
      type: text('type'),
      protection: text('protection'),
      from: year('from'),
      to: year('to'),
    },
    place: given.get('place')?.slice(0, 200) ?? null,
    building: given.get('building')?.slice(0, 200) ?? null,
    shown: id('shown'),
    annotation: id('note'),
    points:
      points === 'colour' || points === 'label'
        ? {
            byLabel: points === 'label',
            hidden: text('hide', 200)
              .split(',')
              .filter((label) => LABELS.test(label)),
          }
        : null,
    lying: text('line') === 'lying',
    colours: id('colours'),
    region: id('region'),
    range_m: metres('range') || null,
    threshold_m: metres('above') || null,
    part: ID.test(partOf) && ID.test(part) ? { state: partOf, id: part } : null,
    sun: parseSun(text('sun')),
    cut: text('cut') || null,
    conditions: text('of', 400)
      .split(',')
      .filter((c) => ID.test(c)),
    side: id('side'),
    mm_per_pixel: /^\d{1,3}$/.test(text('mm')) ? Number(text('mm')) : null,
    term: id('term'),
    position: position >= 0 && position <= 1 ? position : null,
    camera: parseCamera(text('camera', 120)),
  };
}

/** The query with its `?`, empty for a plain look. */
export function formatLook(look: Partial<Look>): string {
  const l = { ...PLAIN, ...look };
  const values: [string, string | number | null][] = [
    ['q', l.find.q || null],
    ['type', l.find.type || null],
    ['protection', l.find.protection || null],
    ['from', l.find.from],
    ['to', l.find.to],
    ['place', l.place],
    ['building', l.building],
    ['shown', l.shown],
    ['note', l.annotation],
    ['points', l.points && (l.points.byLabel ? 'label' : 'colour')],
    ['hide', l.points?.hidden.join(',') || null],
    ['at', l.position === null ? null : Math.round(l.position * 1000) / 1000],
    ['line', l.lying ? 'lying' : null],
    ['colours', l.colours],
    ['region', l.region],
    ['range', l.range_m && rounded(l.range_m)],
    ['above', l.threshold_m && rounded(l.threshold_m)],
    ['part', l.part && `${l.part.state}/${l.part.id}`],
    ['sun', l.sun && `${l.sun.date}T${clock(l.sun.minutes).padStart(5, '0')}`],
    ['cut', l.cut],
    ['of', l.conditions.join(',') || null],
    ['side', l.side],
    ['mm', l.mm_per_pixel],
    ['term', l.term],
    ['camera', l.camera && formatCamera(l.camera)],
  ];
  const query = new URLSearchParams(values.flatMap(([k, v]) => (v === null ? [] : [[k, String(v)]])));
  const text = query
    .toString()
    .replace(/%2C/g, ',')
    .replace(/%40/g, '@')
    .replace(/%3A/g, ':')
    .replace(/%2F/g, '/');
  return text ? `?${text}` : '';
}

/** To a tenth of a millimetre. */
const rounded = (metres: number): number => Math.round(metres * 1e4) / 1e4;

/** A day and a time such as 2026-06-21T17:05, of the site's own clock. */
function parseSun(text: string): SunTime | null {
  const [, date, hours, minutes] = /^(\d{4}-\d\d-\d\d)T(\d\d):(\d\d)$/.exec(text) ?? [];
  const day = Date.parse(`${date}T00:00:00Z`);
  if (!date || Number.isNaN(day) || !new Date(day).toISOString().startsWith(date)) return null;
  const after = Number(hours) * 60 + Number(minutes);
  return Number(minutes) < 60 && after < 24 * 60 ? { date, minutes: after } : null;
}

const DEGREES = 180 / Math.PI;

/** east,north,up of what is looked at; distance; heading and pitch in degrees; field of view in degrees. */
function formatCamera(o: Orbit): string {
  const figures = [...o.target, o.distance].map((v) => v.toFixed(2));
  const heading = (((o.heading * DEGREES) % 360) + 360) % 360;
  return [...figures, heading.toFixed(1), (o.pitch * DEGREES).toFixed(1), o.fovDeg.toFixed(0)].join(',');
}

function parseCamera(text: string): Orbit | null {
  const parts = text.split(',');
  const numbers = parts.map(Number);
  if (numbers.length !== 7 || parts.includes('') || !numbers.every(Number.isFinite)) return null;
  const [east, north, up, distance, heading, pitch, fovDeg] = numbers as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (distance <= 0 || Math.abs(pitch) > 90 || fovDeg < 10 || fovDeg > 120) return null;
  return {
    target: [east, north, up],
    distance,
    heading: heading / DEGREES,
    pitch: pitch / DEGREES,
    fovDeg,
  };
}
