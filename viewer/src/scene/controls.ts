/** Mouse, touch, pen and keyboard on the canvas, as changes of the orbit. */
import { basis } from '../core/fit.ts';
import { lookDirection, type Orbit, panned } from '../core/orbit.ts';
import { middleOf, paneAt } from '../core/panes.ts';
import { add, scale } from '../core/vec.ts';
import type { Rig } from './rig.ts';
import type { Stage } from './stage.ts';

const TURN_PER_PX = 0.0052;
const ZOOM_PER_WHEEL_PX = 0.0014;
const GROUND_PAN_PITCH = 0.4; // looking down more than this, a drag moves over the ground
const TAP_PX = 7;
const TAP_MS = 500;
const KEY_TURN = 0.12;
const KEY_ZOOM = 1.2;

export interface ControlEvents {
  onTap: (x: number, y: number) => void;
  onHover: (x: number, y: number) => void;
}

interface Finger {
  x: number;
  y: number;
}

/** Pixels to metres at the target's distance. */
const metresPerPixel = (o: Orbit, stage: Stage) =>
  (2 * o.distance * Math.tan((o.fovDeg * Math.PI) / 360)) / stage.layout.film.height;

const rotated = (o: Orbit, dx: number, dy: number): Orbit => ({
  ...o,
  heading: o.heading + dx * TURN_PER_PX,
  pitch: o.pitch + dy * TURN_PER_PX,
});

function dragged(o: Orbit, dx: number, dy: number, stage: Stage): Orbit {
  const m = metresPerPixel(o, stage);
  if (o.pitch > GROUND_PAN_PITCH) return panned(o, -dx * m, (dy * m) / Math.max(0.5, Math.sin(o.pitch)));
  const { right, up } = basis(lookDirection(o));
  return { ...o, target: add(o.target, add(scale(right, -dx * m), scale(up, dy * m))) };
}

/** Nearer or farther by `factor`, keeping what is under the window position (x, y) there. */
function zoomed(o: Orbit, factor: number, x: number, y: number, stage: Stage): Orbit {
  const middle = middleOf(stage.layout, paneAt(stage.layout, x, y));
  const m = metresPerPixel(o, stage) * (1 - factor);
  const { right, up } = basis(lookDirection(o));
  const [dx, dy] = [x - middle.x, y - middle.y];
  const target = add(o.target, add(scale(right, dx * m), scale(up, -dy * m)));
  return { ...o, target, distance: o.distance * factor };
}

/** Connect `canvas`. Returns a function that disconnects it. */
export function connect(
  canvas: HTMLCanvasElement,
  rig: Rig,
  stage: Stage,
  events: ControlEvents,
): () => void {
  const fingers = new Map<number, Finger>();
  let tap: { x: number; y: number; time: number } | null = null;
  const stop = new AbortController();
  const listen = <K extends keyof HTMLElementEventMap>(
    kind: K,
    handler: (event: HTMLElementEventMap[K]) => void,
    passive = true,
  ) => canvas.addEventListener(kind, handler, { signal: stop.signal, passive });
  const steer = (change: (o: Orbit) => Orbit) => {
    rig.steer(change);
    stage.invalidate();
  };

  listen('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    tap = fingers.size === 1 ? { x: event.offsetX, y: event.offsetY, time: event.timeStamp } : null;
  });
  listen('pointermove', (event) => {
    const finger = fingers.get(event.pointerId);
    const now = { x: event.offsetX, y: event.offsetY };
    if (!finger) {
      if (event.pointerType === 'mouse') events.onHover(now.x, now.y);
      return;
    }
    if (tap && Math.hypot(now.x - tap.x, now.y - tap.y) < TAP_PX) return;
    tap = null;
    const [dx, dy] = [now.x - finger.x, now.y - finger.y];
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    fingers.set(event.pointerId, now);
    if (other) {
      const before = Math.hypot(finger.x - other.x, finger.y - other.y) || 1;
      const after = Math.hypot(now.x - other.x, now.y - other.y) || 1;
      const twist =
        Math.atan2(now.y - other.y, now.x - other.x) - Math.atan2(finger.y - other.y, finger.x - other.x);
      const [x, y] = [(now.x + other.x) / 2, (now.y + other.y) / 2];
      steer((o) => {
        const turned = { ...o, heading: o.heading - Math.atan2(Math.sin(twist), Math.cos(twist)) };
        return zoomed(dragged(turned, dx / 2, dy / 2, stage), before / after, x, y, stage);
      });
    } else if (event.buttons & 2 || event.buttons & 4 || event.shiftKey || event.ctrlKey) {
      steer((o) => dragged(o, dx, dy, stage));
    } else {
      steer((o) => rotated(o, dx, dy));
    }
  });
  const lift = (event: PointerEvent) => {
    fingers.delete(event.pointerId);
    if (tap && event.type === 'pointerup' && event.timeStamp - tap.time < TAP_MS) events.onTap(tap.x, tap.y);
    tap = null;
  };
  listen('pointerup', lift);
  listen('pointercancel', lift);
  listen('contextmenu', (event) => event.preventDefault(), false);
  listen(
    'wheel',
    (event) => {
      event.preventDefault();
      const px = event.deltaY * (event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 400 : 1);
      const factor = Math.exp(
        Math.max(-240, Math.min(240, px)) * ZOOM_PER_WHEEL_PX * (event.ctrlKey ? 4 : 1),
      );
      steer((o) => zoomed(o, factor, event.offsetX, event.offsetY, stage));
    },
    false,
  );
  listen(
    'keydown',
    (event) => {
      if (event.key === 'Enter') {
        const { x, y } = middleOf(stage.layout, 0);
        events.onTap(x, y); // what stands in the middle, for those without a pointer
        return;
      }
      const change = keyChange(event, stage);
      if (!change) return;
      event.preventDefault();
      steer(change);
    },
    false,
  );
  return () => stop.abort();
}

function keyChange(event: KeyboardEvent, stage: Stage): ((o: Orbit) => Orbit) | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  const step = stage.viewport.height * 0.06;
  const arrow = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
  if (arrow) {
    const [x, y] = arrow as [number, number];
    if (event.shiftKey) return (o) => dragged(o, x * step, y * step, stage);
    return (o) => ({ ...o, heading: o.heading + x * KEY_TURN, pitch: o.pitch + y * KEY_TURN });
  }
  const move = { w: [0, 1], s: [0, -1], a: [1, 0], d: [-1, 0] }[event.key.toLowerCase()];
  if (move) return (o) => dragged(o, move[0]! * step, move[1]! * step, stage);
  if (event.key === '+' || event.key === '=') return nearer;
  if (event.key === '-' || event.key === '_') return farther;
  return null;
}

export const nearer = (o: Orbit): Orbit => ({ ...o, distance: o.distance / KEY_ZOOM });
export const farther = (o: Orbit): Orbit => ({ ...o, distance: o.distance * KEY_ZOOM });
