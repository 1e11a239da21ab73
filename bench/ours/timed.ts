/** Seconds of each of some runs of `work`, one after another. */
export async function secondsOf(
  work: () => Promise<unknown>,
  iterations: number,
): Promise<number[]> {
  const seconds: number[] = [];
  for (let i = 0; i < iterations; i++) {
    const start = performance.now();
    await work();
    seconds.push((performance.now() - start) / 1000);
  }
  return seconds;
}
