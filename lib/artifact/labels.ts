import type { HostTensor } from "../tensor/host_tensor.ts";
import { UserError } from "./user_error.ts";

/**
 * Refuses labels that name no class.
 *
 * @throws {UserError} naming file, place, the label and the number of classes
 */
export function assertLabels(
  { data }: HostTensor,
  { classes, file }: { classes: number; file: string },
): void {
  const labels = data as Int32Array;
  const index = labels.findIndex((label) => !(label >= 0 && label < classes));
  if (index < 0) return;
  throw new UserError(
    `Cannot use "${file}": label ${labels[index]} of image ${index} is out ` +
      `of range, expected 0 to ${classes - 1}`,
  );
}
