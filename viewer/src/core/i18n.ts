/** Words: the interface's in three languages, the site's in its own. */

export type Messages = Readonly<Record<string, string>>;
export type Translate = (key: string, values?: Record<string, string | number>) => string;
export type LangText = Readonly<Record<string, string>>;
/** The same for every language, or per language. */
export type Words = string | LangText;

/** Languages the interface itself speaks. */
export const UI_LANGUAGES = ['vi', 'en', 'fr'] as const;
export type UiLanguage = (typeof UI_LANGUAGES)[number];

/** What a language is called by those who speak it. */
export function languageName(language: string): string {
  const name = new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? language;
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}

/** The interface language nearest to a site's language; English where there is none. */
export function uiLanguage(language: string): UiLanguage {
  const base = language.split('-')[0];
  return UI_LANGUAGES.find((l) => l === base) ?? 'en';
}

/** The language that the interface speaks with a site's, as the page is marked: its own tag, or that of another language.
 * Figures and dates are written in it, for they stand in sentences of the interface. */
export const spokenIn = (language: string): string =>
  uiLanguage(language) === language.split('-')[0] ? language : uiLanguage(language);

/** The first wanted language that the site has, by exact tag, then by its first part; else the site's first. */
export function chooseLanguage(wanted: readonly (string | null)[], languages: readonly string[]): string {
  for (const want of wanted) {
    if (!want) continue;
    const base = want.split('-')[0]!;
    const found =
      languages.find((l) => l.toLowerCase() === want.toLowerCase()) ??
      languages.find((l) => l.split('-')[0] === base.toLowerCase());
    if (found) return found;
  }
  return languages[0] ?? 'en';
}

/** `text` in `language`, or in the first of `languages` that has it. Says which language it is in. */
export function pick(
  text: LangText,
  language: string,
  languages: readonly string[],
): { text: string; language: string } {
  const found = [language, ...languages, ...Object.keys(text)].find((l) => text[l]);
  return found ? { text: text[found]!, language: found } : { text: '', language };
}

/** Words in `language` as far as they are told apart by it. */
export const pickWords = (words: Words, language: string, languages: readonly string[]): string =>
  typeof words === 'string' ? words : pick(words, language, languages).text;

/** Whether a language is written from right to left. */
export function direction(language: string): 'rtl' | 'ltr' {
  const script = new Intl.Locale(language).maximize().script ?? '';
  return ['Arab', 'Hebr', 'Syrc', 'Thaa', 'Nkoo', 'Adlm', 'Rohg'].includes(script) ? 'rtl' : 'ltr';
}

/** Messages whose lines do not break before a sign that stands after a space: French punctuation, and %. */
export const unbroken = (messages: Messages): Messages =>
  Object.fromEntries(
    Object.entries(messages).map(([key, text]) => [key, text.replace(/ (?=[;:?!%»])/g, '\u00a0')]),
  );

/** Words in pieces: the interface's as they are, the site's with their languages. */
export type Pieces = readonly (string | LangText)[];

/** A message whose blanks are filled with words of the site; the others are filled already. */
export const pieces = (message: string, blanks: Readonly<Record<string, LangText>>): Pieces =>
  message.split(/\{(\w+)\}/).map((part, at) => (at % 2 === 0 ? part : (blanks[part] ?? `{${part}}`)));

/** A function from message keys to words; `{name}` is filled from `values`. A missing key is a defect: it throws. */
export function translator(messages: Messages): Translate {
  return (key, values = {}) => {
    const message = messages[key];
    if (message === undefined) throw new Error(`no message ${key}`);
    return message.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? `{${name}}`));
  };
}
