/** The studio's side of the server: every request in one place, every answer told apart by what can be done about it. */
import { ORDER } from './fields.ts';
import type { Clash } from './merge.ts';
import type { Rendered } from './preview.ts';
import { type Problem, type Reply, sentence } from './saver.ts';

export interface Me {
  name: string;
  roles: readonly string[];
  mode: 'local' | 'accounts';
}

export interface Listed {
  key: string;
  kind: 'site' | 'vocabulary' | 'monument' | 'annotations' | 'corrections' | 'tour';
  title: string | Readonly<Record<string, string>> | null;
  revision: string;
  problems: number;
}

/** How a monument stands in the newest release; `decided`: what its document has said since. */
export interface Placed {
  monument: string;
  settled: boolean;
  decided: unknown;
}

export interface Opened<T> {
  key: string;
  kind: string;
  /** Null for what is not there yet. */
  revision: string | null;
  value: T | null;
  files: Readonly<Record<string, string>>;
  problems: readonly Problem[];
}

export interface Version {
  revision: string;
  who: string;
  when: string;
  what: string;
}

export interface Here {
  name: string;
  /** One page of theirs, among others. */
  page: string;
  key: string;
  stop: string | null;
}

export interface Finding {
  code: string;
  /** What was found, with its figures; `message` has what is allowed and what to do as well. */
  found: string;
  message: string;
  /** Whether it can be accepted on purpose. */
  acceptable: boolean;
  stop: string | null;
}

export interface Build {
  id: string;
  status: 'running' | 'done' | 'failed' | 'stopped';
  monument: string | null;
  done: number;
  total: number;
  stage: string | null;
  release: string | null;
  started: string;
  message: string | null;
}

export interface Release {
  id: string;
  who: string | null;
  when: string | null;
  current: boolean;
  /** Whether visitors have ever been shown it. */
  published: boolean;
}

/** What the server has said no to, or the line. `status` 0: the line. */
export class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** What the server says, or null where it says no or nothing: work goes on, and the saving tells how the line is. */
export async function quietly<A>(asked: Promise<A>): Promise<A | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

/** The one sentence of the server's error shape. */
function messageOf(body: unknown): string {
  const error = (body as { error?: Problem } | null)?.error;
  return error?.found === undefined ? '' : sentence(error);
}

/** A clash by the field's name here: the server's is the path in the value. */
function asHere(clash: Clash): Clash {
  if (clash.field.endsWith('/@position')) return { ...clash, field: ORDER };
  return { ...clash, field: clash.field.replace(/^tour\//, '') };
}

export type Fetch = (path: string, init: RequestInit) => Promise<Response>;

export class Api {
  private readonly root: string;
  private readonly fetch: Fetch;

  constructor(root = './api/', own: Fetch = (path, init) => fetch(path, init)) {
    this.root = root;
    this.fetch = own;
  }

  /** The JSON answer. Raises Refusal. */
  async ask<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<T> {
    const response = await this.send(method, path, body, headers);
    const found = response.status === 204 ? null : await response.json().catch(() => null);
    if (!response.ok) throw new Refusal(response.status, messageOf(found));
    return found as T;
  }

  /** The document; null when it is still what `known` says. Raises Refusal. */
  async document<T>(key: string, known: string | null = null): Promise<Opened<T> | null> {
    const response = await this.send(
      'GET',
      `documents/${key}`,
      undefined,
      known ? { 'If-None-Match': `"${known}"` } : {},
    );
    if (response.status === 304) return null;
    const found: unknown = await response.json().catch(() => null);
    if (!response.ok) throw new Refusal(response.status, messageOf(found));
    const opened = found as Opened<T>;
    return opened.revision === known ? null : opened;
  }

  /** Save a document; every outcome is an answer. */
  async put<T>(key: string, value: T, revision: string | null, once: string): Promise<Reply<T>> {
    let response: Response;
    try {
      const when: Record<string, string> =
        revision === null ? { 'If-None-Match': '*' } : { 'If-Match': `"${revision}"` };
      response = await this.send('PUT', `documents/${key}`, { value }, { ...when, 'Idempotency-Key': once });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { kind: 'again', after_s: null, offline: true };
    }
    const body = (await response.json().catch(() => null)) as Record<string, unknown> | null;
    const { status } = response;
    // An answer that broke off is none: the same is asked again, and the server answers as it did.
    if (status === 200 && body)
      return {
        kind: 'saved',
        revision: body.revision as string,
        value: body.value as T,
        merged: body.merged === true,
        problems: (body.problems ?? []) as Problem[],
      };
    if (status === 412 && body?.theirs)
      return {
        kind: 'clash',
        clashes: ((body.clashes ?? []) as Clash[]).map(asHere),
        revision: body.revision as string,
        theirs: body.theirs as T,
      };
    if (status === 401) return { kind: 'signed-out' };
    if (status === 403) return { kind: 'forbidden', message: messageOf(body) };
    if (status === 408 || status === 429 || status >= 500 || status === 200) {
      const after = Number(response.headers.get('Retry-After') ?? Number.NaN);
      return { kind: 'again', after_s: Number.isFinite(after) ? after : null, offline: false };
    }
    const problems = (body?.problems ?? []) as Problem[];
    return {
      kind: 'refused',
      problems: problems.length > 0 ? problems : [{ where: '', found: messageOf(body) || String(status) }],
    };
  }

  /** Markdown as visitors would see it, in the order it was given. Raises Refusal. */
  render(texts: readonly string[]): Promise<Rendered[]> {
    return this.ask<Rendered[]>('POST', 'markdown', { texts });
  }

  /** Store a file; its path in the site. Raises Refusal. */
  async upload(file: File): Promise<string> {
    const form = new FormData();
    form.set('file', file);
    const response = await this.line(() => this.fetch(`${this.root}media`, { method: 'POST', body: form }));
    const body: unknown = await response.json().catch(() => null);
    if (!response.ok) throw new Refusal(response.status, messageOf(body));
    return (body as { path: string }).path;
  }

  private send(
    method: string,
    path: string,
    body: unknown,
    headers: Record<string, string>,
  ): Promise<Response> {
    const init: RequestInit = {
      method,
      headers: { Accept: 'application/json', ...headers },
      cache: 'no-store',
    };
    if (body !== undefined) {
      init.body = JSON.stringify(body);
      init.headers = { ...init.headers, 'Content-Type': 'application/json' };
    }
    return this.line(() => this.fetch(this.root + path, init));
  }

  private async line(ask: () => Promise<Response>): Promise<Response> {
    try {
      return await ask();
    } catch {
      throw new Refusal(0, '');
    }
  }
}
