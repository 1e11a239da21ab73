import type { HostTensor } from "../tensor/host_tensor.ts";
import { UserError } from "./user_error.ts";

const F16_EXPONENT = 0x7c00;

/**
 * The index of the first NaN or infinity of a tensor, or -1.
 *
 * Whole-number tensors have none.
 */
export function firstNonFinite({ dtype, data }: HostTensor): number {
  if (dtype === "f32" || dtype === "f64") {
    const values = data as Float32Array | Float64Array;
    for (let index = 0; index < values.length; index++) {
      if (!Number.isFinite(values[index])) return index;
    }
  }
  if (dtype === "f16") {
    return (data as Uint16Array).findIndex((bits) =>
      (bits & F16_EXPONENT) === F16_EXPONENT
    );
  }
  return -1;
}

/**
 * Refuses a tensor that holds NaN or an infinity.
 *
 * @throws {UserError} naming file, tensor and place
 */
export function assertFinite(
  tensor: HostTensor,
  { name, file }: { name: string; file: string },
): void {
  const index = firstNonFinite(tensor);
  if (index < 0) return;
  const found = tensor.dtype === "f16"
    ? "NaN or an infinity"
    : `${tensor.data[index]}`;
  throw new UserError(
    `Cannot use "${file}": tensor "${name}" holds ${found} at element ` +
      `${index} of ${tensor.data.length}, expected finite numbers`,
  );
}
