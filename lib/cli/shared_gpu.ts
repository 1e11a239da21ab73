import { hostname, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { digestBytes, LockHeld, tryLock } from "../artifact/mod.ts";
import { type Environment, gpuView, launchedBy } from "../parallel/mod.ts";

/** What names an adapter. */
export type AdapterName = Pick<
  GPUAdapterInfo,
  "vendor" | "architecture" | "device" | "description"
>;

/** What ranks on one GPU are found by. */
interface Claim {
  readonly environment: Environment;
  readonly adapter: AdapterName;
  /** Where ranks of this machine leave that they use a GPU. */
  readonly folder?: string;
}

const NOTHING: Disposable = { [Symbol.dispose]() {} };

/**
 * Says that this process uses a GPU, where a launcher has started several, and
 * tells where another rank of this machine does already. Of many, one tells.
 *
 * Ranks that share work without messages are found as well as those that talk:
 * each locks a file that the same GPU, seen the same way, has the name of.
 *
 * @returns what ends the use
 */
export async function claimGpu(
  { environment, adapter, folder = tmpdir() }: Claim,
  tell: (line: string) => void,
): Promise<Disposable> {
  const { rank, size = 1 } = launchedBy(environment) ?? { rank: 0 };
  if (size === 1) return NOTHING;
  const { vendor, architecture, device, description } = adapter;
  const named = [vendor, architecture, device, description];
  const seen = [userInfo().uid, gpuView(environment), named];
  const digest = await digestBytes(JSON.stringify(seen));
  const path = join(folder, `spherear-gpu-${digest.slice(0, 16)}`);
  try {
    const alone = await tryLock(`${path}.lock`);
    if (!(alone instanceof LockHeld)) return alone;
    const told = await tryLock(`${path}-shared.lock`);
    if (told instanceof LockHeld) return NOTHING;
    tell(
      `Rank ${rank} of ${size} (${hostname()}) has no GPU of its own: ` +
        `${alone.holder} is on "${description || device}" too, and ` +
        "docs/clusters.md says how each rank gets one",
    );
    return told;
  } catch {
    // Without a folder for them nobody knows of others.
    return NOTHING;
  }
}
