import { UserError } from "../../artifact/mod.ts";
import { becomesFloat32, type StoredTensor } from "../../interop/mod.ts";

/**
 * Requires a tensor of floats of a shape.
 *
 * @throws {UserError} naming the file and the tensor, what was expected and what
 *   was found
 */
export function checkTensor(
  tensor: StoredTensor | undefined,
  { file, name, shape }: {
    readonly file: string;
    readonly name: string;
    readonly shape: readonly number[];
  },
): void {
  const fail = (detail: string) =>
    new UserError(`Cannot import "${file}": tensor "${name}" ${detail}`);
  if (tensor === undefined) throw fail(`is missing, expected [${shape}]`);
  if (tensor.shape.join() !== shape.join()) {
    throw fail(`has shape [${tensor.shape}], expected [${shape}]`);
  }
  if (becomesFloat32(tensor.dtype) === undefined) {
    throw fail(`has type ${tensor.dtype}, expected floats`);
  }
}
