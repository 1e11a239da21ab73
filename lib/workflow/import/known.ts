import type { OfficialFile } from "../../official/mod.ts";
import type { ImportTools } from "./write_weights.ts";

/** Says whether a file is the one that others publish. */
export function tellKnown(
  { file, from, sha256 }: OfficialFile,
  digest: string,
  { log }: Pick<ImportTools, "log">,
): void {
  if (digest === sha256) log.info(`${file} is the one of ${from}`);
  else {
    log.warn(
      `the file in the place of ${file} is another one than ${from}: its ` +
        `SHA-256 is ${digest}`,
    );
  }
}
