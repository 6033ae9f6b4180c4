/** Why something cannot be taken along. */

export type KeepProblem = 'insecure' | 'forbidden' | 'short' | 'failed' | 'changed';

export class KeepError extends Error {
  readonly problem: KeepProblem;
  readonly need: number;
  readonly free: number;
  constructor(problem: KeepProblem, need = 0, free = 0) {
    super(problem);
    this.problem = problem;
    this.need = need;
    this.free = free;
  }
}

/** Why this browser cannot keep anything, as far as can be known before trying. */
export function refused(): KeepProblem | null {
  if (!window.isSecureContext) return 'insecure';
  return 'serviceWorker' in navigator && 'caches' in window ? null : 'forbidden';
}
