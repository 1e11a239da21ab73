/**
 * Archives that pictures come in, read in place and never trusted: headers
 * alone are read, and what is told of many members lies in columns.
 *
 * @module
 */
export { NameColumn, NumberColumn } from "./columns.ts";
export {
  type ContainedPicture,
  type Container,
  type ContainerForm,
  CONTAINERS,
  Containers,
  MAX_PICTURE_BYTES,
  type PicturePlace,
} from "./containers.ts";
export { OpenFiles } from "./open_files.ts";
export {
  type ParquetColumn,
  ParquetFile,
  type RowGroup,
} from "./parquet/file.ts";
export type { ParquetValue } from "./parquet/values.ts";
export { sampledFingerprint } from "./samples.ts";
export { firstFile } from "./tar/first_file.ts";
export { SkipLog } from "./skip_log.ts";
export type { TarMember, TarVisitor } from "./tar/visitor.ts";
export { walkTar } from "./tar/walk.ts";
