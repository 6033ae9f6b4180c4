/**
 * The interface's words in two parts, from one file per language: `en.json?first` has what the first screen and the
 * panels of site and monument say, `en.json?later` what code says that is fetched when wanted.
 */
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

const LATER =
  /^(ar\.in\.|compare\.|mode\.|tour\.(?!extent|announce)|colours\.|damage\.|fade\.|kiosk\.|question\.|swipe\.|along\.(?!missing|offline|coarse|back)|change\.|data\.|elevation\.|help\.|mapping\.(?!carried|review|not)|measure\.|region\.|regions\.|section\.|sun\.|vr\.(?!enter)|unsent\.|walk\.)/;

/** Whether a message is among those that come later. */
export const isLater = (key: string): boolean => LATER.test(key);

export function catalogues(): Plugin {
  return {
    name: 'catalogues',
    enforce: 'pre',
    load(id) {
      const found = /^(.+\/i18n\/\w+\.json)\?(first|later)$/.exec(id);
      if (!found) return null;
      const [, file, part] = found;
      const all = Object.entries(JSON.parse(readFileSync(file!, 'utf8')) as Record<string, string>);
      const own = Object.fromEntries(all.filter(([key]) => isLater(key) === (part === 'later')));
      this.addWatchFile(file!);
      return { code: `export default ${JSON.stringify(own)}`, moduleType: 'js' };
    },
  };
}
