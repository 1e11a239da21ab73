/** What is done with items, some of them at once. */
export interface SideBySide<T, R, H> {
  /** How many are in work at once. */
  readonly most: number;
  /** Gets what one that works needs for all of its items. */
  open(): Promise<H>;
  close(held: H): void;
  run(item: T, held: H): Promise<R>;
  /** Takes results in the order of the items. */
  done(result: R): void;
}

/**
 * Works at items side by side, as if one after another: results are taken in
 * their order, and of several errors the first item's is thrown.
 */
export async function sideBySide<T, R, H>(
  items: readonly T[],
  { most, open, close, run, done }: SideBySide<T, R, H>,
): Promise<void> {
  const results = new InOrder(done);
  const errors = new Map<number, unknown>();
  let next = 0;
  async function work(): Promise<void> {
    const held = await open();
    try {
      while (next < items.length && errors.size === 0) {
        const index = next++;
        try {
          results.add(index, await run(items[index]!, held));
        } catch (error) {
          errors.set(index, error);
        }
      }
    } finally {
      close(held);
    }
  }
  const workers = Array.from({ length: Math.min(most, items.length) }, work);
  const ends = await Promise.allSettled(workers);
  if (errors.size > 0) throw errors.get(Math.min(...errors.keys()));
  const failed = ends.find(({ status }) => status === "rejected");
  if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
}

/** Results that come in any order, and are taken in theirs. */
class InOrder<R> {
  private readonly waiting = new Map<number, R>();
  private readonly take: (result: R) => void;
  private taken = 0;

  constructor(take: (result: R) => void) {
    this.take = take;
  }

  add(index: number, result: R): void {
    this.waiting.set(index, result);
    while (this.waiting.has(this.taken)) {
      const next = this.waiting.get(this.taken)!;
      this.waiting.delete(this.taken++);
      this.take(next);
    }
  }
}
