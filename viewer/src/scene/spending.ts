/** What a tour's tiles have taken of the visitor's line. */
export class Spending {
  /** Since it began, bytes as they travelled; what came from a cache is not among them. */
  bytes = 0;
  private readonly watch: PerformanceObserver;

  /** `onSpent` is called whenever there is more. */
  constructor(onSpent: (bytes: number) => void) {
    this.watch = new PerformanceObserver((seen) => {
      const before = this.bytes;
      for (const entry of seen.getEntries() as PerformanceResourceTiming[])
        if (/\.glb$/.test(entry.name)) this.bytes += entry.transferSize;
      if (this.bytes > before) onSpent(this.bytes);
    });
    this.watch.observe({ type: 'resource' });
  }

  end(): void {
    this.watch.disconnect();
  }
}
