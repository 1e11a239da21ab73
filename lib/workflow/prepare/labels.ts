import type { EncodedPictures } from "../../../datasets/mod.ts";
import { hostTensor } from "../../tensor/mod.ts";

/** i32 [rows]: labels of pictures. */
export function labelsOf(
  encoded: Pick<EncodedPictures, "label">,
  rows: Uint32Array,
) {
  const labels = Int32Array.from(rows, (row) => encoded.label(row));
  return hostTensor("i32", [rows.length], labels);
}
