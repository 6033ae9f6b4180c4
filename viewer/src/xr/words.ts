/** What the boards say, in the visitor's language: the stop, what is shown, what can be pressed. */
import type { App } from '../app/app.ts';
import { conditionName, monumentOf, shownNow, words } from '../app/state.ts';
import { direction, type LangText, pick, spokenIn } from '../core/i18n.ts';
import type { ShownEntry } from '../core/release.ts';
import { standing } from '../ui/parts.ts';
import type { BoardWords, Told } from './leaf.ts';

/** The words of marked-up text; paragraphs are kept apart. */
export function plain(html: string): string {
  const page = new DOMParser().parseFromString(html.replace(/<\/(p|li|h\d)>/g, '$&\n\n'), 'text/html');
  return (page.body.textContent ?? '').trim();
}

/** What is compared, and which of the two is seen: `held` is the one that the trigger shows. */
export function comparedOf(app: App, held: boolean): { shown: ShownEntry; other: ShownEntry } | null {
  const { comparing } = app.state;
  if (!comparing) return null;
  const { left, right } = comparing;
  return held ? { shown: left, other: right } : { shown: right, other: left };
}

const speech = (app: App) => {
  const { language } = app.state;
  return { spoken: spokenIn(language), rtl: direction(language) === 'rtl' };
};

export interface BoardState {
  page: number;
  pages: number;
  vignette: boolean;
  /** The ground where the visitor wants to go is not there yet, or cannot be had. */
  notice: string | null;
}

/** The board beside the visitor. */
export function boardWords(app: App, { page, pages, vignette, notice }: BoardState): BoardWords {
  const { state } = app;
  const { t, touring } = state;
  const monument = monumentOf(state);
  const stop = touring?.document.stops[touring.player.stop];
  const last = touring ? touring.player.stop === touring.document.stops.length - 1 : true;
  const release = state.release!;
  const told = (text: LangText): Told => pick(text, state.language, release.languages);
  const about = told(monument?.html ?? release.html);
  const { spoken, rtl } = speech(app);
  return {
    spoken,
    rtl,
    kicker: stop
      ? {
          text: `${t('tour.stop', { number: touring!.player.stop + 1, total: touring!.document.stops.length })} · ${words(state, touring!.document.title)}`,
          language: spoken,
        }
      : told(release.title),
    title: told(stop?.title ?? monument?.title ?? release.title),
    text: stop ? told(stop.text) : { ...about, text: plain(about.text) },
    page,
    paging: (at, of) => t('vr.page', { page: at, pages: of }),
    notice: notice ? t(notice) : touring?.player.finished ? t('tour.finished') : '',
    note: t(app.comparing.mode ? 'vr.grip' : 'vr.help'),
    buttons: [
      ...(touring
        ? [
            ...(touring.player.stop > 0 ? [{ id: 'previous', label: t('tour.previous') }] : []),
            { id: 'play', label: t(touring.player.playing ? 'tour.pause' : 'tour.play') },
            ...(last ? [] : [{ id: 'next', label: t('tour.next') }]),
          ]
        : []),
      ...(pages > 1 ? [{ id: 'more', label: t('vr.more') }] : []),
      { id: 'vignette', label: t('vr.vignette'), pressed: vignette },
      { id: 'leave', label: t('vr.leave') },
    ],
  };
}

/** The line below the view: what is shown, what the voice says. `held`: the trigger shows the other condition. */
export function lineWords(app: App, held: boolean, eyes: boolean, figures: string): BoardWords {
  const { state } = app;
  const { t, touring } = state;
  const monument = monumentOf(state);
  const compared = comparedOf(app, held);
  const shown = compared?.shown ?? (monument ? shownNow(state, monument) : null);
  const claim = monument && shown ? standing(state, monument, shown) : null;
  const change = app.comparing.mode === 'change' && compared && monument && !held;
  const name = (of: ShownEntry) => conditionName(state, monument!, of);
  return {
    ...speech(app),
    ...(claim
      ? {
          claim: change
            ? {
                interpreted: false,
                text: t('claim.change', { left: name(compared.other), right: name(compared.shown) }),
              }
            : { interpreted: claim.interpreted, text: claim.text },
        }
      : {}),
    text: {
      text: touring?.captions && touring.player.playing ? touring.caption : '',
      language: state.language,
    },
    note: figures,
    notice: eyes ? t('vr.eyes') : compared && !held ? t('vr.hold', { name: name(compared.other) }) : '',
  };
}
