/** What of the monuments is on screen: one condition of each, or two of one of them. */
import type { MonumentEntry, ShownEntry } from '../core/release.ts';
import type { Condition, Conditions, Drawn } from './conditions.ts';
import { type Comparison, fades, type Pair } from './drawing.ts';
import type { Stage } from './stage.ts';
import { LABELS } from './uniforms.ts';

export class OnScreen {
  /** What is compared, if anything. */
  pair: Pair | null = null;
  standing: readonly Condition[] = [];
  /** Whether a blend is mixed; else it is dithered, which draws everything once instead of twice. */
  mixed: boolean;
  /** Other conditions are on screen than before. */
  onChange: () => void = () => {};
  /** The screen has been divided, or is whole again. */
  onLayout: () => void = () => {};
  private readonly stage: Stage;
  private readonly conditions: Conditions;

  constructor(stage: Stage, conditions: Conditions, mixed: boolean) {
    this.stage = stage;
    this.conditions = conditions;
    this.mixed = mixed;
  }

  /** Show one condition of each named monument, and nothing else. */
  show(conditions: readonly { monument: MonumentEntry; shown: Drawn }[]): void {
    this.pair = null;
    this.split(false);
    this.reveal(conditions.map(({ monument, shown }) => this.conditions.get(monument, shown)));
  }

  /** Mark one part of a state, by its feature id; null for none. */
  choosePart(monument: MonumentEntry, state: string, part: number | null): void {
    this.conditions.get(monument, { epoch: null, state }).uniforms.chosenPart.value = part ?? -1;
    this.stage.invalidate();
  }

  /** How the measured points of an epoch are drawn: in their own colours or by label, and which labels. */
  label(monument: MonumentEntry, epoch: string, byLabel: boolean, hidden: readonly string[]): void {
    const { uniforms } = this.conditions.get(monument, { epoch, state: null, points: true });
    uniforms.labels.value = byLabel ? 1 : 0;
    uniforms.labelShown.value = LABELS.map((name) => (hidden.includes(name) ? 0 : 1));
    this.stage.invalidate();
  }

  /** Show two conditions of one monument beside or over each other, and the others as they are. */
  compare(comparison: Comparison, others: readonly { monument: MonumentEntry; shown: ShownEntry }[]): void {
    this.split(comparison.mode === 'side');
    const left = this.conditions.get(comparison.monument, comparison.left);
    const right = this.conditions.get(comparison.monument, comparison.right);
    this.pair = { comparison, left, right };
    const drawn = comparison.mode === 'change' ? [right] : [left, right];
    this.reveal([...others.map(({ monument, shown }) => this.conditions.get(monument, shown)), ...drawn]);
    const { change } = comparison;
    if (comparison.mode === 'change' && change) {
      right.showChange(change, this.conditions.table(change.table));
    }
    if (fades(comparison.mode) && !this.mixed) {
      if (comparison.mode === 'blend') left.uniforms.keep.value = [comparison.position, 1];
      right.uniforms.keep.value = [0, comparison.position];
    }
    this.stage.invalidate();
  }

  private reveal(conditions: Condition[]): void {
    for (const c of this.conditions.all()) {
      c.object.visible = conditions.includes(c);
      c.uniforms.change.value = 0;
      c.uniforms.keep.value = [0, 1];
    }
    this.standing = conditions;
    this.onChange();
    this.conditions.keep(conditions);
    this.stage.invalidate();
  }

  private split(split: boolean): void {
    if (split === this.stage.layout.panes.length > 1) return;
    this.stage.layOut(split);
    this.onLayout();
  }
}
