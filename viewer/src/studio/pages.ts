/**
 * The studio's pages beside the list of documents and the tour's desk. A page is an entry here, a message `page.<id>` in
 * the three catalogues, and a folder of its own (`studio/<id>/`, with its styles) that is fetched when it is opened.
 */
import type { TemplateResult } from 'lit';
import { icon } from '../ui/icons.ts';
import type { Part } from '../ui/parts.ts';
import { remember } from './address.ts';
import type { Studio } from './studio.ts';
import { studioIcon } from './ui/icons.ts';

export type Role = 'administrator' | 'curator' | 'conservator' | 'translator';

/** What a page's module exports. */
export interface PageModule {
  /** `studio.state.record` is the document that the page is about. */
  open(studio: Studio): Page;
}

export interface Page {
  /** What stands below the head: one `main` with an `h1 tabindex="-1"`. Drawn again after `studio.onState()`. */
  render(): Part;
  /** The page is left: timers and listeners end here. */
  end?(): void;
}

export interface Entry {
  /** In the address as `?page=`, and in the catalogues as `page.<id>`. */
  readonly id: string;
  readonly icon: () => TemplateResult;
  /** Whoever has one of these may open it; the server judges each question all the same. */
  readonly roles: readonly Role[];
  /**
   * A kind of documents: the page is another way to work on such a document, which lies on the desk with its saving, its
   * undo and whoever else is there (`studio.state.record`). Without it the page stands by itself, in the studio's head.
   */
  readonly about?: string;
  /** Such documents have no form: this page is where they are worked on. */
  readonly instead?: true;
  /** Only where people have accounts. */
  readonly accounts?: true;
  readonly load: () => Promise<PageModule>;
}

export const ROLES: readonly Role[] = ['administrator', 'curator', 'conservator', 'translator'];

export const PAGES: readonly Entry[] = [
  {
    id: 'releases',
    icon: () => studioIcon('release'),
    roles: ROLES,
    load: () => import('./ui/releases.ts'),
  },
  {
    id: 'placement',
    icon: () => icon('map'),
    roles: ROLES,
    about: 'monument',
    load: () => import('./placement/page.ts'),
  },
  {
    id: 'cleaning',
    icon: () => studioIcon('eye'),
    roles: ROLES,
    about: 'corrections',
    instead: true,
    load: () => import('./cleaning/page.ts'),
  },
  {
    id: 'reports',
    icon: () => studioIcon('reports'),
    roles: ['administrator', 'curator', 'conservator'],
    load: () => import('./reports/page.ts'),
  },
  {
    id: 'people',
    icon: () => studioIcon('people'),
    roles: ['administrator'],
    accounts: true,
    load: () => import('./people/page.ts'),
  },
  {
    id: 'account',
    icon: () => studioIcon('account'),
    roles: ROLES,
    accounts: true,
    load: () => import('./account/page.ts'),
  },
];

export class Pages {
  /** Set while a page's code is on its way, so that the last one asked for is shown. */
  private asked: Entry | null = null;
  private readonly studio: Studio;

  constructor(studio: Studio) {
    this.studio = studio;
  }

  /** The pages that this person may open, of a kind of documents or by themselves. */
  of(about?: string): readonly Entry[] {
    const { me } = this.studio.state;
    return PAGES.filter(
      (p) =>
        p.about === about &&
        (!p.accounts || me?.mode === 'accounts') &&
        p.roles.some((role) => me?.roles.includes(role)),
    );
  }

  /** Open a page by its id; null: back to the document's form, or the list of documents. */
  async go(id: string | null): Promise<void> {
    const { studio } = this;
    studio.opening.forget();
    const pages = this.of(studio.state.record?.kind);
    const entry = pages.find((p) => p.id === id || p.instead) ?? null;
    this.asked = entry;
    let module: PageModule | null = null;
    try {
      module = (await entry?.load()) ?? null;
    } catch {
      studio.set({ notice: studio.state.t('page.failed') });
      return;
    }
    if (this.asked !== entry) return;
    this.end();
    remember({ page: entry?.id ?? null });
    if (entry && module) studio.set({ page: { id: entry.id, page: module.open(studio) } });
  }

  end(): void {
    const { page } = this.studio.state;
    this.asked = null;
    if (!page) return;
    this.studio.set({ page: null });
    page.page.end?.();
  }
}
