/**
 * Files of others by name: fetched, listed, and imported where they are used.
 *
 * @module
 */
export { fetchedLines, fetchWords } from "./fetch_words.ts";
export { givenModels, givenPaths } from "./given_paths.ts";
export { listOfficial, listText } from "./list.ts";
export { openRemoteFiles } from "./remote_files.ts";
