/** Which annotations are shown with a survey: what the first screen needs of condition maps. */
import type { AnnotationEntry } from './release.ts';

/** Why an annotation is shown with a survey: drawn in it or for all, carried to it, or carried though the surface changed. */
export type Hold = 'own' | 'carried' | 'review';

/** How an annotation stands to the epoch that is shown (null: a state); null where it is not shown with it. */
export function holds(annotation: AnnotationEntry, epoch: string | null): Hold | null {
  if (annotation.epoch === null || annotation.epoch === epoch) return 'own';
  const verdict = annotation.carried.find((c) => c.epoch === epoch)?.verdict;
  return verdict === 'carried' || verdict === 'review' ? verdict : null;
}
