/** The canvas: one renderer, one camera, and frames drawn only when something has changed. */
import { PerspectiveCamera, Scene, SRGBColorSpace, Vector3, WebGLRenderer } from 'three';
import { freeArea, type Viewport } from '../core/fit.ts';
import { eyeOf, type Orbit } from '../core/orbit.ts';
import { halves, type Layout, paneAt, type Rect, seenBy, seenByAll, whole } from '../core/panes.ts';
import type { Vec3 } from '../core/vec.ts';
import { Clock } from './clock.ts';
import { Daylight } from './daylight.ts';

const BURST_MS = 120;
const DENSEST = 2; // pixels for each CSS pixel: more of them nobody sees

/** Pixels for each CSS pixel as the window stands now: zoom changes them, and so does another screen. */
const density = () => Math.min(window.devicePixelRatio, DENSEST);

export interface Frame {
  /** Seconds since the last frame, at most 0.1. */
  seconds: number;
}

/** A position of the site frame in three's axes: x east, y up, z south. */
export const toThree = (p: Vec3, out = new Vector3()): Vector3 => out.set(p[0], p[2], -p[1]);

export class Stage {
  readonly scene = new Scene();
  /** Sees what all panes show: tiles are chosen and rays sent by it. */
  readonly camera = new PerspectiveCamera(45, 1, 0.1, 4000);
  /** Sees what one pane shows. */
  private readonly paneCamera = new PerspectiveCamera();
  readonly renderer: WebGLRenderer;
  readonly daylight: Daylight;
  /** Called before each frame; returns true to ask for another one. */
  onFrame: (frame: Frame) => boolean = () => false;
  /** Draws the frame; replaced while two conditions share the screen. */
  draw: () => void = () => this.renderer.render(this.scene, this.camera);
  onDrawn: () => void = () => {};
  onLost: () => void = () => {};
  onRestored: () => void = () => {};
  viewport: Viewport = { width: 1, height: 1, left: 0, right: 0, top: 0, bottom: 0 };
  layout: Layout = whole(this.viewport);
  /** Pixels drawn for each CSS pixel; a uniform, shared by all that is drawn in pixels. */
  readonly pixelRatio = { value: 1 };
  readonly clock = new Clock();
  /** The picture of one eye, pixels, while a headset has the camera and the frames; else null. */
  eye: { width: number; height: number } | null = null;
  private split = false;
  private pending = 0;
  private soon = 0;
  private last = 0;

  /** `smooth`: edges by multisampling. */
  constructor(canvas: HTMLCanvasElement, smooth: boolean) {
    this.renderer = new WebGLRenderer({ canvas, antialias: smooth, powerPreference: 'high-performance' });
    this.renderer.outputColorSpace = SRGBColorSpace;
    this.renderer.autoClear = false;
    this.scene.background = null;
    this.renderer.shadowMap.enabled = true;
    this.renderer.shadowMap.autoUpdate = false;
    this.daylight = new Daylight(this.scene);
    canvas.addEventListener('webglcontextlost', (event) => {
      event.preventDefault();
      this.onLost();
    });
    canvas.addEventListener('webglcontextrestored', () => {
      this.onRestored();
      this.shadowsChanged();
      this.invalidate();
    });
  }

  /** What casts shadows has changed: they are drawn anew with the next frame, and only then. */
  shadowsChanged(): void {
    if (this.daylight.shadows) this.renderer.shadowMap.needsUpdate = true;
  }

  /** Ask for a frame; many requests make one. */
  invalidate(): void {
    if (this.pending === 0) this.pending = this.clock.request((time) => this.frame(time));
  }

  /** Ask for a frame within a moment: what arrives in a burst is drawn together. */
  invalidateSoon(): void {
    if (this.soon === 0) this.soon = window.setTimeout(() => this.invalidate(), BURST_MS);
  }

  /** Whether a frame is still to be drawn. */
  get waiting(): boolean {
    return this.pending !== 0 || this.soon !== 0;
  }

  /** The canvas follows its element's size; panels tell what they cover. */
  resize(viewport: Viewport): void {
    const { width, height } = viewport;
    const changed = width !== this.viewport.width || height !== this.viewport.height;
    this.viewport = viewport;
    this.layOut(this.split);
    if ((changed || density() !== this.pixelRatio.value) && !this.eye) this.fill();
    this.invalidate();
  }

  /** Give the canvas as many pixels as its element has. */
  private fill(): void {
    const { width, height } = this.viewport;
    this.pixelRatio.value = density();
    this.renderer.setDrawingBufferSize(width, height, density());
  }

  /** A headset takes camera and frames, `eye` being the picture of one of its eyes; or null: it gives them back. */
  wear(eye: { width: number; height: number } | null): void {
    this.eye = eye;
    this.clock.wear(eye !== null);
    if (eye) this.camera.clearViewOffset();
    else {
      this.fill();
      this.layOut(this.split);
    }
    this.invalidate();
  }

  /** One picture, or two of the same camera beside or above each other. */
  layOut(split: boolean): void {
    this.split = split;
    this.layout = (split ? halves : whole)(this.viewport);
    this.invalidate();
  }

  /** Put the camera where the orbit says, with the target in the middle of the free part of every pane. */
  place(orbit: Orbit): void {
    if (!this.eye) this.aimAt(this.camera, orbit);
    if (this.daylight.follow(orbit)) this.shadowsChanged();
  }

  /** Put a camera where an orbit says, as the visitor's would be. */
  aimAt(camera: PerspectiveCamera, orbit: Orbit): void {
    toThree(eyeOf(orbit), camera.position);
    camera.lookAt(toThree(orbit.target));
    camera.fov = orbit.fovDeg;
    camera.near = Math.max(0.05, orbit.distance / 400);
    camera.far = orbit.distance + 6000;
    this.frameOn(camera, seenByAll(this.layout));
    camera.updateMatrixWorld();
  }

  /** Let `camera` see a rectangle of the film. */
  private frameOn(camera: PerspectiveCamera, seen: Rect): void {
    const { film } = this.layout;
    const { shiftX, shiftY } = freeArea(film);
    camera.aspect = film.width / film.height;
    camera.setViewOffset(film.width, film.height, seen.x - shiftX, seen.y - shiftY, seen.width, seen.height);
  }

  /** Draw the scene into a pane as it stands now. */
  drawPane(index: number): void {
    const pane = this.layout.panes[index] ?? this.layout.panes[0];
    const { x, y, width, height } = pane.rect;
    this.paneCamera.copy(this.camera);
    this.frameOn(this.paneCamera, seenBy(pane));
    // three counts rows from the bottom.
    const bottom = this.viewport.height - y - height;
    this.renderer.setViewport(x, bottom, width, height);
    this.renderer.setScissor(x, bottom, width, height);
    this.renderer.setScissorTest(true);
    this.renderer.render(this.scene, this.paneCamera);
    this.renderer.setScissorTest(false);
    this.renderer.setViewport(0, 0, this.viewport.width, this.viewport.height);
  }

  /** A position of the window as the camera sees it, -1..1 to the right and upwards. */
  aim(x: number, y: number): { x: number; y: number } {
    const { origin } = this.layout.panes[paneAt(this.layout, x, y)] ?? this.layout.panes[0];
    const seen = seenByAll(this.layout);
    return {
      x: ((x - origin.x - seen.x) / seen.width) * 2 - 1,
      y: 1 - ((y - origin.y - seen.y) / seen.height) * 2,
    };
  }

  /** Window coordinates of a point of the site frame in a pane, CSS pixels; null when behind the camera. */
  project(p: Vec3, pane = 0): { x: number; y: number; depth: number } | null {
    const v = toThree(p).project(this.camera);
    if (v.z > 1 || v.z < -1) return null;
    const { origin } = this.layout.panes[pane] ?? this.layout.panes[0];
    const seen = seenByAll(this.layout);
    return {
      x: origin.x + seen.x + ((v.x + 1) / 2) * seen.width,
      y: origin.y + seen.y + ((1 - v.y) / 2) * seen.height,
      depth: v.z,
    };
  }

  private frame(time: number): void {
    this.pending = 0;
    clearTimeout(this.soon);
    this.soon = 0;
    const seconds = Math.min(0.1, this.last ? (time - this.last) / 1000 : 0.016);
    this.last = time;
    const again = this.onFrame({ seconds });
    this.renderer.clear();
    this.draw();
    if (!this.eye) this.onDrawn(); // what lies over the picture is not seen in a headset
    if (again) this.invalidate();
    else if (this.pending === 0) this.last = 0;
  }
}
