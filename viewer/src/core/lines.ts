/** Words into lines of a width, where there is no page to do it: boards in a headset are pictures. */

/** The lines of a text; `measure` tells how wide words are. Paragraphs stay apart by an empty line. A word that is wider than a line is cut. */
export function linesOf(text: string, width: number, measure: (words: string) => number): string[] {
  const out: string[] = [];
  for (const paragraph of text.split(/\n\s*\n/)) {
    const words = paragraph.split(/\s+/).filter(Boolean);
    if (words.length === 0) continue;
    if (out.length > 0) out.push('');
    let line = '';
    for (let word of words) {
      const longer = line ? `${line} ${word}` : word;
      if (measure(longer) <= width) {
        line = longer;
        continue;
      }
      if (line) out.push(line);
      for (;;) {
        const fits = fitting(word, width, measure);
        if (fits === word) break;
        out.push(fits);
        word = word.slice(fits.length);
      }
      line = word;
    }
    out.push(line);
  }
  return out;
}

/** As much of a word as fits, at least one letter with its marks. */
function fitting(word: string, width: number, measure: (words: string) => number): string {
  if (measure(word) <= width) return word;
  const letters = [...new Intl.Segmenter().segment(word)].map(({ segment }) => segment);
  let fits = letters[0] ?? '';
  for (const letter of letters.slice(1)) {
    if (measure(fits + letter) > width) break;
    fits += letter;
  }
  return fits;
}

/** Lines in pages of at most `most`; no page begins with an empty line. */
export function pagesOf(lines: readonly string[], most: number): string[][] {
  const pages: string[][] = [[]];
  for (const line of lines) {
    if (pages.at(-1)!.length >= most) pages.push([]);
    if (line || pages.at(-1)!.length > 0) pages.at(-1)!.push(line);
  }
  return pages;
}
