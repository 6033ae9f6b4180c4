/** Something that is fetched when it is first wanted. */
export class Later<T> {
  private value: T | null = null;
  private asked = false;
  private readonly fetch: () => Promise<T>;
  private readonly arrived: () => void;

  /** `arrived` is called once it is there. What cannot be fetched is asked for again the next time. */
  constructor(fetch: () => Promise<T>, arrived: () => void) {
    this.fetch = fetch;
    this.arrived = arrived;
  }

  /** It, or null while it is on its way. */
  get(): T | null {
    if (!this.asked) {
      this.asked = true;
      this.fetch().then(
        (value) => {
          this.value = value;
          this.arrived();
        },
        () => {
          this.asked = false;
        },
      );
    }
    return this.value;
  }
}
