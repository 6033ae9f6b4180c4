/** Mouse, touch and keyboard of a visitor on foot: a drag turns the head, keys and the pad move, a tap names a place. */

const TAP_PX = 7;
const TAP_MS = 500;
const LOOK_PER_PX = 0.0045;

/** What a visitor wants to do: shares of full speed, forward and to the right, and of full turn, clockwise. */
export interface Intent {
  forward: number;
  right: number;
  turn: number;
  fast: boolean;
}

export interface HandEvents {
  /** The head turns: radians clockwise and downwards. */
  onLook: (heading: number, pitch: number) => void;
  onTap: (x: number, y: number) => void;
  /** Something is held or let go. */
  onChange: () => void;
}

const KEYS: Record<string, Partial<Record<'forward' | 'right' | 'turn', number>>> = {
  w: { forward: 1 },
  arrowup: { forward: 1 },
  s: { forward: -1 },
  arrowdown: { forward: -1 },
  a: { right: -1 },
  d: { right: 1 },
  q: { turn: -1 },
  arrowleft: { turn: -1 },
  e: { turn: 1 },
  arrowright: { turn: 1 },
};
const NOD_RAD = 0.12;
const NODS: Record<string, number> = { pageup: -NOD_RAD, pagedown: NOD_RAD };

export class Hands {
  /** What the pad on the screen is held to. */
  pad: { forward: number; right: number } = { forward: 0, right: 0 };
  private readonly held = new Set<string>();
  private fast = false;
  private events: HandEvents | null = null;

  get intent(): Intent {
    const sum = (of: 'forward' | 'right' | 'turn') =>
      [...this.held].reduce((all, key) => all + (KEYS[key]?.[of] ?? 0), 0);
    const clamped = (x: number) => Math.max(-1, Math.min(1, x));
    return {
      forward: clamped(sum('forward') + this.pad.forward),
      right: clamped(sum('right') + this.pad.right),
      turn: clamped(sum('turn')),
      fast: this.fast,
    };
  }

  /** Hold the pad, or let it go. */
  press(forward: number, right: number): void {
    this.pad = { forward, right };
    this.events?.onChange();
  }

  /** Connect `canvas`. Returns a function that disconnects it. */
  take(canvas: HTMLElement, events: HandEvents): () => void {
    const stop = new AbortController();
    const { signal } = stop;
    let finger: { id: number; x: number; y: number; moved: boolean; time: number } | null = null;
    this.events = events;

    canvas.addEventListener(
      'pointerdown',
      (event) => {
        if (finger) return;
        canvas.setPointerCapture(event.pointerId);
        finger = {
          id: event.pointerId,
          x: event.offsetX,
          y: event.offsetY,
          moved: false,
          time: event.timeStamp,
        };
      },
      { signal },
    );
    canvas.addEventListener(
      'pointermove',
      (event) => {
        if (finger?.id !== event.pointerId) return;
        const [dx, dy] = [event.offsetX - finger.x, event.offsetY - finger.y];
        if (!finger.moved && Math.hypot(dx, dy) < TAP_PX) return;
        finger = { ...finger, x: event.offsetX, y: event.offsetY, moved: true };
        // The scene goes with the finger, as in pictures of streets.
        events.onLook(-dx * LOOK_PER_PX, -dy * LOOK_PER_PX);
      },
      { signal },
    );
    const lift = (event: PointerEvent) => {
      if (finger?.id !== event.pointerId) return;
      const tapped = !finger.moved && event.type === 'pointerup' && event.timeStamp - finger.time < TAP_MS;
      finger = null;
      if (tapped) events.onTap(event.offsetX, event.offsetY);
    };
    canvas.addEventListener('pointerup', lift, { signal });
    canvas.addEventListener('pointercancel', lift, { signal });
    canvas.addEventListener('contextmenu', (event) => event.preventDefault(), { signal });
    canvas.addEventListener('wheel', (event) => event.preventDefault(), { signal, passive: false });
    canvas.addEventListener(
      'keydown',
      (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        const key = event.key.toLowerCase();
        this.fast = event.shiftKey;
        if (NODS[key]) events.onLook(0, NODS[key]);
        else if (KEYS[key]) {
          this.held.add(key);
          events.onChange();
        } else return;
        event.preventDefault();
      },
      { signal },
    );
    window.addEventListener(
      'keyup',
      (event) => {
        this.fast = event.shiftKey;
        this.held.delete(event.key.toLowerCase());
      },
      { signal },
    );
    // A key that is let go elsewhere is not told of.
    for (const type of ['blur', 'visibilitychange'])
      window.addEventListener(type, () => this.drop(), { signal });
    canvas.addEventListener('blur', () => this.drop(), { signal });
    return () => {
      stop.abort();
      this.drop();
      this.events = null;
    };
  }

  private drop(): void {
    this.held.clear();
    this.pad = { forward: 0, right: 0 };
    this.fast = false;
  }
}
