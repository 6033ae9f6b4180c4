/** Something that is fetched when it is first wanted. */
export class Later<T> {
  private value: T | null = null;
  private coming: Promise<T> | null = null;
  private readonly fetch: () => Promise<T>;
  private readonly arrived: () => void;

  /** `arrived` is called once it is there. What cannot be fetched is asked for again the next time. */
  constructor(fetch: () => Promise<T>, arrived: () => void = () => {}) {
    this.fetch = fetch;
    this.arrived = arrived;
  }

  /** It, or null while it is on its way. */
  get(): T | null {
    if (!this.coming) this.wait().catch(() => {});
    return this.value;
  }

  /** It, as soon as it is there. Raises what the fetch does. */
  wait(): Promise<T> {
    this.coming ??= this.fetch().then(
      (value) => {
        this.value = value;
        this.arrived();
        return value;
      },
      (error) => {
        this.coming = null;
        throw error;
      },
    );
    return this.coming;
  }
}
