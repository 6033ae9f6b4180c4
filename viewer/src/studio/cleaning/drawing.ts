/** What a hand draws over a survey's points, and what it draws with. */
import { sub, type Vec3 } from '../../core/vec.ts';
import type { Cloud } from './cloud.ts';
import type { Correction, Label, Vec2 } from './region.ts';
import type { Drawn } from './sight.ts';

export type Tool = 'look' | 'brush' | 'lasso';

/** What one begins with; every correction keeps its own. */
export interface Settings {
  tool: Tool;
  was: readonly Label[];
  becomes: Label;
  radius_m: number;
  /** Only what is seen, so deep behind what is foremost; or all the way through. */
  seen: boolean;
  behind_m: number;
  far_m: number | null;
  hidden: readonly string[];
}

const STEP = 0.5; // radii between the balls of a stroke

export class Drawing {
  settings: Settings = {
    tool: 'look',
    was: ['vegetation'],
    becomes: 'kept',
    radius_m: 0.5,
    seen: true,
    behind_m: 0.5,
    far_m: null,
    hidden: [],
  };
  /** The correction under the hand, and how many of the loaded points it would move. */
  draft: { correction: Correction; moved: number } | null = null;
  /** The lasso's line so far, and the ball under the pointer. */
  line: Vec2[] = [];
  cursor: Drawn | null = null;
  /** The middle of a ball by numbers. */
  at: Vec3 = [0, 0, 0];
  /** What is drawn on. */
  cloud: Cloud | null = null;
  private readonly freshId: (becomes: Label) => string;
  private readonly told: () => void;
  /** Whether brush and depth are as large as fits the monument. */
  private fitted = false;

  constructor(freshId: (becomes: Label) => string, told: () => void) {
    this.freshId = freshId;
    this.told = told;
  }

  /** Draw on these points from now on. */
  on(cloud: Cloud): void {
    if (!this.fitted) this.settings = { ...this.settings, ...startFor(cloud.size_m) };
    this.fitted = true;
    this.cloud = cloud;
    cloud.show(this.settings.hidden);
  }

  set(change: Partial<Settings>): void {
    this.settings = { ...this.settings, ...change };
    if (change.hidden) this.cloud?.show(change.hidden);
    this.told();
  }

  /** A stroke of the brush goes on at a position of the window. */
  stroke(x: number, y: number): void {
    const at = this.cloud?.pick(x, y);
    if (at) this.strokeAt(at);
  }

  private strokeAt(at: Vec3): void {
    const { radius_m } = this.settings;
    const before = this.draft?.correction.brush?.at_m ?? [];
    const last = before.at(-1);
    if (last && Math.hypot(...sub(at, last)) < STEP * radius_m) return;
    this.sketch({ brush: { radius_m, at_m: [...before, at] } });
  }

  /** The ball by numbers. */
  ball(): void {
    this.draft = null;
    this.sketch({ brush: { radius_m: this.settings.radius_m, at_m: [this.at] } });
  }

  /** What was drawn round. */
  lasso(): void {
    const { seen, behind_m, far_m } = this.settings;
    const lasso = this.cloud?.sight.lasso(this.line, seen ? { behind_m } : null, far_m);
    if (lasso) this.sketch({ lasso });
  }

  /** What was drawn, which lies under the hand no more. */
  take(): Correction | null {
    const { draft } = this;
    this.draft = null;
    return draft?.correction ?? null;
  }

  private sketch(region: Pick<Correction, 'brush' | 'lasso'>): void {
    const { was, becomes } = this.settings;
    const correction: Correction = {
      id: this.draft?.correction.id ?? this.freshId(becomes),
      was,
      becomes,
      ...region,
    };
    this.draft = { correction, moved: this.cloud?.sketch(correction) ?? 0 };
    this.told();
  }

  /** Let go of what is being drawn. */
  drop(): void {
    this.draft = null;
    this.cloud?.sketch(null);
    this.told();
  }
}

/** Brush and depth by the monument's size: a temple is not a stele. */
function startFor(size_m: number): Pick<Settings, 'radius_m' | 'behind_m'> {
  const radius_m = Number(Math.max(size_m / 60, 0.005).toPrecision(1));
  return { radius_m, behind_m: radius_m };
}
