/** Draws the frame: one picture, or two conditions of one monument mixed, cut or side by side. */
import { type Line, lineAt } from '../core/panes.ts';
import type { MonumentEntry, ShownEntry } from '../core/release.ts';
import type { Mode } from '../core/route.ts';
import type { Change, Condition } from './conditions.ts';
import { Dissolve } from './dissolve.ts';
import type { Stage } from './stage.ts';

/** Two conditions of one monument on one screen. */
export interface Comparison {
  monument: MonumentEntry;
  left: ShownEntry;
  right: ShownEntry;
  mode: Mode;
  /** The swipe's position, 0..1 over the free width or height; how far a blend has gone; an overlay's opacity. */
  position: number;
  /** How the swipe's line stands. */
  line: Line;
  change: Change | null;
}

/** A comparison with what the scene draws for it. */
export interface Pair {
  comparison: Comparison;
  left: Condition;
  right: Condition;
}

/** Whether a mode shows one condition through the other. */
export const fades = (mode: Mode | undefined): boolean => mode === 'blend' || mode === 'overlay';

export class Drawing {
  private readonly stage: Stage;
  private readonly dissolve = new Dissolve();

  constructor(stage: Stage) {
    this.stage = stage;
  }

  /** `pair`: what is compared, if anything; `mixed`: a blend is mixed, else the conditions dither themselves. */
  draw(pair: Pair | null, mixed: boolean): void {
    const { stage } = this;
    const render = () => stage.renderer.render(stage.scene, stage.camera);
    const mode = pair?.comparison.mode;
    if (!pair || mode === 'change' || (fades(mode) && !mixed)) {
      render();
      return;
    }
    const { comparison, left, right } = pair;
    const only = (condition: Condition, act: () => void) => () => {
      left.object.visible = condition === left;
      right.object.visible = condition === right;
      act();
      left.object.visible = right.object.visible = true;
    };
    if (mode === 'overlay') {
      // What is laid over the survey hides it, and is hidden by it, as if it stood there; then as much of it is let through.
      this.dissolve.draw(stage.renderer, only(left, render), render, comparison.position);
    } else if (mode === 'blend') {
      this.dissolve.draw(stage.renderer, only(left, render), only(right, render), comparison.position);
    } else if (mode === 'side') {
      only(left, () => stage.drawPane(0))();
      only(right, () => stage.drawPane(1))();
    } else this.swipe(comparison, only(left, render), only(right, render));
  }

  private swipe({ line, position }: Comparison, first: () => void, second: () => void): void {
    const { renderer, viewport } = this.stage;
    const { width, height } = viewport;
    const cut = Math.round(lineAt(viewport, line, position));
    const upright = line === 'upright';
    renderer.setScissorTest(true);
    // three counts rows from the bottom.
    if (upright) renderer.setScissor(0, 0, cut, height);
    else renderer.setScissor(0, height - cut, width, cut);
    first();
    if (upright) renderer.setScissor(cut, 0, width - cut, height);
    else renderer.setScissor(0, 0, width, height - cut);
    second();
    renderer.setScissorTest(false);
  }
}
