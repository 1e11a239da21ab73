import { type Command, Option } from "commander";
import { UserError } from "../lib/artifact/mod.ts";
import type { Peers } from "./compare.ts";
import { compileFakeIntel } from "./fake_intel.ts";
import { OUTPUT } from "./output.ts";
import { parseCount } from "./parse_count.ts";
import type { PeerPlace } from "./peer.ts";
import type { BenchOptions } from "./run.ts";

/** Flags of every comparison with the authors' release. */
export interface ReleaseFlags {
  readonly release?: string;
  readonly python?: string;
  readonly rounds: number;
  readonly wait: number;
  readonly output?: string;
}

/** Gives a command these flags. */
export function addReleaseFlags(command: Command): Command {
  return command
    .addOption(
      new Option("--release <folder>", "checkout of guolinke/SphereAR"),
    )
    .option("--python <file>", "a Python with torch")
    .addOption(
      new Option("--rounds <count>", "turns of each contestant")
        .argParser(parseCount).default(3),
    )
    .addOption(
      new Option("--wait <seconds>", "longest wait for quiet before a turn")
        .argParser(parseCount).default(10),
    )
    .option(...OUTPUT);
}

/** How flags say that contestants take turns. */
export function turnsOf(
  { rounds, wait }: ReleaseFlags,
): Omit<BenchOptions, "peers"> {
  const log = (line: string) => console.error(line);
  return { rounds, patienceMs: 1000 * wait, log };
}

/**
 * Where the release is, if flags say so.
 *
 * @throws {UserError} for half of it
 */
export function placeOf(
  { release, python }: ReleaseFlags,
): PeerPlace | undefined {
  if ((release === undefined) !== (python === undefined)) {
    throw new UserError("--release and --python are of use only together");
  }
  if (release === undefined || python === undefined) return undefined;
  return { release, python };
}

/** The release in float32, as shipped and with MKL's fast kernels on. */
export async function peersOnCpu(
  place: PeerPlace,
  { threads, folder }: { threads: number; folder: string },
): Promise<{ readonly peers: Peers; readonly notes: readonly string[] }> {
  const flags = ["--threads", `${threads}`];
  const shipped = { name: "eager, float32", flags };
  const tuning = await compileFakeIntel(folder);
  if ("missing" in tuning) {
    return { peers: { place, default: shipped }, notes: [tuning.missing] };
  }
  const tuned = {
    name: "eager, float32, MKL's kernels of Intel processors",
    flags,
    preload: tuning.library,
  };
  return { peers: { place, default: shipped, tuned }, notes: [] };
}

/** The release in bfloat16, as its own sampling runs it, without and with its compiler. */
export function peersOnCuda(place: PeerPlace): Peers {
  const flags = ["--device", "cuda", "--dtype", "bfloat16"];
  return {
    place,
    default: { name: "eager, bfloat16 on CUDA", flags },
    tuned: {
      name: "compiled, bfloat16 on CUDA",
      flags: [...flags, "--compile"],
    },
  };
}
