/**
 * A process that indexes an archive and tells what it took.
 *
 * @module
 */
import { openEncoded } from "../../datasets/mod.ts";

/** What a process says once it has indexed. */
export interface IndexReport {
  readonly images: number;
  readonly classes: number;
  readonly seconds: number;
  /** The most memory that the process had. */
  readonly highestBytes: number;
}

async function main(path: string): Promise<void> {
  const start = performance.now();
  const pictures = await openEncoded(`imagenet:${path}`);
  const seconds = (performance.now() - start) / 1000;
  const status = await Deno.readTextFile("/proc/self/status");
  const highestBytes = Number(/VmHWM:\s+(\d+) kB/.exec(status)![1]) * 1024;
  const { count: images, classes } = pictures;
  const report: IndexReport = {
    images,
    classes: classes.length,
    seconds,
    highestBytes,
  };
  console.log(JSON.stringify(report));
  pictures.close();
}

if (import.meta.main) await main(Deno.args[0]!);
