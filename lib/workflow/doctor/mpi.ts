import {
  type Collective,
  connectionOf,
  type Environment,
  findMpi,
  gatherJson,
  gpuView,
  launchedBy,
  launchedByMpi,
  sharedGpus,
} from "../../parallel/mod.ts";
import type { Finding } from "./finding.ts";

const MPI = { name: "MPI (only to work as many processes)", needed: false };
const FIX = "not needed on one machine; apt-get install openmpi-bin has mpirun";

/** What this process is one of. */
export interface Launching {
  readonly environment: Environment;
  ranks(): Promise<Collective>;
}

/** Which MPI is there, and how fast the ranks talk that it has started. */
export async function examineMpi(
  { environment, ranks }: Launching,
): Promise<readonly Finding[]> {
  try {
    const launched = launchedByMpi(environment);
    const library = findMpi(environment, launched?.mpi);
    if (library === undefined) {
      return [{ ...MPI, works: false, detail: "none was found", fix: FIX }];
    }
    const found = `${library.version} (${library.path})`;
    if (launched === undefined || launched.size === 1) {
      const by = launchedBy(environment);
      const detail = by === undefined
        ? `${found}; no launcher has started this process`
        : `${found}; rank ${by.rank} of ${by.size ?? "?"} by ${by.launcher}`;
      return [{ ...MPI, works: true, detail }];
    }
    const opened = await ranks();
    return [
      await examineRanks(`${found}, ${launched.launcher}`, opened),
      ...await examineGpus(environment, opened),
    ];
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return [{ ...MPI, works: false, detail }];
  }
}

async function examineRanks(
  found: string,
  ranks: Collective,
): Promise<Finding> {
  const { latencyMicroseconds, bytesPerSecond } = await connectionOf(ranks);
  const latency = `${latencyMicroseconds.toFixed(0)} us`;
  const speed = `${(bytesPerSecond / 1e9).toFixed(2)} GB/s`;
  return {
    ...MPI,
    works: true,
    detail: `${found}: ${ranks.size} ranks, ${latency}, ${speed} a rank`,
    facts: { latencyMicroseconds, bytesPerSecond },
  };
}

/** Whether each rank has a GPU of its own. */
async function examineGpus(
  environment: Environment,
  ranks: Collective,
): Promise<readonly Finding[]> {
  const views = await gatherJson(ranks, gpuView(environment));
  if (views.every(({ devices }) => devices.length === 0)) return [];
  const shared = sharedGpus(views);
  const name = "one GPU for each rank";
  if (shared.length === 0) {
    return [{ name, works: true, needed: false, detail: "none is shared" }];
  }
  const groups = shared.map((group) =>
    `ranks ${group.join(", ")} on ${views[group[0]!]!.host}`
  );
  return [{
    name,
    works: false,
    needed: false,
    detail: `${groups.join("; ")} see the same GPUs and get the same one`,
    fix: "docs/clusters.md says how ranks get GPUs of their own",
  }];
}
