/** Visitors' reports as the server has them. Times in seconds since 1970. */
import { isoDay } from '../../core/format.ts';

export type Status = 'new' | 'accepted' | 'answered' | 'rejected';
export type Shown = 'nothing' | 'words' | 'all';
export const STATUSES: readonly Status[] = ['new', 'accepted', 'answered', 'rejected'];
export const SHOWN: readonly Shown[] = ['nothing', 'words', 'all'];
/** With these the sender reads the answer. */
export const CLOSED: readonly Status[] = ['answered', 'rejected'];

export interface Report {
  readonly id: number;
  readonly monument: string;
  /** Monument frame. */
  readonly place_m: readonly [number, number, number] | null;
  readonly text: string;
  readonly language: string;
  readonly status: Status;
  readonly assignee: string | null;
  readonly answer: string | null;
  readonly made: number;
  readonly due: number;
  readonly answered: number | null;
  readonly promised: number;
  readonly photo: boolean;
  /** Longitude and latitude that the photo notes, WGS 84. */
  readonly position: readonly [number, number] | null;
  readonly shown: Shown;
  /** How often staff have changed it. */
  readonly revision: number;
}

/** What of a report is worked on, as its fields have it. `day` is its due date. */
export interface Form {
  status: Status;
  assignee: string;
  day: string;
  answer: string;
  shown: Shown;
}

export const formOf = ({ status, assignee, due, answer, shown }: Report): Form => ({
  status,
  assignee: assignee ?? '',
  day: dayOf(due),
  answer: answer ?? '',
  shown,
});

const FIELDS: readonly (keyof Form)[] = ['status', 'assignee', 'day', 'answer', 'shown'];

/** Which fields differ. */
export const differing = (a: Form, b: Form): (keyof Form)[] =>
  FIELDS.filter((field) => a[field].trim() !== b[field].trim());

/** What has been typed on `was`, upon `now`, and which fields somebody else has changed meanwhile. */
export function renewed(typed: Form, was: Report, now: Report): { form: Form; theirs: (keyof Form)[] } {
  const [before, after] = [formOf(was), formOf(now)];
  const mine = differing(typed, before).map((field) => [field, typed[field]]);
  return { form: { ...after, ...Object.fromEntries(mine) }, theirs: differing(before, after) };
}

export interface Share {
  readonly month: string;
  readonly decided: number;
  readonly on_time: number;
}

export interface Queue {
  readonly reports: readonly Report[];
  readonly figures: {
    readonly open: number;
    readonly overdue: number;
    readonly answered: number;
    readonly decided: number;
    readonly on_time: number;
    readonly months: readonly Share[];
  };
}

export interface Step {
  readonly at: number;
  readonly who: string;
  readonly action: string;
  readonly status: Status | null;
  readonly assignee: string | null;
  readonly due: number | null;
  readonly shown: Shown | null;
}

/** What of the queue is listed. `assignee`: a name, '' for everybody's, '-' for nobody's. */
export interface Filter {
  readonly status: Status | 'open' | '';
  readonly assignee: string;
  readonly overdue: boolean;
}

export const NOBODY = '-';

export const isOverdue = (one: Report, now: number): boolean => one.answered === null && one.due < now;

/** `kept`: a report that stays in the list whatever it has become: somebody is writing on it. */
export function listed(
  reports: readonly Report[],
  filter: Filter,
  now: number,
  kept: number | null = null,
): Report[] {
  return reports.filter(
    (one) =>
      one.id === kept ||
      ((filter.status === '' ||
        (filter.status === 'open' ? one.answered === null : one.status === filter.status)) &&
        (filter.assignee === '' ||
          (filter.assignee === NOBODY ? one.assignee === null : one.assignee === filter.assignee)) &&
        (!filter.overdue || isOverdue(one, now))),
  );
}

const dayOf = (at: number): string => isoDay(at * 1000);

/** The end of a day; the moment itself where the day is still its own. */
export const endOf = (day: string, was: number): number =>
  day === dayOf(was) ? was : Math.floor(new Date(`${day}T23:59:59`).getTime() / 1000);
