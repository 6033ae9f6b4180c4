import { describe, expect, it } from 'vitest';
import { isoDay } from '../../src/core/format.ts';
import { Refusal } from '../../src/studio/core/api.ts';
import {
  differing,
  endOf,
  formOf,
  listed,
  NOBODY,
  type Report,
  renewed,
} from '../../src/studio/reports/api.ts';
import { Detail } from '../../src/studio/reports/detail.ts';
import type { Studio } from '../../src/studio/studio.ts';

const NOW = 1_800_000_000;
const report = (id: number, more: Partial<Report>): Report => ({
  id,
  monument: 'gate',
  place_m: null,
  text: '',
  language: 'vi',
  status: 'new',
  assignee: null,
  answer: null,
  made: NOW - 100,
  due: NOW + 100,
  answered: null,
  promised: NOW + 100,
  photo: false,
  position: null,
  shown: 'nothing',
  revision: 0,
  ...more,
});

describe('the queue of reports', () => {
  const all = [
    report(1, {}),
    report(2, { due: NOW - 1, assignee: 'Mai' }),
    report(3, { due: NOW - 1, answered: NOW - 50, status: 'answered', assignee: 'Mai' }),
    report(4, { status: 'accepted', assignee: '-x' }),
  ];
  const ids = (...[status, assignee, overdue]: [Parameters<typeof listed>[1]['status'], string, boolean]) =>
    listed(all, { status, assignee, overdue }, NOW).map((one) => one.id);

  it('is filtered by status, by who looks after it, and by what is overdue', () => {
    expect(ids('', '', false)).toEqual([1, 2, 3, 4]);
    expect(ids('open', '', false)).toEqual([1, 2, 4]);
    expect(ids('answered', '', false)).toEqual([3]);
    expect(ids('', NOBODY, false)).toEqual([1]);
    expect(ids('open', 'Mai', false)).toEqual([2]);
    // One that somebody is writing on stays, whatever others have made of it.
    expect(
      listed(all, { status: 'new', assignee: 'Mai', overdue: true }, NOW, 3).map((one) => one.id),
    ).toEqual([2, 3]);
    // What has been answered is not overdue any more.
    expect(ids('', '', true)).toEqual([2]);
  });

  it('keeps the moment of a day that is not changed, and takes the end of another', () => {
    const noon = new Date(2026, 4, 31, 12).getTime() / 1000;
    expect(isoDay(noon * 1000)).toBe('2026-05-31');
    expect(endOf('2026-05-31', noon)).toBe(noon);
    expect(endOf('2026-06-01', noon)).toBe(new Date(2026, 5, 1, 23, 59, 59).getTime() / 1000);
  });
});

describe('a report that is open', () => {
  const studio = { tried: async () => [], api: { ask: async () => [] }, onState: () => {} };

  it('takes what the server has, and keeps what is written and not saved', () => {
    const detail = new Detail(studio as unknown as Studio, report(1, { photo: true }), async () => {});
    detail.take(report(1, { photo: true, assignee: 'Mai' }));
    expect(detail.dirty).toBe(false);
    detail.form.answer = 'We have seen it.';
    detail.take(report(1, { assignee: 'Mai' }));
    expect([detail.report.photo, detail.form.answer, detail.dirty]).toEqual([
      false,
      'We have seen it.',
      true,
    ]);
  });

  it('shows what somebody else has changed, and saves over it only when asked again', async () => {
    const asked: unknown[] = [];
    let answer: () => Report = () => {
      throw new Refusal(412, 'changed');
    };
    const ask = async (method: string, _path: string, ...more: unknown[]) => {
      if (method !== 'PUT') return [];
      asked.push(more);
      return answer();
    };
    const state = { t: (key: string) => key };
    const refused: unknown[] = [];
    const own = {
      ...studio,
      api: { ask },
      state,
      set: () => {},
      refused: (error: unknown) => refused.push(error),
    };
    const theirs = report(1, { status: 'accepted', assignee: 'Mai', revision: 1 });
    const detail: Detail = new Detail(own as unknown as Studio, report(1, {}), async () =>
      detail.take(theirs),
    );
    detail.form.assignee = 'An';
    await detail.save();
    expect(detail.form).toMatchObject({ status: 'accepted', assignee: 'An' });
    expect([detail.dirty, detail.theirs, asked.length]).toEqual([true, ['status', 'assignee'], 1]);
    answer = () => ({ ...theirs, assignee: 'An', revision: 2 });
    await detail.save();
    expect(asked[1]).toMatchObject([{ status: 'accepted', assignee: 'An' }, { 'If-Match': '"1"' }]);
    expect(refused).toEqual([]);
  });
});

describe('a report that somebody else has changed meanwhile', () => {
  const was = report(1, {});
  const now = report(1, { status: 'answered', answer: 'Done', assignee: 'Mai', revision: 1 });

  it('keeps what was typed, takes the rest, and tells what is theirs', () => {
    const typed = { ...formOf(was), assignee: 'An', shown: 'words' as const };
    const { form, theirs } = renewed(typed, was, now);
    expect(form).toEqual({ ...formOf(now), assignee: 'An', shown: 'words' });
    expect(theirs).toEqual(['status', 'assignee', 'answer']);
    expect(differing(form, formOf(now))).toEqual(['assignee', 'shown']);
  });

  it('is as it should be where the same was written, as after a lost answer', () => {
    const { form } = renewed(formOf(now), was, now);
    expect(differing(form, formOf(now))).toEqual([]);
  });

  it('changes nothing typed where only the photo was removed', () => {
    const typed = { ...formOf(was), answer: 'Half a sentence' };
    expect(renewed(typed, was, report(1, { revision: 1 }))).toEqual({ form: typed, theirs: [] });
  });
});
