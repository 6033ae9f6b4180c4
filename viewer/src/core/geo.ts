/** From a position on the globe to the site, and the way from one place of the site to another. */
import { centre, inverse, point } from './frames.ts';
import { spokenIn } from './i18n.ts';
import type { Frame, MonumentEntry } from './release.ts';
import { cross, dot, length, normalized, type Vec3 } from './vec.ts';

const WGS84_A = 6_378_137;
const WGS84_E2 = 6.694_379_990_141_317e-3;
const EARTH_M = 6_371_009; // mean radius
const RADIANS = Math.PI / 180;

/** WGS 84 longitude and latitude (degrees) at a height above the ellipsoid, in ECEF (EPSG:9602). */
export function ecef(lon: number, lat: number, height_m: number): Vec3 {
  const [sin, cos] = [Math.sin(lat * RADIANS), Math.cos(lat * RADIANS)];
  const n = WGS84_A / Math.sqrt(1 - WGS84_E2 * sin * sin);
  return [
    (n + height_m) * cos * Math.cos(lon * RADIANS),
    (n + height_m) * cos * Math.sin(lon * RADIANS),
    (n * (1 - WGS84_E2) + height_m) * sin,
  ];
}

/** A position in the site frame; it is taken to be at the height of the site's origin. */
export function inSite(lon: number, lat: number, frame: Frame): Vec3 {
  return point(inverse(frame.ecef_from_site), ecef(lon, lat, frame.height_m));
}

export interface Way {
  distance_m: number;
  /** Clockwise from north, 0 up to 360. */
  bearing_deg: number;
}

/**
 * The way over the ground from one place of the site frame to another. Who asks may be at home, on the other side of the
 * Earth: the way is a great circle of the sphere that touches the ellipsoid at the site, exact there and to half a per
 * cent everywhere.
 */
export function way(from: Vec3, to: Vec3, { lat_deg }: Pick<Frame, 'lat_deg'>): Way {
  const out = ([e, n, up]: Vec3) => normalized([e, n, up + EARTH_M]);
  const [a, b] = [out(from), out(to)];
  const pole: Vec3 = [0, Math.cos(lat_deg * RADIANS), Math.sin(lat_deg * RADIANS)];
  const east = normalized(cross(pole, a));
  return {
    distance_m: EARTH_M * Math.atan2(length(cross(a, b)), dot(a, b)),
    bearing_deg: (Math.atan2(dot(b, east), dot(b, cross(a, east))) / RADIANS + 360) % 360,
  };
}

export const POINTS = ['n', 'ne', 'e', 'se', 's', 'sw', 'w', 'nw'] as const;

/** The nearest of the eight points of the compass. */
export const compass = (bearing_deg: number) => POINTS[Math.round(bearing_deg / 45) % 8]!;

export const middle = (m: MonumentEntry): Vec3 =>
  centre(m.bounds.min, m.bounds.max, m.placement.site_from_monument);

/** A distance for people who walk: ten metres are exact enough, a kilometre has one decimal. */
export function walking(distance_m: number, language: string): string {
  const far = distance_m >= 995;
  const shown = far
    ? distance_m / 1000
    : distance_m < 20
      ? Math.round(distance_m)
      : Math.round(distance_m / 10) * 10;
  return new Intl.NumberFormat(spokenIn(language), {
    style: 'unit',
    unit: far ? 'kilometer' : 'meter',
    maximumFractionDigits: far && shown < 100 ? 1 : 0,
  }).format(shown);
}

/** A round length of at most `longest`: 1, 2 or 5 times a power of ten. */
export function roundLength(longest: number): number {
  const power = 10 ** Math.floor(Math.log10(longest));
  return [5, 2, 1].map((k) => k * power).find((length) => length <= longest) ?? power;
}
