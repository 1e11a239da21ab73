/**
 * Files of others over the network: gotten in as many attempts as it takes,
 * checked, and kept.
 *
 * @module
 */
export { type Access, accessOf } from "./access.ts";
export { copyChecked } from "./copy.ts";
export { type Witness, WITNESSES } from "./digits.ts";
export type { TransferTools } from "./download.ts";
export { FileCache, type GetOptions, type KeptFile } from "./file_cache.ts";
export { lockWaiting } from "./lock_waiting.ts";
export { partOf } from "./partial_file.ts";
export { type RemoteFile, remoteFiles } from "./remote_file.ts";
