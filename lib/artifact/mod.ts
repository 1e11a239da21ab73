/**
 * Artifacts: safetensors files, or folders of them, with a kind, a configuration
 * and a recipe.
 *
 * Readers validate everything but the numbers before the first byte of work
 * and read tensors one at a time; writers leave a whole file or none.
 *
 * @module
 */
export {
  type ArtifactContents,
  type ArtifactMetadata,
  type ArtifactReader,
  asArtifact,
  createArtifact,
  createSharded,
  type JsonRecord,
  openArtifact,
  withDigest,
  writeArtifact,
} from "./artifact.ts";
export { canonicalJson } from "./canonical_json.ts";
export { bytesLeft, requireRoom } from "./disk_room.ts";
export {
  FILE_DTYPES,
  type FileDType,
  hostDType,
  TO_FILE_DTYPE,
} from "./dtype.ts";
export {
  type ArtifactFacts,
  type PlannedArtifact,
  plannedArtifact,
} from "./facts.ts";
export {
  type AtomicFile,
  createAtomic,
  exists,
  readBytes,
  readTextFile,
  sweepLeftovers,
  syncFolder,
  writeBytesAtomic,
  writeTextAtomic,
  writeWhole,
} from "./files.ts";
export { type AtomicFolder, createAtomicFolder } from "./folder.ts";
export { assertFinite, firstNonFinite } from "./finite.ts";
export { type Defect, DEFECTS, FormatError } from "./format_error.ts";
export { assertLabels } from "./labels.ts";
export { OpenPool } from "./open_pool.ts";
export { LockHeld, tryLock } from "./lock.ts";
export { MAX_HEADER_BYTES, type TensorInfo } from "./header.ts";
export { createFolder, isFolder, isFolderPath, withoutSlash } from "./place.ts";
export { ARTIFACT_NAME, shardName } from "./shard_index.ts";
export type { ShardedWriter } from "./sharded_writer.ts";
export {
  ARTIFACT_KINDS,
  type ArtifactKind,
  dtypesOf,
  FORM,
  FORMAT_VERSION,
  type FormRule,
  type KindRule,
  kindRule,
  KINDS,
  LOG_PREFIX,
  type TensorRule,
  type TensorRules,
} from "./kinds.ts";
export {
  type RowRange,
  type SafetensorsReader,
  tensorBytes,
} from "./safetensors_reader.ts";
export {
  createSafetensors,
  type FileContents,
  type RawTensor,
  type SafetensorsWriter,
  type TensorSpec,
  type WritableTensor,
  type WriteRows,
  writeSafetensors,
  type WriteTarget,
} from "./safetensors_writer.ts";
export { artifactInMemory } from "./in_memory.ts";
export { INDEX_NAME, openSafetensors } from "./sharded_reader.ts";
export {
  type ByteSource,
  digestBytes,
  digestFile,
  digestFiles,
  digestOf,
  memorySource,
  openFile,
} from "./source.ts";
export { SafetensorsStream } from "./stream.ts";
export { JsonError, parseJson } from "./strict_json.ts";
export { errorCode, ioError, UserError } from "./user_error.ts";
