/** Ids from words. */

/** An id such as `quanh-dien-thai-hoa` from a title in any alphabet that can be written so. */
export const idFrom = (title: string): string =>
  title
    .replace(/[đĐ]/g, 'd')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64);
