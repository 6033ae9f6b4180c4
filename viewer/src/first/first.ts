/**
 * The first picture: root tiles drawn by a few hundred lines before the scene's library has come. It knows the plain
 * views only, the site and a monument; elsewhere it merely fetches what the scene will want.
 */
import { monumentIn, newest } from '../app/state.ts';
import { groundRadius, reach, SUNK_M, wideness } from '../core/extent.ts';
import { fitted, type Viewport } from '../core/fit.ts';
import { centre as centreOf, type Pose, poseOf } from '../core/frames.ts';
import { loadRelease } from '../core/load.ts';
import { parseLook } from '../core/look.ts';
import type { Orbit } from '../core/orbit.ts';
import type { MonumentEntry, Release } from '../core/release.ts';
import { parseRoute } from '../core/route.ts';
import { length, sub } from '../core/vec.ts';
import { THEMES } from '../scene/theme.ts';
import { type Ground, Painter } from './draw.ts';
import { loadRoot } from './tile.ts';

const MOST = 6; // monuments; a large site's others come when the scene asks for them
const SAME = 1e-6;

export class First {
  /** Lies over the scene; empty until something is drawn. */
  readonly canvas: HTMLCanvasElement | null;
  /** The release's document, fetched once for the page as well. Rejects with LoadError. */
  readonly release: Promise<Release>;
  /** Resolves when there is a picture, or when there will be none. */
  readonly shown: Promise<void>;
  /** Monuments whose root tile is in the picture. */
  readonly drawn: string[] = [];
  private readonly painter: Painter | null;
  private left: Promise<void> | null = null;
  private viewport: Viewport;
  private pose: Pose | null = null;
  private orbit: Orbit | null = null;
  private ground: Ground = { centre: [0, 0, 0], radius: 1 };

  constructor(base: string, viewport: Viewport, gl: WebGL2RenderingContext | null) {
    this.viewport = viewport;
    this.canvas = gl && (gl.canvas as HTMLCanvasElement);
    this.painter = gl && new Painter(gl);
    this.release = loadRelease(base);
    // What fails here fails again when the page and the scene ask, and is told then.
    this.shown = this.release.then((release) => this.begin(base, release)).catch(() => {});
  }

  /** The window's free part is known better now. */
  resize(viewport: Viewport): void {
    this.viewport = viewport;
    if (this.drawn.length > 0) this.draw();
  }

  /** Whether the scene, seen from `orbit`, shows the same. */
  matches(orbit: Orbit): boolean {
    const { orbit: own } = this;
    if (!own) return false;
    const off = length(sub(own.target, orbit.target)) + Math.abs(own.distance - orbit.distance);
    const turned = Math.abs(own.heading - orbit.heading) + Math.abs(own.pitch - orbit.pitch);
    return off + turned < SAME * orbit.distance;
  }

  /** The picture, where there is one. */
  get picture(): HTMLCanvasElement | null {
    return this.drawn.length > 0 ? this.canvas : null;
  }

  /** Fade away within `fade_ms`, and give back what it held; from now on nothing is drawn. */
  leave(fade_ms: number): Promise<void> {
    this.left ??= this.fade(fade_ms).finally(() => this.painter?.dispose());
    return this.left;
  }

  private async fade(fade_ms: number): Promise<void> {
    if (fade_ms === 0 || !this.picture) return;
    const fading = this.picture.animate({ opacity: [1, 0] }, { duration: fade_ms, fill: 'forwards' });
    await fading.finished.catch(() => {}); // taken off the page before its end
  }

  /** Fetch the tiles of the view the address names, and draw them where it is a plain one. Resolves with the first. */
  private async begin(base: string, release: Release): Promise<void> {
    const route = parseRoute(location.hash) ?? { view: 'site' };
    const look = parseLook(location.hash);
    const open = monumentIn(release, route);
    const plain = this.painter && (route.view === 'site' || (route.view === 'monument' && open !== null));
    if (plain && !look.place && !look.shown && !look.points) {
      this.pose = open ? poseOf(open.view, open.placement.site_from_monument) : poseOf(release.opening);
      this.ground = groundOf(release);
    }
    const wanted = open ? [open] : nearest(release).slice(0, MOST);
    const tiles = wanted.map((monument) => this.load(base, release, monument));
    // Where nothing will be drawn nobody waits.
    if (this.pose) await Promise.any(tiles);
    else Promise.any(tiles).catch(() => {});
  }

  private async load(base: string, release: Release, monument: MonumentEntry): Promise<void> {
    const { epoch } = newest(monument);
    const entry = monument.epochs.find((e) => e.id === epoch);
    if (!entry) throw new Error(`${monument.id}: no survey`);
    const surfaces = await loadRoot(base + entry.tileset, release.frame.ecef_from_site);
    if (!this.painter || !this.pose || this.left || surfaces.length === 0)
      throw new Error(`${monument.id}: no picture`);
    for (const surface of surfaces) this.painter.add(surface);
    if (this.drawn.length === 0) this.appear();
    this.drawn.push(monument.id);
    this.draw();
  }

  /** Lie where the scene will, under the words; page.css takes the still away. */
  private appear(): void {
    const { canvas } = this;
    if (!canvas) return;
    canvas.className = 'first-picture';
    canvas.setAttribute('aria-hidden', 'true');
    Object.assign(canvas.style, {
      position: 'fixed',
      inset: '0',
      width: '100%',
      height: '100%',
      pointerEvents: 'none',
    });
    document.body.prepend(canvas);
  }

  private draw(): void {
    const { painter, pose, viewport } = this;
    if (!painter || !pose) return;
    const asked = parseLook(location.hash).camera;
    this.orbit = asked ?? fitted(pose, viewport);
    const theme = window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
    painter.draw(this.orbit, viewport, Math.min(devicePixelRatio, 2), this.ground, THEMES[theme]);
  }
}

/** The ground plane as the scene lays it, but for the footprints, which are not known yet. */
function groundOf(release: Release): Ground {
  const { centre, radius } = reach(release, []);
  const [east, north, up] = centre;
  return {
    centre: [east, north, up - SUNK_M],
    radius: groundRadius(wideness(release, centre, radius), radius),
  };
}

/** The monuments from what the opening view looks at outwards. */
function nearest(release: Release): MonumentEntry[] {
  const away = ({ bounds, placement }: MonumentEntry) =>
    length(sub(centreOf(bounds.min, bounds.max, placement.site_from_monument), release.opening.target_m));
  return [...release.monuments].sort((a, b) => away(a) - away(b));
}
