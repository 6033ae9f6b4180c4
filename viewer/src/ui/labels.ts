/** Names and annotations over the scene: real buttons, moved as the camera moves, never on top of each other. */
import { html, LitElement, nothing } from 'lit';
import type { App } from '../app/app.ts';
import { monumentOf, shownNow, words } from '../app/state.ts';
import { sizeOf } from '../core/extent.ts';
import { amount, metres } from '../core/format.ts';
import { direction, point } from '../core/frames.ts';
import { holds } from '../core/holding.ts';
import { type Area, standing } from '../core/names.ts';
import type { AnnotationEntry, MonumentEntry } from '../core/release.ts';
import { workOf } from '../core/route.ts';
import { add, corners, scale, type Vec3 } from '../core/vec.ts';
import { href, prose, told, tool } from './parts.ts';

const LABEL_LIFT_PX = 58;
const MARGIN_PX = 8;
const STEM_PX = 10; // of the line below a name, on which others may lie
const NOTE_ASIDE_PX = 26;
const OFF_SURFACE_M = 0.05;

interface Spot {
  at: Vec3;
  element: HTMLElement;
  kind: 'label' | 'mark' | 'note';
  /** Larger ones win where two would overlap; it does not depend on the camera. */
  weight: number;
}

/** Where a monument's name floats: above the middle of its roof. */
function top(monument: MonumentEntry): Vec3 {
  const { min, max } = monument.bounds;
  return point(monument.placement.site_from_monument, [(min[0] + max[0]) / 2, (min[1] + max[1]) / 2, max[2]]);
}

function anchor(monument: MonumentEntry, note: AnnotationEntry): Vec3 {
  const m = monument.placement.site_from_monument;
  const at = point(m, note.position_m);
  return note.normal ? add(at, scale(direction(m, note.normal), OFF_SURFACE_M)) : at;
}

export class Labels extends LitElement {
  static override properties = { app: { attribute: false }, state: { attribute: false } };
  declare app: App;
  declare state: App['state'];
  /** Ids of what is behind something; null while the camera moves. */
  private covered: ReadonlySet<string> | null = null;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /** The monuments whose names are shown: all in the site's view, the others beside the one that is open. */
  private get named(): readonly MonumentEntry[] {
    const { release, route, status } = this.state;
    if (!release || status !== 'ready' || route.view === 'tour' || route.view === 'compare' || workOf(route))
      return [];
    if (route.view !== 'monument' && route.view !== 'walk')
      return release.monuments.filter((m) => this.app.finding.passes(m));
    return release.monuments.filter((m) => m.id !== route.monument);
  }

  private get notes(): readonly AnnotationEntry[] {
    const { route, touring, status } = this.state;
    const monument = monumentOf(this.state);
    if (!monument || status !== 'ready') return [];
    if (route.view === 'tour') {
      const wanted = touring?.document.stops[touring.player.stop]?.annotations ?? [];
      return monument.annotations.filter((a) => wanted.includes(a.id));
    }
    if (route.view !== 'monument') return [];
    const { epoch } = shownNow(this.state, monument);
    return monument.annotations.filter((a) => holds(a, epoch) !== null);
  }

  protected override render() {
    const { state } = this;
    const monument = monumentOf(state);
    const open = this.notes.find((a) => a.id === state.annotation);
    return html`<div class="labels">
      ${this.named.map(
        (m) => html`<a
          class="label ${m.id === state.pointed ? 'pointed' : ''}"
          data-monument=${m.id}
          href=${href({ view: 'monument', monument: m.id })}
          @mouseenter=${() => this.app.finding.point(m.id)}
          @mouseleave=${() => this.app.finding.point(null)}
          @focus=${() => this.app.finding.point(m.id)}
          @blur=${() => this.app.finding.point(null)}
        >
          <span class="name">${told(state, m.title)}</span>
        </a>`,
      )}
      ${this.notes.map(
        (a, i) => html`<button
          type="button"
          class="mark-button ${this.covered?.has(a.id) ? 'covered' : ''}"
          data-annotation=${a.id}
          aria-expanded=${String(a.id === state.annotation)}
          aria-label=${words(state, a.title)}
          title=${words(state, a.title)}
          @click=${() => this.app.annotate(a.id === state.annotation ? null : a.id)}
        >
          <i aria-hidden="true">${i + 1}</i>
        </button>`,
      )}
      ${
        open && monument
          ? html`<div class="note" role="group" aria-label=${words(state, open.title)} data-note=${open.id}>
            <h3>${told(state, open.title)}</h3>
            ${tool({ name: 'close', label: state.t('close'), press: () => this.app.annotate(null) })}
            ${prose(state, open.html)} ${this.facts(open, monument)}
          </div>`
          : nothing
      }
    </div>`;
  }

  /** The term of an annotation, its measure, and whether a later survey still bears it out. */
  private facts(a: AnnotationEntry, monument: MonumentEntry): unknown {
    const { state } = this;
    const { t, language } = state;
    const term = state.release?.vocabulary.find((one) => one.id === a.term);
    const facts = [
      ...(term ? [words(state, term.label)] : []),
      ...(a.area_m2 ? [amount(a.area_m2, 'm²', language, a.area_m2 < 1 ? 3 : 2)] : []),
      ...(a.length_m ? [metres(a.length_m, language)] : []),
    ];
    const hold = holds(a, shownNow(state, monument).epoch);
    return html`${facts.length > 0 ? html`<p class="quiet">${facts.join(' · ')}</p>` : nothing}
      ${hold && hold !== 'own' ? html`<p class="quiet">${t(`mapping.${hold}`, { epoch: a.epoch ?? '' })}</p>` : nothing}`;
  }

  protected override updated(): void {
    this.follow();
  }

  private spots(): Spot[] {
    const { release } = this.state;
    const monument = monumentOf(this.state);
    const out: Spot[] = [];
    for (const element of this.querySelectorAll<HTMLElement>('[data-monument]')) {
      const m = release?.monuments.find((x) => x.id === element.dataset.monument);
      if (!m) continue;
      const weight = m.id === this.state.pointed ? Number.POSITIVE_INFINITY : sizeOf(m);
      out.push({ at: top(m), element, kind: 'label', weight });
    }
    for (const element of this.querySelectorAll<HTMLElement>('[data-annotation], [data-note]')) {
      const id = element.dataset.annotation ?? element.dataset.note;
      const a = monument?.annotations.find((x) => x.id === id);
      if (a && monument)
        out.push({
          at: anchor(monument, a),
          element,
          kind: element.dataset.note ? 'note' : 'mark',
          weight: 0,
        });
    }
    return out;
  }

  /** Where no name may stand: before the monument that is open. */
  private kept(): Area[] {
    const monument = monumentOf(this.state);
    const { view } = this.app;
    if (!monument || !view) return [];
    const { min, max } = monument.bounds;
    const seen = corners([min, max])
      .map((p) => view.stage.project(point(monument.placement.site_from_monument, p)))
      .filter((p) => p !== null);
    if (seen.length < 8) return [];
    const [xs, ys] = [seen.map((p) => p.x), seen.map((p) => p.y)];
    const [x, y] = [Math.min(...xs), Math.min(...ys)];
    return [{ x, y, w: Math.max(...xs) - x, h: Math.max(...ys) - y }];
  }

  /** Put every piece where its point is now; of names that would overlap the larger monument's stays. */
  follow(moved = false): void {
    const { view } = this.app;
    if (!view) return;
    if (moved) this.covered = null;
    // Beside an open monument the others' names come only at rest and where nothing hides what they name.
    const beside = this.state.route.view === 'monument';
    const v = view.stage.viewport;
    const placed = this.spots()
      .map((spot) => {
        const on = view.stage.project(spot.at);
        const inside =
          on !== null &&
          on.x > v.left &&
          on.x < v.width - v.right &&
          on.y > -20 &&
          on.y < v.height - v.bottom;
        return { ...spot, on: inside ? on : null };
      })
      .sort((a, b) => b.weight - a.weight);
    const names = placed.flatMap(({ on, element, kind }) => {
      const hidden = beside && (this.covered?.has(element.dataset.monument ?? '') ?? true);
      if (!on || kind !== 'label' || hidden) return [];
      const [w, h] = [element.offsetWidth, element.offsetHeight - STEM_PX];
      const x = Math.min(Math.max(on.x - w / 2, v.left + MARGIN_PX), v.width - v.right - w - MARGIN_PX);
      const y = Math.max(on.y - LABEL_LIFT_PX, MARGIN_PX);
      return [{ element, area: { x, y, w, h }, shown: element.style.visibility !== 'hidden' }];
    });
    const stand = standing(names, this.kept());
    const at = new Map<HTMLElement, { x: number; y: number }>();
    for (const [k, { element, area }] of names.entries()) if (stand[k]) at.set(element, area);
    for (const { on, element, kind } of placed) {
      if (on && kind !== 'label') at.set(element, kind === 'note' ? this.noteAt(on, element) : on);
    }
    for (const { element } of placed) {
      const found = at.get(element);
      if (found) element.style.transform = `translate(${found.x.toFixed(1)}px, ${found.y.toFixed(1)}px)`;
      element.style.visibility = found ? '' : 'hidden';
    }
  }

  /** A note stands beside its mark where there is room on the right, else below it. */
  private noteAt(on: { x: number; y: number }, element: HTMLElement): { x: number; y: number } {
    const v = this.app.view!.stage.viewport;
    const [w, h] = [element.offsetWidth, element.offsetHeight];
    const right = on.x + NOTE_ASIDE_PX + w < v.width - v.right - MARGIN_PX;
    const x = right
      ? on.x + NOTE_ASIDE_PX
      : Math.max(v.left + MARGIN_PX, Math.min(on.x - w / 2, v.width - v.right - w - MARGIN_PX));
    const y = right ? on.y - 30 : on.y + 30;
    return { x, y: Math.min(Math.max(y, MARGIN_PX), v.height - v.bottom - h - MARGIN_PX) };
  }

  /** Find out what is behind something; asked when the picture has come to rest. */
  checkCovered(): void {
    const { view } = this.app;
    if (!view) return;
    const monument = monumentOf(this.state);
    const points = [
      ...this.named.map((m) => [m.id, top(m)] as const),
      ...(monument ? this.notes.map((a) => [a.id, anchor(monument, a)] as const) : []),
    ];
    this.covered = new Set(points.filter(([, at]) => view.covered(at)).map(([id]) => id));
    this.requestUpdate();
  }
}

customElements.define('heritage-labels', Labels);
