/**
 * Where the sun stands. Source: J. Meeus, Astronomical Algorithms (2nd ed. 1998), chapters 22, 25 and 28, in the low
 * accuracy form that NOAA's solar calculator uses: 0.01 degrees from 1900 to 2100, refraction apart.
 */

export interface SunPosition {
  /** Clockwise from true north, degrees. */
  azimuthDeg: number;
  /** Above the horizon, degrees, as seen through the air. */
  elevationDeg: number;
}

/** A date of the calendar and minutes after midnight, in the site's own time. */
export interface SunTime {
  date: string;
  minutes: number;
}

const RAD = Math.PI / 180;
const sin = (deg: number) => Math.sin(deg * RAD);
const cos = (deg: number) => Math.cos(deg * RAD);
const turn = (deg: number) => ((deg % 360) + 360) % 360;

/** Where the sun stands at a moment over a place, degrees. */
export function sunPosition(moment: Date, lonDeg: number, latDeg: number): SunPosition {
  const centuries = (moment.getTime() / 86_400_000 + 2440587.5 - 2451545) / 36525;
  const t = centuries;
  const meanLongitude = turn(280.46646 + t * (36000.76983 + t * 0.0003032));
  const anomaly = 357.52911 + t * (35999.05029 - 0.0001537 * t);
  const eccentricity = 0.016708634 - t * (0.000042037 + 0.0000001267 * t);
  const centre =
    sin(anomaly) * (1.914602 - t * (0.004817 + 0.000014 * t)) +
    sin(2 * anomaly) * (0.019993 - 0.000101 * t) +
    sin(3 * anomaly) * 0.000289;
  const node = 125.04 - 1934.136 * t;
  const longitude = meanLongitude + centre - 0.00569 - 0.00478 * sin(node);
  const seconds = 21.448 - t * (46.815 + t * (0.00059 - t * 0.001813));
  const obliquity = 23 + (26 + seconds / 60) / 60 + 0.00256 * cos(node);
  const declination = Math.asin(sin(obliquity) * sin(longitude)) / RAD;
  const y = Math.tan((obliquity / 2) * RAD) ** 2;
  const equationMin =
    (4 / RAD) *
    (y * sin(2 * meanLongitude) -
      2 * eccentricity * sin(anomaly) +
      4 * eccentricity * y * sin(anomaly) * cos(2 * meanLongitude) -
      0.5 * y * y * sin(4 * meanLongitude) -
      1.25 * eccentricity * eccentricity * sin(2 * anomaly));
  const utcMin = (moment.getTime() % 86_400_000) / 60_000;
  const hourAngle = turn((utcMin + equationMin + 4 * lonDeg) / 4) - 180;
  const up = sin(latDeg) * sin(declination) + cos(latDeg) * cos(declination) * cos(hourAngle);
  const elevation = Math.asin(Math.min(1, Math.max(-1, up))) / RAD;
  const azimuth =
    Math.atan2(sin(hourAngle), cos(hourAngle) * sin(latDeg) - Math.tan(declination * RAD) * cos(latDeg)) /
    RAD;
  return { azimuthDeg: turn(azimuth + 180), elevationDeg: elevation + refraction(elevation) };
}

/** How much the air lifts the sun, degrees; NOAA's approximation. */
function refraction(elevationDeg: number): number {
  const h = elevationDeg;
  const tan = Math.tan(h * RAD);
  if (h > 85) return 0;
  const seconds =
    h > 5
      ? 58.1 / tan - 0.07 / tan ** 3 + 0.000086 / tan ** 5
      : h > -0.575
        ? 1735 + h * (-518.2 + h * (103.4 + h * (-12.79 + h * 0.711)))
        : -20.772 / tan;
  return seconds / 3600;
}

/** 0 below `from`, 1 above `to`, and smoothly between. */
export function smooth(from: number, to: number, x: number): number {
  const t = Math.min(1, Math.max(0, (x - from) / (to - from)));
  return t * t * (3 - 2 * t);
}

/**
 * The site's offset from UTC by its longitude, hours: the nautical time zone. A browser knows its own zone, not the
 * site's; the page says which one is meant.
 */
export const zoneHours = (lonDeg: number): number => Math.round(lonDeg / 15);

/** The site's date and time at a moment, in whole steps of ten minutes. */
export function siteTime(moment: Date, lonDeg: number): SunTime {
  const there = new Date(moment.getTime() + zoneHours(lonDeg) * 3_600_000);
  const minutes = there.getUTCHours() * 60 + Math.floor(there.getUTCMinutes() / 10) * 10;
  return { date: there.toISOString().slice(0, 10), minutes };
}

/** A time of the site as a moment; null where the date is none. */
export function momentOf({ date, minutes }: SunTime, lonDeg: number): Date | null {
  const midnight = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(midnight)) return null;
  return new Date(midnight + (minutes - 60 * zoneHours(lonDeg)) * 60_000);
}

/** How bright level ground is, as a share of full daylight: the eye has got used to dusk, but still tells it from noon. */
const BRIGHTNESS: readonly (readonly [elevationDeg: number, share: number])[] = [
  [-14, 0.24],
  [-6, 0.42],
  [0, 0.72],
  [6, 0.92],
  [20, 1],
];

/** The share of full daylight on level ground, between the heights of the sun that are known. */
export function brightness(elevationDeg: number): number {
  const above = BRIGHTNESS.findIndex(([height]) => height >= elevationDeg);
  if (above < 0) return 1;
  const [height, share] = BRIGHTNESS[above]!;
  const [before, least] = BRIGHTNESS[Math.max(0, above - 1)]!;
  return height === before ? share : least + ((share - least) * (elevationDeg - before)) / (height - before);
}
