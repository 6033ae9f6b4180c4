/** The interface's words, two files per language, fetched when wanted: `vite.config.ts` knows which words come later. */
import { type Messages, type UiLanguage, unbroken } from '../core/i18n.ts';

type File = () => Promise<{ default: Messages }>;
const FIRST: Record<UiLanguage, File> = {
  vi: () => import('../../../assets/i18n/vi.json?first'),
  en: () => import('../../../assets/i18n/en.json?first'),
  fr: () => import('../../../assets/i18n/fr.json?first'),
};
const LATER: Record<UiLanguage, File> = {
  vi: () => import('../../../assets/i18n/vi.json?later'),
  en: () => import('../../../assets/i18n/en.json?later'),
  fr: () => import('../../../assets/i18n/fr.json?later'),
};

let all = false;

/** From now on every language is loaded whole. */
export function wantAll(): void {
  all = true;
}

export async function loadMessages(language: UiLanguage): Promise<Messages> {
  const whole = all;
  const parts = await Promise.all([FIRST[language](), ...(whole ? [LATER[language]()] : [])]);
  // Words that were not wanted yet when this began may be by now.
  if (whole !== all) return loadMessages(language);
  return unbroken(Object.assign({}, ...parts.map((part) => part.default)));
}
