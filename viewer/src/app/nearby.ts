/** Where the visitor stands: asked of the browser only on press, kept on the page, sent nowhere. */
import { inSite } from '../core/geo.ts';
import type { Vec3 } from '../core/vec.ts';
import type { App } from './app.ts';
import type { Heading } from './heading.ts';

export type Near =
  | { status: 'off' }
  | { status: 'asking' }
  | { status: 'refused' }
  | { status: 'failed' }
  /** `heading_deg`: which way the device points, clockwise from north; null where it does not say. */
  | { status: 'on'; at: Vec3; accuracy_m: number; heading_deg: number | null };

const TIMEOUT_MS = 20_000;

export class Nearby {
  private readonly app: App;
  private watching: number | null = null;
  private heading_deg: number | null = null;
  private heading: Heading | null = null;

  constructor(app: App) {
    this.app = app;
  }

  /** Ask for the position and follow it; a second press forgets it. */
  toggle(): void {
    if (this.watching !== null) {
      this.forget({ status: 'off' });
      return;
    }
    if (!('geolocation' in navigator)) {
      this.app.set({ near: { status: 'failed' } });
      return;
    }
    this.app.set({ near: { status: 'asking' } });
    void this.follow();
    this.watching = navigator.geolocation.watchPosition(
      ({ coords }) => this.found(coords),
      (error) => this.missed(error),
      { enableHighAccuracy: true, timeout: TIMEOUT_MS, maximumAge: 5_000 },
    );
  }

  private found(coords: GeolocationCoordinates): void {
    const { release, t, near } = this.app.state;
    if (!release || this.watching === null) return;
    const at = inSite(coords.longitude, coords.latitude, release.frame);
    const announcement = near.status === 'on' ? this.app.state.announcement : t('near.on');
    const { heading_deg } = this;
    this.app.set({ near: { status: 'on', at, accuracy_m: coords.accuracy, heading_deg }, announcement });
  }

  /** Follow the device's compass; without one, or without its code, the arrows point as on a map. */
  private async follow(): Promise<void> {
    const code = await import('./heading.ts').catch(() => null);
    if (!code || this.watching === null || this.heading) return;
    this.heading = new code.Heading((heading_deg) => this.turned(heading_deg));
    await this.heading.start();
  }

  private turned(heading_deg: number): void {
    const { near } = this.app.state;
    this.heading_deg = heading_deg;
    if (near.status === 'on') this.app.set({ near: { ...near, heading_deg } });
  }

  private missed(error: GeolocationPositionError): void {
    // A position that was there once is better than none while the next one is waited for.
    if (error.code !== error.PERMISSION_DENIED && this.app.state.near.status === 'on') return;
    this.forget({ status: error.code === error.PERMISSION_DENIED ? 'refused' : 'failed' });
  }

  private forget(near: Near): void {
    if (this.watching !== null) navigator.geolocation.clearWatch(this.watching);
    this.watching = null;
    this.heading?.stop();
    this.heading = null;
    this.heading_deg = null;
    this.app.set({ near });
  }
}
