/**
 * Starts what was readied in the order of the list, whatever is ready first;
 * what is started goes on while the next is waited for.
 */
export async function inOrder<T>(
  readied: readonly Promise<() => Promise<T>>[],
): Promise<T[]> {
  for (const promise of readied) promise.catch(() => {});
  const started: Promise<T>[] = [];
  for (const promise of readied) {
    const start = await promise;
    const running = start();
    // Who waits for all of them sees what went wrong.
    running.catch(() => {});
    started.push(running);
  }
  return await Promise.all(started);
}
