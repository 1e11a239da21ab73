const AHEAD = 4;

/**
 * Maps items with a few of them in work at once; results keep the order.
 *
 * Decoders use threads of their own, so a few pictures ahead fill them.
 */
export async function* inOrder<T, R>(
  items: Iterable<T>,
  run: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const waiting: Promise<R>[] = [];
  try {
    for (const item of items) {
      const result = run(item);
      // Told where it is awaited; without this it would count as unhandled.
      result.catch(() => {});
      waiting.push(result);
      if (waiting.length > AHEAD) yield await waiting.shift()!;
    }
    while (waiting.length > 0) yield await waiting.shift()!;
  } finally {
    await Promise.allSettled(waiting);
  }
}
