/** What the studio's page asks of the scene in its frame. */
import type { App } from '../../app/app.ts';
import type { TourDocument } from '../../core/release.ts';
import type { Vec3 } from '../../core/vec.ts';
import type { Cloud } from '../cleaning/cloud.ts';
import type { FlightPoint, Pose, Stop } from '../core/tour.ts';
import type { Model } from '../placement/model.ts';

/** What is on screen now, as a stop would say it. */
export interface ShownNow {
  view: Pose;
  show?: Stop['show'];
  compare?: Stop['compare'];
  section?: Stop['section'];
  sun?: Stop['sun'];
  /** The annotation that is open. */
  annotation: string | null;
}

export interface Frames {
  phone: HTMLCanvasElement;
  desktop: HTMLCanvasElement;
}

export interface Handle {
  readonly app: App;
  /** Told when anything of the scene's state has changed. */
  onChange: () => void;
  /** Show the draft at a stop, paused there; the camera stays where it is if it was taken at this stop. */
  draft: (document: TourDocument, stop: string) => Promise<void>;
  /** Play the draft as a visitor sees it, from the stop it is at; false: back to making it. */
  play: (playing: boolean) => void;
  /** Let the person look about in the monument with all of the visitor's tools, beginning with what the stop shows. */
  explore: (monument: string) => void;
  /** Take away what is not the scene itself. */
  bare: (bare: boolean) => void;
  now: () => ShownNow | null;
  /** Ask for one point of the surface; null ends the asking. */
  pick: (take: ((point: Vec3) => void) | null) => void;
  /** Draw a stop's box, and the flight to it. */
  draw: (what: { fit: Pose['fit_m'] | null; flight: boolean }) => void;
  /** Bring the whole flight to the stop into view. */
  overlook: () => void;
  /** Fly to a point of a flight. */
  visit: (at: FlightPoint) => void;
  /** Where the camera is, whatever the stop says. */
  present: () => Pose | null;
  /** The labelled points of a survey; null where the release has none, or is too old to say how they were cleaned. */
  cloud: (monument: string, epoch: string) => Promise<Cloud | null>;
  /** A monument, to be stood elsewhere than the release has it; null where there is none. */
  model: (monument: string) => Promise<Model | null>;
  /** How a pose is framed on a phone and on a desktop. */
  frames: (view: Pose) => Frames | null;
}

/** Sent to the frame's element when the scene stands. */
export const READY = 'heritage-scene';
