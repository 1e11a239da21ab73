import { hostname } from "node:os";
import { UserError } from "../artifact/mod.ts";
import type { Collective } from "./collective.ts";
import type { Environment } from "./environment.ts";
import { launchedByMpi, type MpiLaunched } from "./launchers.ts";
import { singleCollective } from "./memory_group.ts";
import type { FoundMpi } from "./mpi/find.ts";
import { rankTitle } from "./mpi/last_words.ts";

/** How long a rank may be silent before all end, unless people say it. */
const SILENT_SECONDS = 15;

/** A machine that has much to do may well be late by less. */
const LEAST_SILENT_SECONDS = 3;

/**
 * The processes that a launcher of MPI has started together with this one, or
 * this one alone; without a launcher nothing of MPI is looked for or loaded.
 *
 * @throws {UserError} where there is no library, or it is not the launcher's,
 *   or a variable of ours is wrong
 */
export async function openCollective(
  environment: Environment,
): Promise<Collective> {
  const launched = launchedByMpi(environment);
  if (launched === undefined || launched.size === 1) return singleCollective();
  const { findMpi } = await import("./mpi/find.ts");
  const { MpiCollective } = await import("./mpi/mpi_collective.ts");
  const silentSeconds = silentSecondsOf(environment);
  const library = findMpi(environment, launched.mpi);
  if (library === undefined) {
    throw new UserError(
      `${prefix(launched)}: no library of MPI was found that belongs to it; ` +
        "SPHEREAR_MPI=/path/to/libmpi.so names one",
    );
  }
  const collective = await MpiCollective.open(library.path, {
    silentSeconds,
    witnessed: witnessedTitle(launched),
  });
  if (collective.rank === launched.rank && collective.size === launched.size) {
    return collective;
  }
  throw new UserError(disagreement(launched, library, collective));
}

/** What a process beside this rank calls it, where the launcher does not. */
function witnessedTitle(
  { namesKilled, rank, size }: MpiLaunched,
): string | undefined {
  return namesKilled ? undefined : rankTitle({ rank, size, host: hostname() });
}

function silentSecondsOf(environment: Environment): number {
  const given = environment("SPHEREAR_SILENT_SECONDS") ?? "";
  if (given === "") return SILENT_SECONDS;
  if (/^\d+$/.test(given) && Number(given) >= LEAST_SILENT_SECONDS) {
    return Number(given);
  }
  throw new UserError(
    `Cannot use SPHEREAR_SILENT_SECONDS="${given}": expected a whole number ` +
      `from ${LEAST_SILENT_SECONDS}`,
  );
}

function prefix({ launcher, rank, size }: MpiLaunched): string {
  return `Cannot work as rank ${rank} of ${size} that ${launcher} has started`;
}

function disagreement(
  launched: MpiLaunched,
  { path, version }: FoundMpi,
  { rank, size }: Collective,
): string {
  return `${prefix(launched)}: ${version} (${path}) finds rank ${rank} of ` +
    `${size}; launcher and library must belong together ` +
    "(SPHEREAR_MPI names the library; srun may need --mpi=pmix or --mpi=pmi2)";
}
