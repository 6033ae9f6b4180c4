import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TourDocument } from '../../src/core/release.ts';
import { type Api, type Finding, type Opened, Refusal } from '../../src/studio/core/api.ts';
import { type Fields, ONE_VALUE, ORDER, RECORD, TOUR } from '../../src/studio/core/fields.ts';
import { History } from '../../src/studio/core/history.ts';
import { idFrom } from '../../src/studio/core/ids.ts';
import { decided, merged, mergedOrder } from '../../src/studio/core/merge.ts';
import { draftDocument, readingSeconds } from '../../src/studio/core/preview.ts';
import { type Put, type Reply, Saver } from '../../src/studio/core/saver.ts';
import {
  accept,
  acceptedAt,
  addStop,
  duplicateStop,
  freeId,
  idProblem,
  idsOf,
  type Json,
  moveStop,
  removeStop,
  renameStop,
  setStop,
  setStopWords,
  setTourWords,
  stopOf,
  type Tour,
  titleOf,
} from '../../src/studio/core/tour.ts';
import { wavOf } from '../../src/studio/core/wav.ts';
import { Editing } from '../../src/studio/editing.ts';
import { Opening } from '../../src/studio/opening.ts';
import { Pages } from '../../src/studio/pages.ts';
import { Recording } from '../../src/studio/recording.ts';
import { Studio } from '../../src/studio/studio.ts';

const words = (title: string) => ({
  title,
  introduction: '',
  stops: {
    gate: { title: 'The gate', text: 'Stone.' },
    court: { title: null, text: 'Wide.' },
    hall: { title: 'The hall', text: 'Wood.' },
  },
});
const TOUR_0: Tour = {
  tour: {
    monument: 'thai-hoa',
    take_along_mb: 60,
    stops: [
      {
        id: 'gate',
        view: { eye_m: [1, 2, 3], target_m: [0, 0, 0] },
        dwell_s: 4,
        narration: { vi: 'media/a.mp3' },
      },
      { id: 'court', move: { seconds: 3, easing: 'smooth' } },
      { id: 'hall', annotations: ['dragon'] },
    ],
  },
  words: { en: words('Around the hall'), vi: words('Quanh điện') },
};

/** A source of numbers that is the same in every run. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Any change that the page can make. */
function change(tour: Tour, dice: (below: number) => number): Tour {
  const ids = idsOf(tour);
  const id = ids[dice(ids.length)]!;
  const n = dice(1000);
  return [
    () => addStop(tour, dice(2) ? id : null, { dwell_s: n }).tour,
    () => duplicateStop(tour, id).tour,
    () => removeStop(tour, id),
    () => moveStop(tour, id, dice(ids.length)),
    () => renameStop(tour, id, `name-${n}`),
    () => setStop(tour, id, { dwell_s: dice(2) ? n : undefined, narration: { vi: `media/${n}.mp3` } }),
    () => setStop(tour, id, { view: { eye_m: [n, 0, 0], target_m: [0, 0, 0] } }),
    () => setStopWords(tour, dice(2) ? 'en' : 'vi', id, { text: `words ${n}` }),
    () => setTourWords(tour, 'en', { title: `title ${n}` }),
  ][dice(9)]!();
}

/** In the describe it is called in, time is the test's own and a browser keeps nothing. */
function timed(): void {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => {}, removeItem: () => {} });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
}

describe('a tour’s operations', () => {
  it('adds a stop with empty words in every language', () => {
    const { tour, id } = addStop(TOUR_0, 'gate', {});
    expect(idsOf(tour)).toEqual(['gate', id, 'court', 'hall']);
    expect(tour.words.vi!.stops[id]).toEqual({ title: null, text: '' });
    expect(TOUR_0.tour.stops).toHaveLength(3);
  });
  it('duplicates with the words and renames with them', () => {
    const { tour, id } = duplicateStop(TOUR_0, 'gate');
    expect(idsOf(tour)).toEqual(['gate', id, 'court', 'hall']);
    const renamed = renameStop(tour, id, 'second-gate');
    expect(renamed.words.vi!.stops['second-gate']!.text).toBe('Stone.');
    expect(renamed.words.vi!.stops[id]).toBeUndefined();
    expect(renameStop(tour, 'gate', 'court')).toBe(tour);
  });
  it('says what is no id', () => {
    expect(idProblem(TOUR_0, 'gate', 'Gate')).toBe('form');
    expect(idProblem(TOUR_0, 'gate', 'court')).toBe('taken');
    expect(idProblem(TOUR_0, 'gate', 'gate')).toBeNull();
    expect(freeId(TOUR_0, 'gate')).toBe('gate-2');
  });
  it('keeps the last stop', () => {
    const one = removeStop(removeStop(TOUR_0, 'gate'), 'court');
    expect(removeStop(one, 'hall')).toBe(one);
  });
  it('takes a field away when it is set to nothing', () => {
    expect('dwell_s' in stopOf(setStop(TOUR_0, 'gate', { dwell_s: undefined }), 'gate')!).toBe(false);
  });
  it('names a stop by its title, another language’s, or its id', () => {
    expect(titleOf(TOUR_0, 'gate', 'fr')).toBe('The gate');
    expect(titleOf(TOUR_0, 'court', 'en')).toBe('court');
  });
});

describe('accepted findings', () => {
  it('stand at their stop or with the whole tour, each a field, and leave nothing behind', () => {
    const at = accept(accept(TOUR_0, 'hall', 'view-hidden', 'on purpose'), 'hall', 'flight-fast', 'a dive');
    expect(acceptedAt(at, 'hall')).toEqual({ 'view-hidden': 'on purpose', 'flight-fast': 'a dive' });
    expect(TOUR.apart(at).get('stops/hall/accept/view-hidden')).toBe('on purpose');
    const whole = accept(at, null, 'translation-empty', 'in May');
    expect(acceptedAt(whole, null)).toEqual({ 'translation-empty': 'in May' });
    expect(TOUR.together(TOUR.apart(whole))).toEqual(whole);
    const none = ['view-hidden', 'flight-fast'].reduce(
      (tour, code) => accept(tour, 'hall', code, null),
      whole,
    );
    expect(accept(none, null, 'translation-empty', null)).toEqual(TOUR_0);
  });
});

describe('fields', () => {
  it('come together to what they were, whatever was changed', () => {
    const dice = chance(1);
    let tour = TOUR_0;
    for (let k = 0; k < 300; k++) {
      tour = change(tour, dice);
      expect(TOUR.together(TOUR.apart(tour))).toEqual(tour);
    }
  });
  it('of any other document as well', () => {
    const record = { title: { en: 'Gate' }, epochs: [{ id: '2019' }], clean: {}, note: null };
    expect(RECORD.together(RECORD.apart(record))).toEqual(record);
  });
});

describe('undo and redo', () => {
  it('go back to the beginning and forward to the end, over 400 steps of every kind and a page’s end', () => {
    const dice = chance(7);
    let history = new History(TOUR, TOUR_0);
    // As a tab keeps them (drawer.ts).
    const reload = () => {
      const [value, steps] = JSON.parse(JSON.stringify([history.now, history.steps]));
      history = new History(TOUR, value, steps);
    };
    const seen = [TOUR_0];
    for (let k = 0; k < 400; k++) {
      const next = change(history.now, dice);
      history.do(next, { key: 'step' });
      if (JSON.stringify(next) !== JSON.stringify(seen.at(-1))) seen.push(next);
    }
    [...seen].reverse().forEach((value, k) => {
      if (k > 0) history.undo();
      expect(history.now).toEqual(value);
      if (k % 90 === 45) reload();
    });
    expect(history.undoName).toBeNull();
    seen.forEach((value, k) => {
      if (k > 0) history.redo();
      expect(history.now).toEqual(value);
      if (k % 90 === 45) reload();
    });
    expect(history.redoName).toBeNull();
  });
  it('take letters typed into one field as one step, others apart', () => {
    const history = new History(TOUR, TOUR_0);
    const type = (text: string, at: number) =>
      history.do(setStopWords(history.now, 'en', 'gate', { text }), { key: 'text' }, 'en/gate/text', at);
    type('S', 0);
    type('St', 500);
    type('Sto', 900);
    type('Ston', 9000);
    const reloaded = new History(TOUR, history.now, history.steps);
    reloaded.do(
      setStopWords(reloaded.now, 'en', 'gate', { text: 'Stone' }),
      { key: 'text' },
      'en/gate/text',
      9100,
    );
    reloaded.undo();
    expect(reloaded.now).toEqual(history.now);
    history.undo();
    expect(history.now.words.en!.stops.gate!.text).toBe('Sto');
    history.undo();
    expect(history.now).toEqual(TOUR_0);
  });
  it('leave alone what somebody else changed meanwhile', () => {
    const history = new History(TOUR, TOUR_0);
    history.do(setStop(history.now, 'gate', { dwell_s: 9 }), { key: 'dwell' });
    history.do(moveStop(history.now, 'gate', 2), { key: 'move' });
    const theirs = addStop(setStopWords(history.now, 'en', 'hall', { text: 'Theirs.' }), 'court', {});
    history.adopt(theirs.tour);
    history.undo();
    history.undo();
    expect(stopOf(history.now, 'gate')!.dwell_s).toBe(4);
    expect(history.now.words.en!.stops.hall!.text).toBe('Theirs.');
    expect(idsOf(history.now).filter((id) => id !== theirs.id)).toEqual(['gate', 'court', 'hall']);
    expect(idsOf(history.now)).toContain(theirs.id);
  });
});

describe('bringing two people’s changes together', () => {
  const merge = (base: Tour, mine: Tour, theirs: Tour) => {
    const { fields, clashes } = merged(TOUR.apart(base), TOUR.apart(mine), TOUR.apart(theirs));
    return { tour: TOUR.together(fields), clashes };
  };
  it('is the other’s where one has changed nothing, over 300 random pairs', () => {
    const dice = chance(3);
    let base = TOUR_0;
    for (let k = 0; k < 300; k++) {
      const next = change(change(base, dice), dice);
      expect(merge(base, next, base)).toEqual({ tour: next, clashes: [] });
      expect(merge(base, base, next)).toEqual({ tour: next, clashes: [] });
      expect(merge(base, next, next)).toEqual({ tour: next, clashes: [] });
      base = k % 10 === 9 ? TOUR_0 : next;
    }
  });
  it('never loses a stop that one has added, nor a word that one has written', () => {
    const dice = chance(11);
    for (let k = 0; k < 300; k++) {
      const [mine, theirs] = [change(change(TOUR_0, dice), dice), change(change(TOUR_0, dice), dice)];
      const { tour, clashes } = merge(TOUR_0, mine, theirs);
      const told = JSON.stringify(clashes) + JSON.stringify(tour);
      for (const one of [mine, theirs]) {
        for (const id of idsOf(one)) if (!stopOf(TOUR_0, id)) expect(idsOf(tour)).toContain(id);
        for (const { text } of Object.values(one.words.en!.stops)) {
          if (text.startsWith('words ')) expect(told).toContain(text);
        }
      }
      expect(new Set(idsOf(tour)).size).toBe(idsOf(tour).length);
      // Every stop has its words in every language, and no words are without a stop.
      for (const said of Object.values(tour.words))
        expect(Object.keys(said.stops).sort()).toEqual(idsOf(tour).sort());
    }
  });
  it('is what the server’s merger makes of it', () => {
    // The same cases hold for heritage/text/merge.py in tests/text/test_merge.py.
    const table = JSON.parse(readFileSync(join(import.meta.dirname, 'merge-cases.json'), 'utf8'));
    const edited = (fields: Fields, change: Record<string, Json>): Fields => {
      const out = new Map(fields);
      for (const [field, value] of Object.entries(change))
        if (value === null) out.delete(field);
        else out.set(field, value);
      return out;
    };
    const base = TOUR.apart(table.base);
    for (const { name, mine, theirs, order, clashes } of table.cases) {
      const found = merged(base, edited(base, mine), edited(base, theirs));
      expect(found.clashes.map((c) => c.field).sort(), name).toEqual(clashes);
      const both = edited(edited(edited(base, mine), theirs), order ? { [ORDER]: order } : {});
      if (clashes.length === 0) expect(TOUR.together(found.fields), name).toEqual(TOUR.together(both));
    }
  });
  it('takes apart what the server’s merger takes apart', () => {
    const source = readFileSync(join(import.meta.dirname, '../../../heritage/text/merge.py'), 'utf8');
    const [, keys] = /^ONE_VALUE: Final = frozenset\(\s*\[([^\]]*)\]/m.exec(source)!;
    expect([...keys!.matchAll(/"(\w+)"/g)].map((m) => m[1])).toEqual(ONE_VALUE);
  });
  it('keeps both of two stops that were added at once', () => {
    const [mine, theirs] = ['-1a2b', '-3c4d'].map((mark) => addStop(TOUR_0, null, {}, mark).tour);
    const { tour, clashes } = merge(TOUR_0, mine!, theirs!);
    expect(idsOf(tour)).toHaveLength(5);
    expect(clashes).toEqual([]);
  });
  it('keeps both moves of different stops', () => {
    expect(mergedOrder(['a', 'b', 'c', 'd'], ['b', 'a', 'c', 'd'], ['a', 'b', 'd', 'c'])).toEqual([
      'b',
      'a',
      'd',
      'c',
    ]);
  });
  it('shows a clash with all three sides, and follows the decision', () => {
    const mine = setStop(TOUR_0, 'gate', { dwell_s: 5 });
    const theirs = setStop(TOUR_0, 'gate', { dwell_s: 6 });
    const { tour, clashes } = merge(TOUR_0, mine, theirs);
    expect(clashes).toEqual([{ field: 'stops/gate/dwell_s', base: 4, mine: 5, theirs: 6 }]);
    const taken = TOUR.together(decided(TOUR.apart(tour), clashes[0]!, 'theirs'));
    expect(stopOf(taken, 'gate')!.dwell_s).toBe(6);
  });
  it('keeps a stop that one removed and the other changed, until a person has decided', () => {
    const mine = removeStop(TOUR_0, 'court');
    const theirs = setStopWords(TOUR_0, 'en', 'court', { text: 'Wider.' });
    const { tour, clashes } = merge(TOUR_0, mine, theirs);
    expect(idsOf(tour)).toEqual(['gate', 'court', 'hall']);
    expect(clashes.map((c) => c.field)).toEqual(['stops/court']);
    const gone = TOUR.together(decided(TOUR.apart(tour), clashes[0]!, 'mine'));
    expect(gone).toEqual(mine);
    const kept = TOUR.together(decided(TOUR.apart(tour), clashes[0]!, 'theirs'));
    expect(kept.words.en!.stops.court!.text).toBe('Wider.');
  });
});

describe('saving', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  /** A server that answers as it is told, and keeps what it was sent. */
  function setting(answers: ((value: Tour, revision: string | null) => Reply<Tour>)[]) {
    const sent: { value: Tour; revision: string | null; once: string }[] = [];
    const put: Put<Tour> = async (value, revision, once) => {
      sent.push({ value, revision, once });
      return answers[Math.min(sent.length, answers.length) - 1]!(value, revision);
    };
    const kept: unknown[] = [];
    const history = new History(TOUR, TOUR_0);
    const drawer = { keep: (d: unknown) => kept.push(d), clear: () => kept.splice(0) };
    const saver = new Saver(history, TOUR, { value: TOUR_0, revision: 'r0' }, put, drawer);
    history.onChange = (own) => own && saver.changed();
    return { sent, kept, history, saver };
  }
  const saved =
    (revision: string, value?: Tour): ((value: Tour) => Reply<Tour>) =>
    (own) => ({ kind: 'saved', revision, value: value ?? own, merged: value !== undefined, problems: [] });
  const edit = (history: History<Tour>, dwell_s: number) =>
    history.do(setStop(history.now, 'gate', { dwell_s }), { key: 'dwell' });

  it('waits a moment, sends the revision it began from, and is done', async () => {
    const { sent, history, saver, kept } = setting([saved('r1'), saved('r2')]);
    edit(history, 5);
    edit(history, 6);
    expect(saver.status).toBe('changed');
    expect(kept.length).toBeGreaterThan(0);
    await vi.advanceTimersByTimeAsync(2000);
    expect(sent.map((s) => [s.revision, stopOf(s.value, 'gate')!.dwell_s])).toEqual([['r0', 6]]);
    expect([saver.status, saver.dirty, saver.revision]).toEqual(['saved', false, 'r1']);
    expect(kept).toEqual([]);
    edit(history, 7);
    await vi.advanceTimersByTimeAsync(2000);
    expect(sent[1]!.revision).toBe('r1');
    expect(sent[1]!.once).not.toBe(sent[0]!.once);
  });
  it('tries the same again under the same key until there is an answer', async () => {
    const down = (): Reply<Tour> => ({ kind: 'again', after_s: null, offline: true });
    const { sent, history, saver, kept } = setting([down, down, down, saved('r1'), saved('r2')]);
    edit(history, 5);
    await vi.advanceTimersByTimeAsync(1300);
    expect(saver.status).toBe('offline');
    edit(history, 6); // meanwhile one writes on
    expect(kept.length).toBeGreaterThan(0);
    await vi.advanceTimersByTimeAsync(20_000);
    const values = sent.map((s) => stopOf(s.value, 'gate')!.dwell_s);
    expect(values).toEqual([5, 5, 5, 5, 6]);
    expect(new Set(sent.slice(0, 4).map((s) => s.once)).size).toBe(1);
    expect(sent[4]!.revision).toBe('r1');
    expect(saver.status).toBe('saved');
  });
  it('takes over what the server merged, and goes on from there', async () => {
    const theirs = setStopWords(setStop(TOUR_0, 'gate', { dwell_s: 5 }), 'en', 'hall', { text: 'Theirs.' });
    const { history, saver } = setting([saved('r2', theirs)]);
    edit(history, 5);
    await vi.advanceTimersByTimeAsync(1300);
    expect(history.now).toEqual(theirs);
    history.undo();
    expect(history.now.words.en!.stops.hall!.text).toBe('Theirs.');
    expect(saver.revision).toBe('r2');
  });
  it('lets a person decide a clash, and saves the decision on the newer revision', async () => {
    const theirs = setStop(TOUR_0, 'gate', { dwell_s: 6 });
    const clash = (): Reply<Tour> => ({
      kind: 'clash',
      clashes: [{ field: 'stops/gate/dwell_s', base: 4, mine: 5, theirs: 6, who: 'Mai' }],
      revision: 'r1',
      theirs,
    });
    const { sent, history, saver } = setting([clash, saved('r2')]);
    edit(history, 5);
    await vi.advanceTimersByTimeAsync(1300);
    expect(saver.clashes).toMatchObject([{ mine: 5, theirs: 6, who: 'Mai' }]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toHaveLength(1); // nothing is saved over the other's before somebody has decided
    saver.decide(saver.clashes[0]!, 'mine');
    await vi.advanceTimersByTimeAsync(0);
    expect(sent[1]).toMatchObject({ revision: 'r1' });
    expect(stopOf(sent[1]!.value, 'gate')!.dwell_s).toBe(5);
    expect(saver.status).toBe('saved');
  });
  it('finds the clash again when the page ended before somebody has decided', async () => {
    const theirs = setStop(TOUR_0, 'gate', { dwell_s: 6 });
    const clash = (): Reply<Tour> => ({ kind: 'clash', clashes: [], revision: 'r1', theirs });
    const { history, saver, kept } = setting([clash]);
    edit(history, 5);
    await vi.advanceTimersByTimeAsync(1300);
    history.do(setStopWords(history.now, 'en', 'hall', { text: 'More.' }), { key: 'text' });
    expect(saver.status).toBe('clash');
    // What it began from, not theirs: or the next page would save over it.
    expect(kept.at(-1)).toEqual({ value: history.now, base: TOUR_0, revision: 'r0' });
  });
  it('is settled when the other’s is taken', async () => {
    const theirs = setStop(TOUR_0, 'gate', { dwell_s: 6 });
    const { sent, history, saver } = setting([
      () => ({ kind: 'clash', clashes: [], revision: 'r1', theirs }),
    ]);
    edit(history, 5);
    await vi.advanceTimersByTimeAsync(1300);
    saver.decide(saver.clashes[0]!, 'theirs');
    await vi.advanceTimersByTimeAsync(5000);
    expect([sent.length, saver.status, saver.dirty]).toEqual([1, 'saved', false]);
    expect(history.now).toEqual(theirs);
  });
  it('finds a clash of its own: the same field, typed while another’s was on its way', async () => {
    const merged = setStop(setStopWords(TOUR_0, 'en', 'hall', { text: 'Theirs.' }), 'gate', { dwell_s: 5 });
    let answer: (reply: Reply<Tour>) => void = () => {};
    const history = new History(TOUR, TOUR_0);
    const put: Put<Tour> = () => new Promise((resolve) => (answer = resolve));
    const drawer = { keep: () => {}, clear: () => {} };
    const saver = new Saver(history, TOUR, { value: TOUR_0, revision: 'r0' }, put, drawer);
    history.onChange = (own) => own && saver.changed();
    edit(history, 5);
    await vi.advanceTimersByTimeAsync(1300);
    history.do(setStopWords(history.now, 'en', 'hall', { text: 'Mine.' }), { key: 'text' });
    answer({ kind: 'saved', revision: 'r1', value: merged, merged: true, problems: [] });
    await vi.advanceTimersByTimeAsync(0);
    expect(saver.clashes).toMatchObject([{ mine: 'Mine.', theirs: 'Theirs.' }]);
  });
  it('does not try again what was refused, until something changes', async () => {
    const problems = [{ where: 'tour.yaml', found: 'no stop' }];
    const { sent, history, saver } = setting([() => ({ kind: 'refused', problems }), saved('r1')]);
    edit(history, 5);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([sent.length, saver.status, saver.dirty]).toEqual([1, 'refused', true]);
    edit(history, 6);
    await vi.advanceTimersByTimeAsync(2000);
    expect(saver.status).toBe('saved');
  });
  it('saves what was written while something was refused', async () => {
    const answers: ((reply: Reply<Tour>) => void)[] = [];
    const history = new History(TOUR, TOUR_0);
    const put: Put<Tour> = () => new Promise((resolve) => answers.push(resolve));
    const drawer = { keep: () => {}, clear: () => {} };
    const saver = new Saver(history, TOUR, { value: TOUR_0, revision: 'r0' }, put, drawer);
    history.onChange = (own) => own && saver.changed();
    edit(history, 5);
    await vi.advanceTimersByTimeAsync(1300);
    edit(history, 6);
    answers[0]!({ kind: 'refused', problems: [{ where: 'tour.yaml', found: 'no' }] });
    await vi.advanceTimersByTimeAsync(1300);
    expect(answers).toHaveLength(2);
  });
  it('saves nothing when one has come back to where one was', async () => {
    const { sent, history, saver, kept } = setting([saved('r1')]);
    edit(history, 5);
    history.undo();
    await vi.advanceTimersByTimeAsync(5000);
    expect([sent.length, saver.status, kept.length]).toEqual([0, 'saved', 0]);
  });
});

describe('the check', () => {
  timed();

  it('is asked about every revision that comes to rest, one at a time, and keeps its last word meanwhile', async () => {
    const tour = setStop(TOUR_0, 'gate', { narration: undefined });
    let asked = 0;
    let revision = 0;
    let answer: ((found: Finding[] | null) => void) | null = null;
    const api = {
      ask: (_method: string, path: string) => {
        if (!path.startsWith('findings/')) return Promise.resolve([]);
        asked++;
        return new Promise((resolve, reject) => {
          answer = (found) => (found ? resolve(found) : reject(new Refusal(503, 'busy')));
        });
      },
      document: () => Promise.resolve(null),
      render: (texts: string[]) => Promise.resolve(texts.map(() => ({ html: '', question: null }))),
      put: async (_key: string, value: Tour) => ({
        kind: 'saved',
        revision: `r${++revision}`,
        value,
        merged: false,
        problems: [],
      }),
    } as unknown as Api;
    const found = (code: string): Finding => ({
      code,
      found: '',
      message: '',
      stop: 'gate',
      acceptable: code !== 'file-missing',
    });
    const opened = { key: 'tours/a', kind: 'tour', revision: 'r0', value: tour } as unknown as Opened<Tour>;
    const editing = new Editing(api, opened, tour, 'Mai');
    await vi.advanceTimersByTimeAsync(20_000);
    expect(asked).toBe(1);
    const dwell = (seconds: number) => editing.set('gate', { dwell_s: seconds }, 'stay');
    dwell(7);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(asked).toBe(1);
    answer!([found('view-hidden'), found('file-missing')]);
    await vi.advanceTimersByTimeAsync(20_000);
    // The change that came meanwhile; what was found before stands until there is another answer.
    expect(asked).toBe(2);
    expect(editing.foundAt('gate')).toHaveLength(2);
    answer!(null);
    await vi.advanceTimersByTimeAsync(20_000);
    expect([asked, editing.check, editing.foundAt('gate').length]).toEqual([2, 'failed', 2]);
    editing.do(accept(editing.now, 'gate', 'view-hidden', 'on purpose'), { key: 'step.accept' });
    expect(editing.foundAt('gate').map((f) => f.code)).toEqual(['file-missing']);
    editing.history.undo();
    expect(editing.foundAt('gate')).toHaveLength(2);
    // Asked again by itself, after pauses that double; twenty seconds of the first are over.
    await vi.advanceTimersByTimeAsync(9_000);
    expect(asked).toBe(2);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(asked).toBe(3);
    answer!(null);
    await vi.advanceTimersByTimeAsync(59_000);
    expect([asked, editing.unanswered]).toEqual([3, 2]);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(asked).toBe(4);
    // The saying stays until there is an answer, and then nothing more is asked.
    answer!([]);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect([asked, editing.check, editing.unanswered]).toEqual([4, 'answered', 0]);
    // By hand meanwhile: the pause that was begun asks no second time.
    void editing.lint();
    answer!(null);
    await vi.advanceTimersByTimeAsync(5_000);
    void editing.lint();
    answer!([]);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(asked).toBe(6);
    // Never more rarely than every quarter of an hour, and not at all once the tour is closed.
    void editing.lint();
    for (let k = 0; k < 12; k++) {
      answer!(null);
      await vi.advanceTimersByTimeAsync(15 * 60_000);
    }
    expect(asked).toBe(19);
    answer!(null);
    await vi.advanceTimersByTimeAsync(0);
    editing.end();
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(asked).toBe(19);
  });
});

describe('the draft as visitors would have it', () => {
  const monument = {
    id: 'thai-hoa',
    reference_epoch: '2024',
    view: { eye_m: [9, 9, 9], target_m: [0, 0, 0], fov_deg: 50, fit_m: null },
  } as never;
  const rendered = new Map([['Stone.', { html: '<p>Stone.</p>', text: 'Stone.', question: null }]]);
  const sources = {
    monument,
    rendered,
    seconds: new Map([['media/a.mp3', 6]]),
    files: '../../studio/files/',
    released: null,
  };

  it('reads as long as a build says (tests/web/test_studio_words.py)', () => {
    const cases = {
      '': 3,
      'Nine steps of stone': 4.3,
      'Chín bậc đá, 9 bậc.': 4.7,
      '九級石階。': 4,
      '石の階段が9段、ベランダまで': 6.3,
    };
    expect(Object.keys(cases).map(readingSeconds)).toEqual(Object.values(cases));
  });
  it('fills in what a build would: the reference survey, the first view, the time a voice or a reader takes', () => {
    const tour = setStop(TOUR_0, 'gate', { dwell_s: undefined });
    const [gate, court] = draftDocument('walk', tour, sources).stops;
    expect(gate).toMatchObject({
      show: { epoch: '2024', state: null },
      html: { en: '<p>Stone.</p>' },
      dwell_s: { vi: 7, en: 3.3 },
      narration: { vi: { audio: '../../studio/files/media/a.mp3', seconds: 6 } },
    });
    expect(court!.view).toBe((monument as { view: unknown }).view);
    expect(court!.title.en).toBe('court');
  });
  it('looks from where a build has found a view, as long as it shows the same', () => {
    const released = draftDocument('walk', TOUR_0, sources);
    released.stops[2]!.view = { eye_m: [4, 4, 4], target_m: [0, 0, 0] } as never;
    const view = (tour: Tour) => draftDocument('walk', tour, { ...sources, released }).stops[2]!.view;
    expect(view(TOUR_0)).toBe(released.stops[2]!.view);
    expect(view(setStop(TOUR_0, 'hall', { annotations: ['gourd'] }))).toBe(
      (monument as { view: unknown }).view,
    );
  });
  it('keeps the way that a build has found as long as both ends of it stay', () => {
    const via = [{ eye_m: [1, 1, 1], target_m: [0, 0, 0] }];
    const released = draftDocument('walk', TOUR_0, sources);
    released.stops[1]!.via = via as never;
    const way = (tour: Tour) => draftDocument('walk', tour, { ...sources, released }).stops[1]!.via;
    expect(way(TOUR_0)).toEqual(via);
    expect(way(setStop(TOUR_0, 'gate', { view: { eye_m: [5, 5, 5], target_m: [0, 0, 0] } }))).toEqual([]);
    expect(way(moveStop(TOUR_0, 'court', 0))).toEqual([]);
    // One that is drawn by hand is flown as it is drawn.
    const drawn = [{ eye_m: [3, 3, 3], target_m: [0, 0, 0] }] as const;
    expect(way(setStop(TOUR_0, 'court', { move: { via: drawn } }))).toEqual(drawn);
  });
});

describe('the scene beside the desk', () => {
  timed();
  /** A desk and a scene that takes a while to show a draft, which tells what it is asked. */
  function setting() {
    const said: string[] = [];
    const monument = { id: 'thai-hoa', reference_epoch: '2024', view: {} };
    const scene = {
      app: {
        view: {},
        state: { release: { tours: [], monuments: [monument] }, arrived: true, tilesLoading: false },
      },
      draft: async (document: TourDocument, stop: string) => {
        said.push(`${stop} shows ${document.stops.find((s) => s.id === stop)?.show?.epoch}`);
        await new Promise((done) => setTimeout(done, 1000));
        said.push('shown');
      },
      explore: () => said.push('explore'),
      play: (on: boolean) => said.push(on ? 'play' : 'pause'),
      pick: () => said.push('pick'),
      frames: () => said.push('pictures'),
      bare: () => {},
      draw: () => {},
    };
    vi.stubGlobal('window', { setTimeout, clearTimeout });
    const editing = {
      key: 'tours/a',
      id: 'a',
      stop: 'gate',
      now: TOUR_0,
      saver: { status: 'saved' },
      seconds: new Map(),
      rendered: new Map(),
    };
    const studio = new Studio((key) => key, 'en');
    studio.set({ editing: editing as never });
    studio.staging.take(scene as never);
    const edit = (change: object) => {
      Object.assign(editing, change);
      studio.staging.changed();
    };
    return { studio, edit, said: () => said.splice(0) };
  }
  const later = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  const shown = (epoch: string) => setStop(TOUR_0, 'gate', { show: { epoch } });

  it('gives a visitor’s tools once it shows what the form says, and not to who went on meanwhile', async () => {
    const { studio, edit, said } = setting();
    await later(3000);
    expect(said()).toEqual(['gate shows 2024', 'shown', 'pictures']);
    edit({ now: shown('2019') });
    void studio.staging.go('explore');
    await later(3000);
    expect(said().filter((s) => s !== 'pick')).toEqual(['gate shows 2019', 'shown', 'explore']);
    expect(studio.state.mode).toBe('explore');
    void studio.staging.go('make');
    await later(3000);
    said();
    edit({ now: shown('2021') });
    void studio.staging.go('explore');
    void studio.staging.go('play');
    await later(3000);
    expect(said()).not.toContain('explore');
    expect(studio.state.mode).toBe('play');
  });
  it('is entered anew for what is seen, not for words; pictures are of the open stop alone', async () => {
    const { studio, edit, said } = setting();
    await later(3000);
    said();
    edit({ now: setStopWords(setStop(TOUR_0, 'gate', { dwell_s: 9 }), 'en', 'gate', { text: 'Stone.' }) });
    await later(3000);
    expect(said()).toEqual([]);
    expect(studio.state.frames).not.toBeNull();
    studio.staging.pick('target', () => {});
    edit({ stop: 'court' });
    expect([studio.state.frames, studio.state.picking]).toEqual([null, null]);
  });
});

describe('opening a document', () => {
  timed();
  const setting = () => {
    const come = new Map<string, (opened: unknown) => void>();
    const api = {
      document: (key: string) => new Promise((done) => come.set(key, done)),
      ask: () => Promise.reject(new Refusal(0, '')),
      render: () => Promise.reject(new Refusal(0, '')),
    };
    const state = { documents: [], me: null, language: 'en', t: (key: string) => key, notice: '' };
    const studio = {
      api,
      state,
      staging: { surveys: [] },
      set: (change: object) => void Object.assign(state, change),
      refused: (error: Error) => void Object.assign(state, { notice: error.message }),
    };
    const opening = new Opening(studio as unknown as ConstructorParameters<typeof Opening>[0]);
    const answer = (key: string, value: Tour | null) =>
      come.get(key)!({ key, kind: 'tour', revision: '1', value, files: {}, problems: [] });
    return { opening, answer, state };
  };
  it('ends with the last one that was asked for, whichever comes first', async () => {
    const { opening, answer, state } = setting();
    const tour = setStop(TOUR_0, 'gate', { narration: undefined });
    const [first, second] = [opening.of('tours/a'), opening.of('tours/b')];
    answer('tours/b', tour);
    answer('tours/a', null);
    const desk = await second;
    expect([await first, desk?.key, state.notice]).toEqual([null, 'tours/b', '']);
    desk!.end();
    const left = opening.of('tours/a');
    opening.forget();
    answer('tours/a', tour);
    expect(await left).toBeNull();
    const broken = opening.of('tours/a');
    answer('tours/a', null);
    expect([await broken, state.notice]).toEqual([null, 'open.failed']);
  });
});

describe('coming in over a session that has ended', () => {
  timed();
  it.each([
    ['finds the desk as it was', 'Mai', true],
    ['finds nothing of somebody else’s, which stays in their drawer', 'Lan', false],
  ])('%s', async (_what, name, stays) => {
    vi.stubGlobal('location', { href: 'http://localhost/studio/', search: '' });
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no line')));
    const studio = new Studio((key) => key, 'en');
    const said: string[] = [];
    const saver = { dirty: true, now: () => said.push('saved') };
    const desk = { key: 'site', kind: 'site', saver, end: () => said.push('ended') };
    const mai = { name: 'Mai', roles: ['curator'], mode: 'accounts' } as const;
    studio.set({ me: mai, record: desk as never, status: 'signed-out' });
    await studio.enter({ ...mai, name });
    expect([studio.desk !== null, said]).toEqual([stays, [stays ? 'saved' : 'ended']]);
  });
});

describe('pages', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });
  /** Pages for somebody, with a document of a kind on the desk; and what the address says. */
  function setting(kind: string | null, roles = ['curator'], mode = 'local') {
    const address = { href: 'http://localhost/studio/?open=x' };
    vi.stubGlobal('location', address);
    vi.stubGlobal('history', {
      replaceState: (_state: null, _title: string, url: URL) => {
        address.href = url.href;
      },
    });
    const state = { me: { mode, roles }, record: kind && { kind }, page: null as { id: string } | null };
    const opening = { forget: () => {} };
    const studio = { state, opening, set: (change: object) => void Object.assign(state, change) };
    const pages = new Pages(studio as unknown as ConstructorParameters<typeof Pages>[0]);
    const ids = () => pages.of(kind ?? undefined).map((p) => p.id);
    return { pages, state, ids, asked: () => new URL(address.href).searchParams.get('page') };
  }
  it('are of the kind of document that is on the desk, or stand by themselves', () => {
    expect(setting('monument').ids()).toEqual(['placement']);
    expect(setting('site').ids()).toEqual([]);
    expect(setting(null).ids()).toEqual(['releases', 'reports']);
    expect(setting(null, ['translator']).ids()).toEqual(['releases']);
    expect(setting(null, ['administrator'], 'accounts').ids()).toEqual([
      'releases',
      'reports',
      'people',
      'account',
    ]);
  });
  it('stand for a form where a kind has none, whatever was asked for, and never without a document', async () => {
    for (const wanted of [null, 'cleaning', 'placement']) {
      const { pages, state, asked } = setting('corrections', ['translator']);
      await pages.go(wanted);
      expect([state.page?.id, asked()]).toEqual(['cleaning', 'cleaning']);
      pages.end();
      expect(state.page).toBeNull();
    }
    const { pages, state, asked } = setting(null);
    await pages.go('cleaning');
    expect([state.page, asked()]).toEqual([null, null]);
  });
});

describe('ids', () => {
  it('come from titles in any alphabet that can be written so', () => {
    expect(idFrom('Quanh điện Thái Hòa')).toBe('quanh-dien-thai-hoa');
    expect(idFrom('  L’été à Huế!')).toBe('l-ete-a-hue');
    expect(idFrom('太和殿')).toBe('');
  });
});

describe('a recording', () => {
  it('is a WAV file of as many samples as were heard', () => {
    const bytes = wavOf(Float32Array.from([0, 1, -1, 2]), 24_000);
    const view = new DataView(bytes.buffer);
    expect(new TextDecoder().decode(bytes.slice(0, 16))).toMatch(/^RIFF.{4}WAVEfmt $/s);
    expect([view.getUint32(4, true), view.getUint32(24, true), view.getUint32(40, true)]).toEqual([
      44, 24_000, 8,
    ]);
    expect([0, 1, 2, 3].map((k) => view.getInt16(44 + k * 2, true))).toEqual([0, 32767, -32767, 32767]);
  });
});

describe('what others save', () => {
  timed();
  /** A record on the desk, and the answers it waits for. */
  function setting() {
    const asked: ((opened: unknown) => void)[] = [];
    const api = {
      ask: () => Promise.resolve([]),
      document: () => new Promise((resolve) => asked.push(resolve)),
      put: async (_key: string, value: Json) => ({ kind: 'saved', revision: 'r2', value, problems: [] }),
    } as unknown as Api;
    const opened = { key: 'site', kind: 'site', revision: 'r0' } as unknown as Opened<Json>;
    return { asked, record: new Recording(api, { ...opened, value: { name: 'Gate' } }, {}, 'Mai') };
  }

  it('does not take back a save that has overtaken it', async () => {
    const { asked, record } = setting();
    await vi.advanceTimersByTimeAsync(0);
    record.put(['name'], 'Gates', 'name');
    await vi.advanceTimersByTimeAsync(1300);
    expect(record.saver.revision).toBe('r2');
    asked[0]!({ value: { name: 'Gate' }, revision: 'r1' });
    await vi.advanceTimersByTimeAsync(0);
    expect([record.now, record.saver.revision]).toEqual([{ name: 'Gates' }, 'r2']);
  });
  it('goes back to an earlier version as a step, which keeps what is taken back', async () => {
    const { record } = setting();
    const before = { name: 'Old gate', tags: { era: ['nguyen'] } };
    record.restore(before);
    expect(record.now).toEqual(before);
    expect(record.history.undoName).toEqual({ key: 'step.restore' });
    await vi.advanceTimersByTimeAsync(1300);
    expect([record.saver.revision, record.saver.dirty]).toEqual(['r2', false]);
    record.history.undo();
    expect(record.now).toEqual({ name: 'Gate' });
    record.end();
  });
  it('is asked for no more when the document has left the desk', async () => {
    const { asked, record } = setting();
    await vi.advanceTimersByTimeAsync(0);
    record.end();
    asked[0]!({ value: { name: 'Theirs' }, revision: 'r1' });
    await vi.advanceTimersByTimeAsync(60_000);
    expect([asked.length, record.now]).toEqual([1, { name: 'Gate' }]);
  });
});
