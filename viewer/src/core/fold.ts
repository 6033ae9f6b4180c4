/** Names as people type them: without accents, in any case; `ngo mon` finds Ngọ Môn. */

/** Letters that are no letter with a mark to Unicode, but are typed as one. */
const LETTERS: Record<string, string> = {
  đ: 'd',
  ð: 'd',
  ø: 'o',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
  æ: 'ae',
  œ: 'oe',
  ß: 'ss',
  þ: 'th',
};

/** `text` in small letters without marks; what is neither letter nor digit becomes one space. */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[đðøłħıæœßþ]/g, (letter) => LETTERS[letter]!)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/**
 * How well a folded name answers a folded query; 0: not at all. Every word of the query must begin a word of the
 * name, or stand within one from three letters on. A name that begins with the query comes first.
 */
export function score(name: string, query: string): number {
  if (query === '') return 1;
  if (name === query) return 4;
  if (name.startsWith(query)) return 3;
  const spaced = ` ${name}`;
  const words = query.split(' ');
  if (words.every((word) => spaced.includes(` ${word}`))) return 2;
  return words.every((word) => word.length > 2 && name.includes(word)) ? 1 : 0;
}
