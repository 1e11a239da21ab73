/** Rows of a set in batches of one size. */
export interface EqualBatches {
  /** Rows of each. */
  readonly rows: number;
  /** Numbers of the set's rows, batch by batch. */
  readonly batches: readonly (readonly number[])[];
}

/**
 * At most `most` rows, spread over a set, in as few batches of one size as
 * hold them; up to as many rows as there are batches, less one, are left out.
 */
export function equalBatches(
  count: number,
  { batch, most }: { readonly batch: number; readonly most: number },
): EqualBatches {
  const wanted = Math.min(count, most);
  const parts = Math.ceil(wanted / batch);
  const rows = Math.floor(wanted / parts);
  const taken = rows * parts;
  const all = Array.from(
    { length: taken },
    (_, i) => Math.floor(i * count / taken),
  );
  const batches = Array.from(
    { length: parts },
    (_, part) => all.slice(part * rows, (part + 1) * rows),
  );
  return { rows, batches };
}

/** Random step of validations: none that a training comes to. */
export const VALIDATION_STEP = 2 ** 31;
