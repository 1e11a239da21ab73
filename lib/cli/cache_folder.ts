import { join } from "node:path";
import { homedir } from "node:os";

/** The user's folder for what can be made again; it need not exist. */
export function cacheFolder(): string {
  const cache = Deno.env.get("XDG_CACHE_HOME") ?? join(homedir(), ".cache");
  return join(cache, "spherear");
}

/** Where the CPU engine keeps weights as its sessions read them. */
export function weightsCache(): string {
  return join(cacheFolder(), "weights");
}
