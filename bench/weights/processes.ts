import { join } from "node:path";
import type { ChildReport, ChildWork } from "./child.ts";

/** What a start of a size took. */
export interface StartReport extends ChildReport {
  /** Of the memory, with pages that processes share divided among them. */
  readonly proportionalBytes: number;
}

/** What a size takes on this machine. */
export interface SizeReport {
  /** With an empty cache. */
  readonly first: StartReport;
  /** Two processes at once, with what the first one left. */
  readonly together: readonly StartReport[];
}

/** Runs a size once with an empty cache, then twice at the same time. */
export async function measureSize(
  work: Omit<ChildWork, "cache">,
): Promise<SizeReport> {
  const cache = await Deno.makeTempDir();
  try {
    const [first] = await runTogether([{ ...work, cache }]);
    // One token each: they would only wait for each other.
    const again = { ...work, tokens: 1, cache };
    return { first: first!, together: await runTogether([again, again]) };
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
}

/** Runs processes side by side; all are measured before any ends. */
async function runTogether(
  works: readonly ChildWork[],
): Promise<StartReport[]> {
  const children = works.map(spawn);
  try {
    const reports = await Promise.all(children.map(reportOf));
    return reports.map((report, i) => ({
      ...report,
      proportionalBytes: proportionalBytes(children[i]!.pid),
    }));
  } finally {
    for (const child of children) await child.stdin.close();
    await Promise.all(children.map((child) => child.status));
  }
}

function spawn(work: ChildWork): Deno.ChildProcess {
  const script = join(import.meta.dirname!, "child.ts");
  const args = ["run", "-A", "--no-check", script, JSON.stringify(work)];
  return new Deno.Command(Deno.execPath(), {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

async function reportOf(child: Deno.ChildProcess): Promise<ChildReport> {
  let text = "";
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (text.endsWith("\n")) return JSON.parse(text);
  }
  throw new Error("A process ended before it told what it took");
}

function proportionalBytes(pid: number): number {
  const rollup = Deno.readTextFileSync(`/proc/${pid}/smaps_rollup`);
  return 1024 * Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1]);
}
