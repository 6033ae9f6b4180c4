/** Fetching a release's documents, with errors a visitor can be told about. */
import type { Release } from './release.ts';

export type LoadProblem = 'offline' | 'missing' | 'broken';

export class LoadError extends Error {
  readonly problem: LoadProblem;
  readonly url: string;
  constructor(problem: LoadProblem, url: string) {
    super(`${url}: ${problem}`);
    this.problem = problem;
    this.url = url;
  }
}

/** The text at `url`. Raises LoadError. */
export async function loadText(url: string): Promise<string> {
  try {
    const response = await fetch(url);
    if (!response.ok) throw new LoadError(response.status >= 500 ? 'broken' : 'missing', url);
    return await response.text(); // the line may break in the middle of it, too
  } catch (error) {
    throw error instanceof LoadError ? error : new LoadError('offline', url);
  }
}

/** The JSON document at `url`. Raises LoadError. */
export async function loadJson<T>(url: string): Promise<T> {
  const text = await loadText(url);
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new LoadError('broken', url);
  }
}

/** `release.json` under `base`; a format this viewer does not know is refused. */
export async function loadRelease(base: string): Promise<Release> {
  const url = `${base}release.json`;
  const release = await loadJson<Release>(url);
  if (release.format !== 1 || !Array.isArray(release.monuments)) throw new LoadError('broken', url);
  return release;
}
