import { describe, expect, it } from 'vitest';
import { dayOf, endOf, listed, NOBODY, type Report } from '../../src/studio/reports/api.ts';
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
    // What has been answered is not overdue any more.
    expect(ids('', '', true)).toEqual([2]);
  });

  it('keeps the moment of a day that is not changed, and takes the end of another', () => {
    const noon = new Date(2026, 4, 31, 12).getTime() / 1000;
    expect(dayOf(noon)).toBe('2026-05-31');
    expect(endOf('2026-05-31', noon)).toBe(noon);
    expect(endOf('2026-06-01', noon)).toBe(new Date(2026, 5, 1, 23, 59, 59).getTime() / 1000);
  });
});

describe('a report that is open', () => {
  const studio = { tried: async () => [], api: { ask: async () => [] }, onState: () => {} };

  it('takes what the server has, and keeps what is written and not saved', () => {
    const detail = new Detail(studio as unknown as Studio, report(1, { photo: true }), () => {});
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
});
