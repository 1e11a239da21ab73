import { UserError } from "../../artifact/mod.ts";
import type { StoredTensor } from "../../interop/mod.ts";

/** Tensors by the release's names, and the file that they are from. */
export interface NamedTensors {
  readonly file: string;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** An axis that shows a size, and how many more it has than the size. */
export type Witness = readonly [name: string, at: number, more?: number];

/**
 * The size that most of some axes show, of as many the first: a tensor that is
 * missing or misshapen is outvoted, and told by its own name later.
 *
 * @throws {UserError} naming the first tensor, where none is there
 */
export function sizeShown(
  { file, tensors }: NamedTensors,
  witnesses: readonly Witness[],
): number {
  const sizes = witnesses.flatMap(([name, at, more = 0]) => {
    const size = tensors.get(name)?.shape[at];
    return size === undefined ? [] : [size - more];
  });
  const votes = (size: number) => sizes.filter((one) => one === size).length;
  if (sizes.length > 0) {
    return sizes.reduce((best, one) => votes(one) > votes(best) ? one : best);
  }
  const [name] = witnesses[0]!;
  const shape = tensors.get(name)?.shape;
  const found = shape === undefined ? "none" : `one of shape [${shape}]`;
  throw new UserError(
    `Cannot import "${file}": expected a tensor "${name}", found ${found}`,
  );
}

/** How many numbered groups of tensors there are below a path, from 0 on. */
export function countBelow({ tensors }: NamedTensors, path: string): number {
  const numbers = new Set<string>();
  for (const name of tensors.keys()) {
    if (!name.startsWith(`${path}.`)) continue;
    const [number, ...rest] = name.slice(path.length + 1).split(".");
    if (rest.length > 0) numbers.add(number!);
  }
  let count = 0;
  while (numbers.has(`${count}`)) count++;
  return count;
}
