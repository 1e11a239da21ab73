import assert from "node:assert/strict";
import { join } from "node:path";
import type { MpiLauncher } from "../../launchers.ts";
import { ranksCommand, testOnLaunchers } from "../../ranks.ts";

const SCRIPT = new URL("./_together_cli.ts", import.meta.url);

/** All must be gone by then. */
const LIMIT_MS = 30_000;

/** Three ranks at work for longer than any test takes, in a folder of their own. */
class Work implements AsyncDisposable {
  readonly folder = Deno.makeTempDirSync();
  readonly child: Deno.ChildProcess;
  said = "";
  readonly #reading: Promise<void>;

  constructor(
    launcher: MpiLauncher,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ) {
    this.child = ranksCommand(launcher, {
      ranks: 3,
      script: SCRIPT,
      args: ["count", "-o", join(this.folder, "sum.txt"), ...args],
      env,
    }).spawn();
    this.#reading = this.#read();
  }

  async #read(): Promise<void> {
    for await (const bytes of this.child.stderr) {
      this.said += new TextDecoder().decode(bytes);
    }
  }

  /** Waits until they have made some steps. */
  async steps(count: number): Promise<void> {
    while (!this.said.includes(`step ${count} of rank 0`)) await pause(50);
  }

  /** The processes of the ranks, by their numbers. */
  ranks(): number[] {
    const found: [rank: number, pid: number][] = [];
    for (const { name } of Deno.readDirSync("/proc")) {
      if (!/^\d+$/.test(name)) continue;
      const arguments_ = readOr(`/proc/${name}/cmdline`).split("\0");
      const isOurs = arguments_[0] === Deno.execPath() &&
        arguments_.some((argument) => argument.startsWith(this.folder));
      const rank = /(?:OMPI_COMM_WORLD_RANK|PMI_RANK)=(\d+)/
        .exec(readOr(`/proc/${name}/environ`));
      if (isOurs && rank) found.push([Number(rank[1]), Number(name)]);
    }
    return found.toSorted().map(([, pid]) => pid);
  }

  /** How all ended, within the limit. */
  async end(): Promise<Deno.CommandStatus> {
    const until = performance.now() + LIMIT_MS;
    const status = await this.child.status;
    while (this.ranks().length > 0 && performance.now() < until) {
      await pause(50);
    }
    assert.deepEqual(this.ranks(), []);
    assert(performance.now() < until, "It took too long");
    await this.#reading;
    return status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const pid of this.ranks()) Deno.kill(pid, "SIGKILL");
    await this.child.stdout.cancel();
    await this.child.status;
    await Deno.remove(this.folder, { recursive: true });
  }
}

function readOr(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

/** How a rank that was killed is named: by its launcher, or by ours. */
const KILLED: Readonly<Record<string, RegExp>> = {
  "Open MPI": /process rank (\d) with PID \d+ on node \S+ exited on signal 9/g,
  MPICH: /^Rank (\d) of 3 \(.+\): its process is gone, all end$/gm,
};

const SLOW = ["--steps", "100000", "--delay-ms", "20"];

await testOnLaunchers(
  "a rank that is killed ends all, by name",
  async (mpi) => {
    for (const rank of [0, 2]) {
      await using work = new Work(mpi, SLOW);
      await work.steps(3);
      Deno.kill(work.ranks()[rank]!, "SIGKILL");
      assert.notEqual((await work.end()).code, 0);
      const named = [...work.said.matchAll(KILLED[mpi.title]!)];
      assert.deepEqual(named.map(([, it]) => it), [`${rank}`], work.said);
    }
  },
);

await testOnLaunchers(
  "a rank that is stopped ends all, by name",
  async (mpi) => {
    await using work = new Work(mpi, SLOW, { SPHEREAR_SILENT_SECONDS: "4" });
    await work.steps(3);
    Deno.kill(work.ranks()[1]!, "SIGSTOP");
    assert.notEqual((await work.end()).code, 0);
    assert.match(
      work.said,
      /^Rank 1 of 3 \(.+\): it has not answered for 4 seconds, all end$/m,
    );
  },
);

await testOnLaunchers("ranks end with their launcher", async (mpi) => {
  await using work = new Work(mpi, SLOW);
  await work.steps(3);
  work.child.kill("SIGKILL");
  await work.end();
});

/**
 * What asks ranks to stop: ^C, or what Open MPI passes on, since two seconds
 * after ^C it kills those that have not saved, which a busy machine may not do.
 */
const STOPS: Readonly<Record<string, Deno.Signal>> = {
  "Open MPI": "SIGUSR2",
  MPICH: "SIGINT",
};

await testOnLaunchers("a stop saves, and the command goes on", async (mpi) => {
  await using work = new Work(mpi, SLOW);
  await work.steps(3);
  work.child.kill(STOPS[mpi.title]!);
  // Its status is not looked at: MPICH's was 0 in 8 of 90 runs.
  await work.end();
  assert.match(work.said, /Stopped; the same command goes on from here/);
  const place = join(work.folder, ".spherear");
  const [scratch] = [...Deno.readDirSync(place)].filter((it) => it.isDirectory);
  const state = join(place, scratch!.name, "state.json");
  const [step] = JSON.parse(await Deno.readTextFile(state));
  assert(step >= 4);
});
