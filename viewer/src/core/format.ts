/** Figures as a reader of the language writes them. */
import { spokenIn } from './i18n.ts';

/** A number with at most `digits` places; what they round to nothing is 0 and never -0. */
export function number(
  value: number,
  language: string,
  digits = 2,
  more: Intl.NumberFormatOptions = {},
): string {
  // Intl's own `signDisplay: 'negative'` fails in browsers of 2022.
  const rounded = Number(value.toFixed(digits)) + 0;
  return new Intl.NumberFormat(spokenIn(language), { ...more, maximumFractionDigits: digits }).format(
    rounded,
  );
}

/** A length: millimetres below a metre, else metres; about two figures that count. */
export function metres(value: number, language: string, digits = 2): string {
  const small = Math.abs(value) < 1 && value !== 0;
  const shown = small ? value * 1000 : value;
  const places = small ? (Math.abs(shown) < 1 ? 2 : Math.abs(shown) < 10 ? 1 : 0) : digits;
  return number(shown, language, places, { style: 'unit', unit: small ? 'millimeter' : 'meter' });
}

/** A number with at most `digits` places and its unit after a no-break space. */
export function figure(value: number, unit: string, language: string, digits = 2): string {
  return `${number(value, language, digits)}\u00a0${unit}`;
}

/**
 * An area or a volume: as many more places, up to six, as two figures that count need. What is little, a chip off a statue,
 * is not told as nothing.
 */
export function amount(value: number, unit: string, language: string, digits = 2): string {
  const needed = value === 0 ? 0 : 1 - Math.floor(Math.log10(Math.abs(value)));
  return figure(value, unit, language, Math.max(digits, Math.min(6, needed)));
}

/** Bytes as MB, as kB when small and as GB when many. */
export function bytes(value: number, language: string): string {
  if (value >= 1e9) return figure(value / 1e9, 'GB', language, 1);
  return value >= 1e6
    ? figure(value / 1e6, 'MB', language, 1)
    : figure(Math.max(1, value / 1e3), 'kB', language, 0);
}

/** A length of time in words: seconds below a minute and a half, else whole minutes. */
export function duration(seconds: number, language: string): string {
  const short = seconds < 90;
  return new Intl.NumberFormat(spokenIn(language), {
    style: 'unit',
    unit: short ? 'second' : 'minute',
    unitDisplay: 'long',
    maximumFractionDigits: 0,
  }).format(short ? seconds : seconds / 60);
}

/** Minutes and seconds as on a player. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** An ISO date in words; the text itself where it is no date. */
export function date(iso: string, language: string): string {
  const time = Date.parse(`${iso}T00:00:00Z`);
  if (Number.isNaN(time)) return iso;
  return new Intl.DateTimeFormat(datesIn(language), { dateStyle: 'long', timeZone: 'UTC' }).format(time);
}

/** The language that dates are written in: plain English would put the month first; half the world reads that differently. */
export const datesIn = (language: string): string => (spokenIn(language) === 'en' ? 'en-GB' : language);

/** The day of a moment, milliseconds since 1970, as ISO 8601 and date fields have it, where this browser is. */
export const isoDay = (at: number = Date.now()): string => new Date(at).toLocaleDateString('sv');

/** The holder of rights with the sign before the name, which many write themselves: OpenStreetMap asks for it. */
export const copyright = (holder: string): string => (holder.startsWith('©') ? holder : `© ${holder}`);
