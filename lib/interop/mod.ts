/**
 * Weights in the formats of others: PyTorch checkpoints, read by a restricted
 * unpickler and written by a writer of our own, and plain safetensors; archives
 * of NumPy arrays.
 *
 * A file is taken for hostile: nothing of it is run, every size is checked
 * before it is used, and tensors are read by ranges.
 *
 * @module
 */
export { CheckpointError } from "./checkpoint_error.ts";
export { becomesFloat32, toFloat32 } from "./float_conversion.ts";
export { type ByteArrayPieces, NPZ_MADE, writeNpz } from "./npz_writer.ts";
export {
  type NpzArray,
  type NpzFile,
  type NpzRows,
  openNpz,
} from "./npz_reader.ts";
export { openWeights } from "./open_weights.ts";
export type { PlainValue } from "./pickle/plain.ts";
export { openTorch } from "./torch_reader.ts";
export { writeTorch } from "./torch_writer.ts";
export {
  rowPieces,
  type StoredTensor,
  type WeightFile,
  type WeightSet,
} from "./weight_file.ts";
