/** What the page's address says, so that it leads here again. */

/** Set parts of the address; null takes one away. */
export function remember(change: Readonly<Record<string, string | null>>): void {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(change))
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  history.replaceState(null, '', url);
}
