import { dirname, isAbsolute, join, resolve } from "node:path";
import { UserError } from "../../artifact/mod.ts";
import type { Environment } from "../environment.ts";
import type { MpiFamily } from "../launchers.ts";
import { launcherProcess, programOf } from "../processes.ts";
import { readVersion, VERSION_SYMBOLS } from "./texts.ts";

/** Libraries by their names; the standard interface where it is there. */
const FILES: Readonly<Record<string, readonly string[]>> = {
  linux: [
    "libmpi_abi.so.1",
    "libmpi_abi.so.0",
    "libmpi.so.40",
    "libmpi.so.12",
    "libmpich.so.12",
    "libmpi.so",
  ],
  darwin: [
    "libmpi_abi.1.dylib",
    "libmpi_abi.0.dylib",
    "libmpi.40.dylib",
    "libmpi.12.dylib",
    "libmpi.dylib",
  ],
};

/** What a library says of itself, by the launcher that it belongs to. */
const FAMILIES: Readonly<Record<MpiFamily, RegExp>> = {
  openMpi: /open mpi|spectrum mpi/i,
  mpich: /mpich|intel|mvapich/i,
  any: /(?:)/,
};

/** A library of MPI that is on this machine. */
export interface FoundMpi {
  /** Its file, or a name that the system's loader knows. */
  readonly path: string;
  /** What it says it is. */
  readonly version: string;
}

/**
 * The MPI library of a launcher: the one that `SPHEREAR_MPI` names, else the one
 * beside the launcher, beside `mpirun`, or where the system looks.
 *
 * @throws {UserError} where the one that is named is none
 */
export function findMpi(
  environment: Environment,
  family: MpiFamily = "any",
): FoundMpi | undefined {
  const named = environment("SPHEREAR_MPI");
  if (named !== undefined && named !== "") {
    const found = probe(named);
    if (found !== undefined) return found;
    throw new UserError(
      `Cannot use SPHEREAR_MPI="${named}": expected a library of MPI`,
    );
  }
  for (const path of candidates(environment)) {
    const found = probe(path);
    if (found && FAMILIES[family].test(found.version)) return found;
  }
  return undefined;
}

/** Files that may be libraries of MPI, the likeliest first. */
function candidates(environment: Environment): readonly string[] {
  const names = FILES[Deno.build.os] ?? [];
  const folders = [programFolder(), mpirunFolder(environment)]
    .flatMap((folder) => folder === undefined ? [] : [folder])
    .flatMap((folder) => ["../lib", "../lib64"].map((to) => join(folder, to)));
  const placed = folders.flatMap((folder) =>
    names.map((name) => join(folder, name)).filter(isFile)
  );
  return [...placed, ...names];
}

function programFolder(): string | undefined {
  const launcher = launcherProcess();
  const program = launcher && programOf(launcher);
  return program === undefined ? undefined : dirname(program);
}

function mpirunFolder(environment: Environment): string | undefined {
  const folders = (environment("PATH") ?? "").split(":").filter(isAbsolute);
  const found = folders.map((folder) => join(folder, "mpirun")).find(isFile);
  return found === undefined ? undefined : dirname(Deno.realPathSync(found));
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** What the library says; it is neither started nor kept. */
function probe(path: string): FoundMpi | undefined {
  const file = path.includes("/") ? resolve(path) : path;
  try {
    const library = Deno.dlopen(file, VERSION_SYMBOLS);
    const version = readVersion(library.symbols);
    library.close();
    return { path: file, version };
  } catch {
    return undefined;
  }
}
