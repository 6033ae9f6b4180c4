/** What conservators and surveyors do with a monument: measuring, sections, elevations. Loaded when first wanted. */
import type { Look } from '../core/look.ts';
import type { Release } from '../core/release.ts';
import type { Work } from '../core/route.ts';
import { Reader } from '../scene/read.ts';
import type { App } from './app.ts';
import { Elevating } from './elevating.ts';
import { Mapping } from './mapping.ts';
import { Measuring } from './measuring.ts';
import { Sectioning } from './sectioning.ts';

export class Workbench {
  private readonly app: App;
  readonly reader: Reader;
  readonly measuring: Measuring;
  readonly sectioning: Sectioning;
  readonly elevating: Elevating;
  readonly mapping: Mapping;

  constructor(app: App, release: Release) {
    this.app = app;
    this.reader = new Reader(app.state.base, release);
    this.measuring = new Measuring(app, this);
    this.sectioning = new Sectioning(app, this);
    this.elevating = new Elevating(app, this);
    this.mapping = new Mapping(app, this);
  }

  enter(work: Work, look: Look): void {
    this.of(work).enter(look);
  }

  /** What does a work. */
  of(work: Work) {
    const { measuring: measure, sectioning: section, elevating: elevation, mapping } = this;
    return { measure, section, elevation, mapping }[work];
  }

  /** Take back the last point. */
  undo(): void {
    const { view } = this.app.state.route;
    if (view === 'mapping') this.mapping.undo();
    else if (view === 'measure') this.measuring.undo();
  }

  /** Another condition is shown. */
  follow(): void {
    this.mapping.follow();
    this.elevating.follow();
  }

  /** Stop what is on its way. */
  leave(): void {
    this.mapping.leave();
    this.sectioning.leave();
    this.elevating.leave();
  }
}
