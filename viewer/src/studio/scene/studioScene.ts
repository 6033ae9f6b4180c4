/** The visitor's page as the studio handles it: the draft in the visitors' player, and what is made by doing it. */
import type { App } from '../../app/app.ts';
import { idOf, monumentOf, shownNow } from '../../app/state.ts';
import { pathAround } from '../../core/around.ts';
import { inverse, point, poseOf } from '../../core/frames.ts';
import type { Look } from '../../core/look.ts';
import { boxMark, type Mark, pathMark } from '../../core/marks.ts';
import { eyeOf, type Orbit, orbitOf } from '../../core/orbit.ts';
import type { CleaningDocument, ShownEntry, StopEntry, TourDocument } from '../../core/release.ts';
import { formatRoute, type Route } from '../../core/route.ts';
import { cutOf, formatCut } from '../../core/section.ts';
import { length, mix, sub, type Vec3 } from '../../core/vec.ts';
import type { Cloud } from '../cleaning/cloud.ts';
import { draftEntry } from '../core/preview.ts';
import type { FlightPoint, Json, Pose, Shown } from '../core/tour.ts';
import type { Model } from '../placement/model.ts';
import { framesOf } from './framing.ts';
import type { Frames, Handle, ShownNow } from './handle.ts';
import { centimetres, onlySet, poseNow, poseOfStop } from './written.ts';

const LEGS = 48;

const shownOf = ({ epoch, state }: ShownEntry): Shown =>
  epoch !== null ? { epoch } : { state: state ?? '' };
const two = (n: number) => String(n).padStart(2, '0');

export class StudioScene implements Handle {
  readonly app: App;
  onChange: () => void = () => {};
  private wanted: { fit: Pose['fit_m'] | null; flight: boolean } = { fit: null, flight: false };
  private drawn: readonly Mark[] = [];

  constructor(app: App) {
    this.app = app;
    // What an editor looks at is nobody's place in a tour.
    app.tours.shared = true;
    const draw = app.onState;
    app.onState = () => {
      draw();
      // A stop's own marks come after these and replace them.
      if (this.drawn.some((mark) => !app.state.marks.includes(mark)) && app.state.touring) this.redraw();
      this.onChange();
    };
  }

  async draft(document: TourDocument, stop: string): Promise<void> {
    const { app } = this;
    const { release, route } = app.state;
    if (!release || !app.view) return;
    const entry = draftEntry(document);
    const others = release.tours.filter((t) => t.id !== document.id);
    app.supply(entry.url, document);
    const { current } = app.tours;
    const stays =
      current?.state.wandering &&
      route.view === 'tour' &&
      route.tour === document.id &&
      current.stop.id === stop;
    const before = stays ? app.view.rig.orbit : null;
    const { playing } = current?.state ?? { playing: false };
    if (playing) return; // a preview under way is not torn off; what has changed comes when it is over
    app.tours.end();
    app.set({ release: { ...release, tours: [...others, entry] } });
    history.replaceState(null, '', formatRoute({ view: 'tour', tour: document.id, stop }));
    app.address.enter(true);
    // The player is fetched with the first tour.
    for (let k = 0; k < 100 && !app.tours.current; k++) await new Promise((r) => setTimeout(r, 30));
    app.tours.current?.send({ type: 'cut' });
    if (before) {
      app.tours.play({ type: 'wander' });
      app.view.place(before);
    }
    this.redraw();
  }

  play(playing: boolean): void {
    this.app.tours.play({ type: playing ? 'play' : 'pause' });
  }

  explore(monument: string): void {
    const { app } = this;
    const { comparing, touring } = app.state;
    const orbit = app.view?.rig.orbit;
    const stop = touring?.document.stops[touring.player.stop];
    const look: Partial<Look> = orbit ? { camera: orbit } : {};
    let route: Route = { view: 'monument', monument };
    if (stop?.section) {
      route = { view: 'section', monument };
      look.cut = formatCut(cutOf(stop.section.plane));
    } else if (stop?.compare && comparing) {
      const { left, right, mode } = stop.compare;
      route = { view: 'compare', monument, left: idOf(left), right: idOf(right), mode };
      look.position = comparing.position;
    } else if (stop?.show) look.shown = idOf(stop.show);
    app.tours.end();
    this.drawn = [];
    app.address.go(route, look);
    if (stop?.sun) app.shine(stop.sun);
  }

  bare(bare: boolean): void {
    document.documentElement.classList.toggle('bare', bare);
    window.dispatchEvent(new Event('resize'));
  }

  now(): ShownNow | null {
    const { app } = this;
    const { state, view } = app;
    const monument = monumentOf(state);
    if (!monument || !view) return null;
    const { comparing, route, sun, touring } = state;
    const mode = app.comparing.mode;
    const stop = touring?.document.stops[touring.player.stop];
    const cut = route.view === 'section' ? app.bench?.sectioning.state?.cut : null;
    const section: Json | undefined = cut
      ? cut.kind === 'axis'
        ? { across: cut.axis, at_m: cut.at_m }
        : { from_m: [...cut.from], to_m: [...cut.to] }
      : stop?.section
        ? onlySet(stop.section.plane)
        : undefined;
    return {
      // A camera that nobody has taken stands where the stop says, however far this window makes it back off.
      view:
        touring && !touring.player.wandering && stop ? poseOfStop(stop) : poseNow(view.rig.orbit, monument),
      ...(mode && comparing
        ? {
            compare: {
              left: shownOf(comparing.left),
              right: shownOf(comparing.right),
              mode,
              position: Math.round(comparing.position * 100) / 100,
            },
          }
        : { show: shownOf(shownNow(state, monument)) }),
      ...(section ? { section } : {}),
      ...(sun
        ? { sun: { day: sun.date, time: `${two(Math.floor(sun.minutes / 60))}:${two(sun.minutes % 60)}` } }
        : {}),
      annotation: state.annotation,
    };
  }

  pick(take: ((at: Vec3) => void) | null): void {
    const { app } = this;
    app.picking.end();
    if (!take) return;
    app.picking.begin((picked) => {
      app.picking.end();
      take(centimetres(picked.position_m));
    });
  }

  draw(what: { fit: Pose['fit_m'] | null; flight: boolean }): void {
    this.wanted = what;
    this.redraw();
  }

  overlook(): void {
    const flight = this.flight();
    const { view } = this.app;
    if (!flight || !view) return;
    const eyes = flight.map(eyeOf);
    const ends = [...eyes, flight.at(-1)!.target];
    const middle = mix(eyes[0]!, ends.at(-1)!, 0.5);
    const reach = Math.max(...ends.map((p) => length(sub(p, middle))), 4);
    this.app.tours.play({ type: 'wander' });
    const { heading } = view.rig.orbit;
    view.fly({ target: middle, distance: reach * 2.6, heading, pitch: 0.75, fovDeg: 50 }, 1);
  }

  visit({ eye_m, target_m }: FlightPoint): void {
    const { app } = this;
    const monument = monumentOf(app.state);
    if (!monument || !app.view) return;
    const place = (p: Vec3) => point(monument.placement.site_from_monument, p);
    app.tours.play({ type: 'wander' });
    app.view.fly(orbitOf(place(eye_m), place(target_m), app.view.rig.orbit.fovDeg), 1);
  }

  present(): Pose | null {
    const monument = monumentOf(this.app.state);
    return monument && this.app.view ? poseNow(this.app.view.rig.orbit, monument) : null;
  }

  frames(pose: Pose): Frames | null {
    const { app } = this;
    const monument = monumentOf(app.state);
    const { view } = app;
    if (!monument || !view) return null;
    return framesOf(view.stage, pose, monument);
  }

  async cloud(monument: string, epoch: string): Promise<Cloud | null> {
    const { app } = this;
    const entry = app.state.release?.monuments.find((m) => m.id === monument);
    const survey = entry?.epochs.find((e) => e.id === epoch);
    if (!entry || !survey?.cleaning || !survey.points_tileset || !app.view) return null;
    const [made, { Cloud }] = await Promise.all([
      app.document<CleaningDocument>(survey.cleaning),
      import('../cleaning/cloud.ts'),
    ]);
    return new Cloud(app, entry, survey, made);
  }

  async model(monument: string): Promise<Model | null> {
    const { app } = this;
    const entry = app.state.release?.monuments.find((m) => m.id === monument);
    const { Model } = await import('../placement/model.ts');
    return entry && app.view ? new Model(app, entry) : null;
  }

  /** The camera's way from the stop before to the one that is shown, in this window; site frame. */
  private flight(): Orbit[] | null {
    const { view, state } = this.app;
    const monument = monumentOf(state);
    const { touring } = state;
    const [stop, before] = [0, -1].map((k) => touring?.document.stops[touring.player.stop + k]);
    if (!view || !monument || !stop || !before || stop.easing === 'cut') return null;
    const place = (v: StopEntry['view']) => poseOf(v, monument.placement.site_from_monument);
    const via = stop.via.map((waypoint) => {
      const pose = place({ ...stop.view, ...waypoint });
      return orbitOf(pose.eye, pose.target, pose.fovDeg);
    });
    const path = pathAround(view.framed(place(before.view)), view.framed(place(stop.view)), via);
    return Array.from({ length: LEGS + 1 }, (_, k) => path(k / LEGS));
  }

  private redraw(): void {
    const { app } = this;
    const monument = monumentOf(app.state);
    if (!monument) return;
    const marks: Mark[] = [];
    if (this.wanted.fit) {
      const [a, b] = this.wanted.fit;
      marks.push(boxMark({ min: a, max: b }, null));
    }
    const flight = this.wanted.flight ? this.flight() : null;
    if (flight) {
      const monument_from_site = inverse(monument.placement.site_from_monument);
      const eyes = flight.map((o) => point(monument_from_site, eyeOf(o)));
      marks.push({ ...pathMark(eyes, false, null), dots: false });
      // The points it bends towards.
      const { touring } = app.state;
      const points = touring?.document.stops[touring.player.stop]?.via ?? [];
      points.forEach(({ eye_m }, k) => {
        marks.push({ ...pathMark([eye_m as Vec3], false, String(k + 1)), lines: [] });
      });
    }
    const others = app.state.marks.filter((mark) => !this.drawn.includes(mark));
    // Before the state is set: its change is told to this scene as well.
    this.drawn = marks;
    if (others.length !== app.state.marks.length || marks.length > 0)
      app.set({ marks: [...others, ...marks] });
  }
}
