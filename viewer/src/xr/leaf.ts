/** What is written on a board: words and buttons on a canvas, by the browser, which knows diacritics and right-to-left. */
import { direction } from '../core/i18n.ts';
import { linesOf, pagesOf } from '../core/lines.ts';

const PAD = 44;
const TEXT = '"Be Vietnam Pro", system-ui, sans-serif';
const TITLE = '"Noto Serif Display", "Noto Serif", Georgia, serif';
const PAPER = '#fcf9f2';
const INK = '#1e2523';
const SOFT = '#55605b';
const ACCENT = '#a93722';
const JADE = '#256555';
const OCHRE = '#8a5a00';
const BUTTON_PX = 84;

export interface BoardButton {
  id: string;
  label: string;
  /** On or off, where it is either. */
  pressed?: boolean;
}

/** Words, and the language they are in. */
export interface Told {
  text: string;
  language: string;
}

export interface BoardWords {
  kicker?: Told;
  title?: Told;
  text?: Told;
  page?: number;
  /** What is said of pages, such as "1 of 3". */
  paging?: (page: number, pages: number) => string;
  /** Whether what is shown is measured or interpreted, with its words. */
  claim?: { interpreted: boolean; text: string };
  /** Said with weight: something to wait for, or to do. */
  notice?: string;
  note?: string;
  buttons?: readonly BoardButton[];
  /** The language of what is not of the site: of the interface. */
  spoken: string;
  /** The side on which lines begin, whatever they are written in. */
  rtl: boolean;
}

interface Placed extends BoardButton {
  x: number;
  y: number;
  width: number;
  height: number;
}

export class Leaf {
  readonly canvas = document.createElement('canvas');
  pages = 1;
  private readonly c = this.canvas.getContext('2d');
  private placed: Placed[] = [];
  private written = '';
  private readonly snug: boolean;

  /** Width and height in pixels; `snug`: no taller than its words. */
  constructor(width: number, height: number, snug: boolean) {
    this.snug = snug;
    this.canvas.width = width;
    this.canvas.height = height;
  }

  /** The button at a place of the canvas. */
  buttonAt(x: number, y: number): string | null {
    const found = this.placed.find((b) => x >= b.x && x <= b.x + b.width && y >= b.y && y <= b.y + b.height);
    return found?.id ?? null;
  }

  /** Write, where it would be something else than is there: `hovered` is aimed at, and `dwell` of the way to a press by looking alone. */
  write(words: BoardWords, hovered: string | null, dwell: number): boolean {
    const { c, canvas } = this;
    const key = JSON.stringify([words, hovered, dwell]);
    if (!c || key === this.written) return false;
    this.written = key;
    const { width, height } = canvas;
    const { rtl } = words;
    const inner = width - 2 * PAD;
    const start = rtl ? width - PAD : PAD;
    c.clearRect(0, 0, width, height);
    c.textAlign = rtl ? 'right' : 'left';
    c.textBaseline = 'top';
    const own = (text: string): Told => ({ text, language: words.spoken });
    const lines = (said: Told, font: string, colour: string, step: number, y: number): number => {
      this.speak(c, said.language);
      c.font = font;
      c.fillStyle = colour;
      const all = linesOf(said.text, inner, (w) => c.measureText(w).width);
      all.forEach((line, k) => {
        c.fillText(line, start, y + k * step);
      });
      return y + all.length * step;
    };
    let y = PAD;
    if (words.kicker?.text) y = lines(words.kicker, `500 28px ${TEXT}`, SOFT, 36, y) + 6;
    if (words.title?.text) y = lines(words.title, `600 54px ${TITLE}`, INK, 64, y) + 14;
    if (words.claim) y = this.claim(c, words, words.claim, start, y, inner) + 12;
    const notes = [
      { said: own(words.notice ?? ''), font: `600 27px ${TEXT}`, colour: ACCENT },
      { said: own(words.note ?? ''), font: `400 27px ${TEXT}`, colour: SOFT },
    ].filter(({ said }) => said.text);
    if (this.snug) {
      if (words.text?.text) y = lines(words.text, `500 34px ${TEXT}`, INK, 46, y) + 10;
      for (const { said, font, colour } of notes) y = lines(said, font, colour, 36, y) + 8;
      this.paper(c, Math.min(height, y - 8 + PAD));
    } else {
      // From below: buttons, then notes; what is between is the text's.
      let bottom = this.buttons(c, words, height - PAD, hovered, dwell);
      for (const { said, font, colour } of notes.reverse()) {
        c.font = font;
        const tall = linesOf(said.text, inner, (w) => c.measureText(w).width).length * 36;
        lines(said, font, colour, 36, bottom - tall - 14);
        bottom -= tall + 14;
      }
      if (words.text?.text) this.paragraphs(c, words, words.text, start, y, bottom - 10, inner);
      this.paper(c, height);
    }
    return true;
  }

  /** The paper comes behind what is written on it: only then is known how much there is. */
  private paper(c: CanvasRenderingContext2D, tall: number): void {
    c.globalCompositeOperation = 'destination-over';
    c.fillStyle = PAPER;
    c.beginPath();
    c.roundRect(0, 0, this.canvas.width, tall, 36);
    c.fill();
    c.globalCompositeOperation = 'source-over';
  }

  /** What is written next is in `language`, and runs as that does; where lines begin is the board's. */
  private speak(c: CanvasRenderingContext2D, language: string): void {
    this.canvas.lang = language;
    c.direction = direction(language);
  }

  private claim(
    c: CanvasRenderingContext2D,
    { spoken, rtl }: BoardWords,
    claim: NonNullable<BoardWords['claim']>,
    start: number,
    y: number,
    inner: number,
  ): number {
    this.speak(c, spoken);
    c.fillStyle = claim.interpreted ? OCHRE : JADE;
    const turn = rtl ? -1 : 1;
    c.beginPath();
    // A square is drawn, a dot is measured: not by colour alone.
    if (claim.interpreted) c.rect(start + turn * 13 - 12, y + 7, 24, 24);
    else c.arc(start + turn * 13, y + 19, 13, 0, 2 * Math.PI);
    c.fill();
    c.font = `600 30px ${TEXT}`;
    const all = linesOf(claim.text, inner - 44, (w) => c.measureText(w).width);
    all.forEach((line, k) => {
      c.fillText(line, start + turn * 44, y + k * 40);
    });
    return y + all.length * 40;
  }

  private paragraphs(
    c: CanvasRenderingContext2D,
    words: BoardWords,
    { text, language }: Told,
    start: number,
    top: number,
    bottom: number,
    inner: number,
  ): void {
    const step = 50;
    this.speak(c, language);
    c.font = `400 38px ${TEXT}`;
    const all = linesOf(text, inner, (w) => c.measureText(w).width);
    const room = Math.max(1, Math.floor((bottom - top) / step));
    const paged = all.length > room && words.paging ? room - 1 : room;
    const pages = pagesOf(all, Math.max(1, paged));
    this.pages = pages.length;
    const page = Math.min(words.page ?? 0, pages.length - 1);
    c.fillStyle = INK;
    pages[page]!.forEach((line, k) => {
      c.fillText(line, start, top + k * step);
    });
    if (pages.length === 1 || !words.paging) return;
    this.speak(c, words.spoken);
    c.font = `500 26px ${TEXT}`;
    c.fillStyle = SOFT;
    c.fillText(words.paging(page + 1, pages.length), start, top + paged * step + 8);
  }

  /** Buttons in rows, the last one ending at `bottom`. Returns where they begin. */
  private buttons(
    c: CanvasRenderingContext2D,
    words: BoardWords,
    bottom: number,
    hovered: string | null,
    dwell: number,
  ): number {
    const { width } = this.canvas;
    this.speak(c, words.spoken);
    c.font = `600 30px ${TEXT}`;
    const rows: Placed[][] = [[]];
    let x = 0;
    for (const button of words.buttons ?? []) {
      const wide = Math.min(width - 2 * PAD, c.measureText(button.label).width + 56);
      if (x + wide > width - 2 * PAD && rows.at(-1)!.length > 0) {
        rows.push([]);
        x = 0;
      }
      rows.at(-1)!.push({
        ...button,
        x: words.rtl ? width - PAD - x - wide : PAD + x,
        y: 0,
        width: wide,
        height: BUTTON_PX,
      });
      x += wide + 16;
    }
    const top = bottom - rows.filter((r) => r.length > 0).length * (BUTTON_PX + 14) + 14;
    this.placed = rows.flatMap((row, k) => row.map((b) => ({ ...b, y: top + k * (BUTTON_PX + 14) })));
    for (const b of this.placed) {
      const over = b.id === hovered;
      c.fillStyle = over ? ACCENT : b.pressed ? '#e6dcc6' : '#f2ecdf';
      c.beginPath();
      c.roundRect(b.x, b.y, b.width, b.height, 42);
      c.fill();
      c.lineWidth = b.pressed ? 5 : 2;
      c.strokeStyle = b.pressed ? JADE : '#8a8574';
      c.stroke();
      if (over && dwell > 0) {
        c.fillStyle = '#7c2412';
        c.fillRect(b.x + 30, b.y + b.height - 14, (b.width - 60) * Math.min(1, dwell), 8);
      }
      c.fillStyle = over ? '#fffaf0' : INK;
      c.textAlign = 'center';
      c.textBaseline = 'middle';
      c.fillText(b.label, b.x + b.width / 2, b.y + b.height / 2 + 2, b.width - 30);
    }
    c.textAlign = words.rtl ? 'right' : 'left';
    c.textBaseline = 'top';
    return this.placed.length > 0 ? top - 14 : bottom;
  }
}
