/** The boards around the visitor: the stop's words beside them, what is shown and said below their view. */
import { Vector3 } from 'three';
import type { App } from '../app/app.ts';
import type { Vec3 } from '../core/vec.ts';
import { Board } from './board.ts';
import type { Body } from './body.ts';
import { type BoardState, boardWords, lineWords } from './words.ts';

const BOARD = { size_m: [1.0, 0.95], away_m: 1.6, aside: 0.6, above_m: -0.15, lost_m: 3.2 } as const;
const LINE = { size_m: [1.0, 0.34], away_m: 1.5, below: 0.48, follow: 0.45 } as const;

/** A place before a head: `away` metres along a heading, `above` the eyes. */
const placeBefore = (head: Vec3, heading: number, away: number, above: number): Vector3 =>
  new Vector3(head[0] + Math.sin(heading) * away, head[2] + above, -(head[1] + Math.cos(heading) * away));

export class Boards {
  readonly board = new Board(...BOARD.size_m);
  readonly line = new Board(...LINE.size_m, true);
  private page = 0;
  private lineHeading = 0;
  private readonly body: Body;

  constructor(body: Body) {
    this.body = body;
  }

  /** From the beginning of other words. */
  open(): void {
    this.page = 0;
  }

  more(): void {
    this.page = (this.page + 1) % Math.max(1, this.board.pages);
  }

  /** Put the board where the visitor looks, to the left of it. */
  turn(): void {
    const { body } = this;
    const { mesh } = this.board;
    mesh.position.copy(placeBefore(body.head, body.heading - BOARD.aside, BOARD.away_m, BOARD.above_m));
    const [e, n, z] = body.head;
    mesh.lookAt(e, z + BOARD.above_m / 2, -n);
    this.lineHeading = body.heading;
  }

  /** Keep them where the visitor sees them: the line follows the head, but not its every move. */
  follow(seconds: number): void {
    const { body, board, line } = this;
    const [e, n, z] = body.head;
    const { x, z: south } = board.mesh.position;
    if (Math.hypot(x - e, south + n) > BOARD.lost_m) this.turn();
    const off = Math.atan2(
      Math.sin(body.heading - this.lineHeading),
      Math.cos(body.heading - this.lineHeading),
    );
    if (Math.abs(off) > LINE.follow)
      this.lineHeading += (off - Math.sign(off) * LINE.follow) * Math.min(1, 6 * seconds);
    const below = -Math.sin(LINE.below) * LINE.away_m;
    const away = Math.cos(LINE.below) * LINE.away_m;
    line.mesh.position.copy(placeBefore(body.head, this.lineHeading, away, below));
    line.mesh.lookAt(e, z, -n);
    line.mesh.updateMatrixWorld();
    board.mesh.updateMatrixWorld();
  }

  /** Say it all. `held`: the trigger shows the other condition; `eyes`: nothing is held, the look presses. */
  say(
    app: App,
    state: Omit<BoardState, 'page' | 'pages'>,
    { held, eyes, figures }: { held: boolean; eyes: boolean; figures: string },
  ): void {
    this.board.say(boardWords(app, { ...state, page: this.page, pages: this.board.pages }));
    this.line.say(lineWords(app, held, eyes, figures));
  }

  dispose(): void {
    this.board.dispose();
    this.line.dispose();
  }
}
