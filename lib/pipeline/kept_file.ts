import type { OutputTarget } from "./plan.ts";

/** Whether an output is a path for a file or folder, no pipe and no device. */
export function isKept(target: OutputTarget): target is string {
  if (typeof target !== "string") return false;
  try {
    const { isFile, isDirectory } = Deno.statSync(target);
    return isFile || isDirectory;
  } catch {
    return true;
  }
}
