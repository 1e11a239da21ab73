import { UserError } from "../../artifact/mod.ts";
import type { WeightSet } from "../../interop/mod.ts";

/**
 * What data parallel and sharded training, torch.compile and checkpointing put
 * into the names of what they wrap, the whole model or a part of it.
 */
const WRAPPERS =
  /(^|\.)(?:(?:module|_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module)\.)+/g;

/**
 * The weights of a wrapped model, or one with wrapped parts, under the names of
 * the model itself.
 *
 * @param file for messages
 * @throws {UserError} where two tensors get one name
 */
export function unwrapped(set: WeightSet, file: string): WeightSet {
  const wrapped = new Map<string, string>();
  for (const name of set.tensors.keys()) {
    const own = name.replace(WRAPPERS, "$1");
    const other = wrapped.get(own);
    if (other !== undefined) {
      throw new UserError(
        `Cannot import "${file}": "${other}" and "${name}" are both the ` +
          `tensor "${own}", expected one of them`,
      );
    }
    wrapped.set(own, name);
  }
  const entries = [...wrapped].map(([own, name]) =>
    [own, set.tensors.get(name)!] as const
  );
  return {
    tensors: new Map(entries),
    readRows: (own, rows) => set.readRows(wrapped.get(own)!, rows),
  };
}
