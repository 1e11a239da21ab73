/**
 * How far the class shares of two sets lie apart: half the summed differences
 * of the shares, 0 for equal shares and 1 for no class in common.
 */
export function classMixDifference(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
): number {
  const first = shares(a), second = shares(b);
  const labels = new Set([...first.keys(), ...second.keys()]);
  let sum = 0;
  for (const label of labels) {
    sum += Math.abs((first.get(label) ?? 0) - (second.get(label) ?? 0));
  }
  return sum / 2;
}

function shares(labels: ArrayLike<number>): Map<number, number> {
  const result = new Map<number, number>();
  for (let k = 0; k < labels.length; k++) {
    const label = labels[k]!;
    result.set(label, (result.get(label) ?? 0) + 1 / labels.length);
  }
  return result;
}
