/** Where the keyboard has been, so that it goes back there from what is gone: a dialog, a note, a card, a line of a list. */

const REMEMBERED = 12;

export class Trail {
  private steps: HTMLElement[] = [];

  constructor(page: HTMLElement) {
    page.addEventListener('focusin', ({ target }) => {
      this.steps = [...this.steps.slice(1 - REMEMBERED), target as HTMLElement];
    });
    new MutationObserver(() => this.back()).observe(page, { childList: true, subtree: true });
  }

  /** Another view is open: nothing in it leads back into the last one. */
  forget(): void {
    this.steps = this.steps.filter((e) => e === document.activeElement);
  }

  private back(): void {
    const last = this.steps.at(-1);
    if (!last || last.isConnected || document.activeElement !== document.body) return;
    this.steps.findLast((e) => e.getClientRects().length > 0)?.focus({ preventScroll: true });
  }
}
