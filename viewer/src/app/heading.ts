/** Which way the top of the device points, where it has a compass: followed on press only, kept on the page. */
import { deviceHeading } from '../core/deviceHeading.ts';

const STEP_DEG = 4; // a hand is never quite still

interface AppleEvent {
  /** Clockwise from magnetic north, degrees. */
  webkitCompassHeading?: number;
}

interface AppleAsking {
  requestPermission?: () => Promise<'granted' | 'denied'>;
}

export class Heading {
  private readonly tell: (heading_deg: number) => void;
  private last = Number.NaN;
  private stopped = false;

  constructor(tell: (heading_deg: number) => void) {
    this.tell = tell;
  }

  /** Begin, out of a press: some devices ask the visitor first. */
  async start(): Promise<void> {
    if (!('DeviceOrientationEvent' in window)) return;
    const asking = DeviceOrientationEvent as unknown as AppleAsking;
    // Where it is refused, the arrow points as on a map, north up.
    if (asking.requestPermission) await asking.requestPermission().catch(() => 'denied');
    if (this.stopped) return; // while the visitor was asked
    window.addEventListener('deviceorientationabsolute', this.turned);
    window.addEventListener('deviceorientation', this.turned);
  }

  stop(): void {
    this.stopped = true;
    window.removeEventListener('deviceorientationabsolute', this.turned);
    window.removeEventListener('deviceorientation', this.turned);
  }

  private readonly turned = (event: DeviceOrientationEvent): void => {
    const apple = (event as AppleEvent).webkitCompassHeading;
    const { alpha, beta, gamma } = event;
    // An orientation that is not absolute counts from wherever the device was when the page was opened.
    if (apple === undefined && (!event.absolute || alpha === null || beta === null || gamma === null)) return;
    const top = apple ?? deviceHeading(alpha!, beta!, gamma!);
    if (top === null) return;
    const heading = (top + (screen.orientation?.angle ?? 0) + 360) % 360;
    const off = Math.abs(((heading - this.last + 540) % 360) - 180);
    if (off < STEP_DEG) return;
    this.last = heading;
    this.tell(heading);
  };
}
