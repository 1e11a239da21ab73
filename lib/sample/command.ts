/**
 * The command line of `sample` with some options.
 *
 * @param options values by the names of flags, in their order
 */
export function sampleCommand(
  options: Readonly<Record<string, string | number>>,
): string {
  const words = Object.entries(options)
    .map(([name, value]) => `--${name} ${quoted(String(value))}`);
  return ["spherear sample", ...words].join(" ");
}

/** A word as shells take it. */
function quoted(word: string): string {
  return /^[\w./:,+-]+$/.test(word)
    ? word
    : `'${word.replaceAll("'", `'\\''`)}'`;
}
