/** Is told how many bytes of archives have been passed, and of how many. */
export type Watch = (passed: number, all: number) => void;

/**
 * Tells of files that are passed one after another.
 *
 * @returns what is called with the index of a file and the byte that is reached
 */
export async function watchFiles(
  paths: readonly string[],
  watch: Watch = () => {},
): Promise<(file: number, at: number) => void> {
  const starts: number[] = [];
  let all = 0;
  for (const path of paths) {
    starts.push(all);
    // What cannot be read is told by who reads it.
    all += await Deno.stat(path).then(({ size }) => size, () => 0);
  }
  return (file, at) => watch(starts[file]! + at, all);
}
