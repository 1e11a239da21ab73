import { isAbsolute, join } from "node:path";
import { homedir } from "node:os";

/** Where systems keep what can be made again, below a person's own folder. */
const CACHES: Readonly<Record<string, string>> = {
  darwin: "Library/Caches",
  windows: "AppData/Local",
};

/** The user's folder for what can be made again; it need not exist. */
export function cacheFolder(): string {
  const given = Deno.env.get("XDG_CACHE_HOME") ?? "";
  // Its specification says that relative paths are to be passed over.
  const cache = isAbsolute(given)
    ? given
    : join(homedir(), CACHES[Deno.build.os] ?? ".cache");
  return join(cache, "spherear");
}

/** Where the CPU engine keeps weights as its sessions read them. */
export function weightsCache(): string {
  return join(cacheFolder(), "weights");
}
