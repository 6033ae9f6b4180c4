/** The light on what is not measured: a pleasant one of no particular hour, or the sun of a date, time and place. */
import { Color, DirectionalLight, HemisphereLight, LinearSRGBColorSpace, type Scene, Vector3 } from 'three';
import type { Orbit } from '../core/orbit.ts';
import { brightness, type SunPosition, smooth } from '../core/sun.ts';
import { handheld } from './device.ts';

const MAP_LIGHT = new Vector3(-0.6, 1, 0.5).normalize(); // three's axes: from the south-west and high
const MAP_SUN = 2.1;
const MAP_SKY = 1.7;
const SHADOW_REACH: readonly [number, number] = [50, 450]; // metres around the target: sharp near by, enough far off
const LOWEST_DEG = 1; // a lower sun casts shadows without end

const SUN_SHARE = 0.52; // of the light on level ground under a high sun; the rest is the sky's
const MOST_SUN = 2.7; // a low sun hardly lights the ground, and must not burn the walls that face it

const rgb = (r: number, g: number, b: number) => new Color().setRGB(r, g, b, LinearSRGBColorSpace);
const HIGH = rgb(1, 0.96, 0.88);
const LOW = rgb(1, 0.6, 0.33);
const SKY = { day: new Color('#e6edf4'), dusk: new Color('#e3d3d0'), night: new Color('#93a8e0') };

export class Daylight {
  private readonly sun = new DirectionalLight(HIGH.clone(), MAP_SUN);
  private readonly sky = new HemisphereLight(0xdfe8f2, 0x8a7f70, MAP_SKY);
  private direction = MAP_LIGHT.clone();
  private centre = new Vector3(Number.NaN, 0, 0);
  private reach = 0;

  constructor(scene: Scene) {
    scene.add(this.sun, this.sun.target, this.sky);
    const { shadow } = this.sun;
    const side = handheld() ? 1024 : 2048;
    shadow.mapSize.set(side, side);
    shadow.bias = -0.0004;
    this.sun.position.copy(MAP_LIGHT);
  }

  /** Whether the sun casts shadows. */
  get shadows(): boolean {
    return this.sun.castShadow;
  }

  /** Shine as the sun at a position, or, without one, as the light of the map. */
  set(position: SunPosition | null): void {
    if (!position) {
      this.direction.copy(MAP_LIGHT);
      this.sun.color.copy(HIGH);
      this.sun.intensity = MAP_SUN;
      this.sky.intensity = MAP_SKY;
      this.sky.color.set('#dfe8f2');
      this.sun.castShadow = false;
    } else {
      const { azimuthDeg, elevationDeg } = position;
      const [a, e] = [(azimuthDeg * Math.PI) / 180, (elevationDeg * Math.PI) / 180];
      this.direction.set(Math.sin(a) * Math.cos(e), Math.sin(e), -Math.cos(a) * Math.cos(e));
      const level = Math.PI * brightness(elevationDeg);
      const direct = SUN_SHARE * smooth(-1, 25, elevationDeg) * level;
      const up = Math.sin(Math.max(e, 0.01));
      this.sun.color.lerpColors(LOW, HIGH, smooth(0, 28, elevationDeg));
      // The sun's own light comes and goes within four degrees.
      this.sun.intensity = Math.max(
        Math.min(direct / up, MOST_SUN),
        MOST_SUN * smooth(-1, 3, elevationDeg) * (1 - smooth(3, 20, elevationDeg)),
      );
      this.sky.intensity = Math.max(0, level - this.sun.intensity * Math.max(0, Math.sin(e)));
      this.sky.color
        .copy(SKY.night)
        .lerp(SKY.dusk, smooth(-8, -1, elevationDeg))
        .lerp(SKY.day, smooth(2, 14, elevationDeg));
      this.sun.castShadow = elevationDeg > LOWEST_DEG;
    }
    this.centre.x = Number.NaN; // place the light anew
  }

  /** Keep the shadows around what is looked at; true where they must be drawn anew. */
  follow({ target, distance }: Orbit): boolean {
    const [least, most] = SHADOW_REACH;
    const reach = Math.min(most, Math.max(least, distance * 1.1));
    const centre = new Vector3(target[0], target[2], -target[1]);
    const near = centre.distanceTo(this.centre) < this.reach * 0.25;
    if (near && reach < this.reach * 1.4 && reach > this.reach * 0.6) return false;
    this.centre.copy(centre);
    this.reach = reach;
    const { camera } = this.sun.shadow;
    camera.left = camera.bottom = -reach;
    camera.right = camera.top = reach;
    camera.near = 1;
    camera.far = 8 * reach;
    camera.updateProjectionMatrix();
    this.sun.shadow.normalBias = reach / 700;
    this.sun.target.position.copy(centre);
    this.sun.position.copy(centre).addScaledVector(this.direction, 4 * reach);
    this.sun.target.updateMatrixWorld();
    return true;
  }
}
