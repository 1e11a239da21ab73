import type { HostTensor } from "../tensor/mod.ts";

/** How many labels a classifier names, in all and class by class. */
export interface ClassAccuracy {
  /** Share of all images, 0..1. */
  readonly all: number;
  /** Share of each class; null where the set holds none of it. */
  readonly byClass: readonly (number | null)[];
}

/**
 * Share of rows of logits [n, classes] whose largest entry is the label
 * (i32 [n]); ties go to the lower class.
 *
 * @throws {TypeError} when the shapes do not fit
 * @throws {RangeError} when a label is no class
 */
export function classAccuracy(
  logits: HostTensor,
  labels: HostTensor,
): ClassAccuracy {
  const [rows = 0, classes = 0] = logits.shape;
  if (logits.shape.length !== 2 || labels.data.length !== rows) {
    throw new TypeError(
      "Cannot count right classes: expected logits [n, classes] and labels " +
        `[n], got [${logits.shape}] and [${labels.shape}]`,
    );
  }
  const right = new Array<number>(classes).fill(0);
  const seen = new Array<number>(classes).fill(0);
  for (let i = 0; i < rows; i++) {
    const label = labels.data[i]!;
    if (!(label >= 0 && label < classes)) {
      throw new RangeError(
        `Cannot count right classes: label ${label} of image ${i} is not in ` +
          `0..${classes - 1}`,
      );
    }
    const row = logits.data.subarray(i * classes, (i + 1) * classes);
    seen[label]!++;
    if (largestIndex(row) === label) right[label]!++;
  }
  return {
    all: right.reduce((a, b) => a + b, 0) / rows,
    byClass: seen.map((n, k) => n === 0 ? null : right[k]! / n),
  };
}

function largestIndex(row: ArrayLike<number>): number {
  let best = 0;
  for (let k = 1; k < row.length; k++) {
    if (row[k]! > row[best]!) best = k;
  }
  return best;
}
