/** What a press or a pointer over the scene means: a point of a surface, a monument, a building. */
import type { Picked } from '../core/picked.ts';
import type { BuildingInfo } from './buildingTable.ts';
import { connect } from './controls.ts';
import type { Rig } from './rig.ts';
import type { Seeing } from './seeing.ts';
import type { Stage } from './stage.ts';

export interface SceneEvents {
  /** A monument was pressed, where its surface was: `picked`. */
  onPick: (monument: string, picked: Picked | null) => void;
  /** A building was pressed, or nothing was. */
  onBuilding: (building: BuildingInfo | null) => void;
  onTaken: () => void;
  onDrawn: () => void;
  onProgress: () => void;
  /** The window is one picture now, or two. */
  onLayout: () => void;
  onLost: () => void;
  onRestored: () => void;
}

/** What is pressed on. */
interface Pressed {
  readonly rig: Rig;
  readonly stage: Stage;
  /** While a place is asked for, presses are answers. */
  readonly onPoint: ((picked: Picked | null) => void) | null;
  surfaceAt(x: number, y: number): Picked | null;
}

const HOVER_MS = 60;

/** Let the canvas steer the camera, and tell what is pressed on it. Returns a function that ends it. */
export function listen(
  canvas: HTMLCanvasElement,
  view: Pressed,
  seeing: Seeing,
  events: SceneEvents,
): () => void {
  let hovered = 0;
  return connect(canvas, view.rig, view.stage, {
    onTap: (x, y) => {
      if (view.onPoint) {
        view.onPoint(view.surfaceAt(x, y));
        return;
      }
      const { monument, building } = seeing.at(x, y);
      if (monument) events.onPick(monument, view.surfaceAt(x, y));
      else events.onBuilding(building);
    },
    onHover: (x, y) => {
      const now = performance.now();
      if (now - hovered < HOVER_MS) return;
      hovered = now;
      if (view.onPoint) return;
      const { monument, building } = seeing.at(x, y);
      canvas.classList.toggle('pointing', Boolean(monument ?? building));
    },
  });
}
