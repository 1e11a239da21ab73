/**
 * Files that others publish and that this project needs, by name: data alone,
 * since every command that takes a file loads it.
 *
 * @module
 */
export type { Official, OfficialFile } from "./official.ts";
export {
  isOfficialName,
  OFFICIAL,
  OFFICIAL_NAMES,
  type OfficialName,
} from "./table.ts";
export { HUB_PREFIX, isRemoteWord } from "./words.ts";
