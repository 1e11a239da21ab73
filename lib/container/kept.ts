/** Values that are made when they are asked for; those used last are kept. */
export class Kept<T> {
  private readonly most: number;
  private readonly values = new Map<string, Promise<T>>();

  /** @param most how many are kept */
  constructor(most: number) {
    this.most = most;
  }

  /** The value of a key, which is made where it is not kept. */
  of(key: string, make: () => Promise<T>): Promise<T> {
    const value = this.values.get(key) ?? make();
    // The one that was used last stands at the end.
    this.values.delete(key);
    this.values.set(key, value);
    // Told where it is awaited, and made again when it is asked for again.
    value.catch(() => {
      if (this.values.get(key) === value) this.values.delete(key);
    });
    if (this.values.size > this.most) {
      this.values.delete(this.values.keys().next().value!);
    }
    return value;
  }

  /** Lets go of all. */
  clear(): void {
    this.values.clear();
  }
}
