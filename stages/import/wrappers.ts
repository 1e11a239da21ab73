import type { WeightSet } from "../../lib/interop/mod.ts";

/** What data parallel training and torch.compile put before every name. */
const WRAPPERS = ["module.", "_orig_mod."];

/**
 * The weights of a wrapped model under the names of the model itself; others
 * as they are. Wrappers may stand around each other.
 */
export function unwrapped(set: WeightSet): WeightSet {
  const names = [...set.tensors.keys()];
  const wrapper = WRAPPERS.find((one) =>
    names.every((name) => name.startsWith(one))
  );
  if (names.length === 0 || wrapper === undefined) return set;
  const entries = [...set.tensors].map(([name, tensor]) =>
    [name.slice(wrapper.length), tensor] as const
  );
  return unwrapped({
    tensors: new Map(entries),
    readRows: (name, rows) => set.readRows(wrapper + name, rows),
  });
}
