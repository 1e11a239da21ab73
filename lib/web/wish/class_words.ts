/** A name that a list of classes can hold as it is. */
const PLAIN = /^[^\d,\s]([^,]*[^,\s])?$/;

/**
 * What the command line and addresses call a class: its name where that is told
 * from every other one, else its number.
 */
export function classWord(label: number, classes: readonly string[]): string {
  const name = classes[label]!;
  const isAlone = classes.filter((other) => isSame(other, name)).length === 1;
  return isAlone && PLAIN.test(name) ? name : String(label);
}

/** The class that a word stands for, if any. */
export function labelOf(
  word: string,
  classes: readonly string[],
): number | undefined {
  if (/^\d+$/.test(word)) {
    return Number(word) < classes.length ? Number(word) : undefined;
  }
  const found = classes.findIndex((name) => isSame(name, word));
  return found < 0 ? undefined : found;
}

/**
 * Classes whose names hold every word of a text: those that begin with it come
 * first.
 */
export function classesLike(
  text: string,
  classes: readonly string[],
): readonly number[] {
  const wanted = text.trim().toLowerCase();
  const words = wanted.split(/\s+/);
  return [...classes.keys()]
    .filter((label) => {
      const name = classes[label]!.toLowerCase();
      return words.every((word) => name.includes(word));
    })
    .sort((a, b) => rank(a) - rank(b) || a - b);

  function rank(label: number): number {
    return classes[label]!.toLowerCase().startsWith(wanted) ? 0 : 1;
  }
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
