import { z } from "zod";
import { defineCommand } from "../lib/pipeline/mod.ts";

/** Writes a page of running trainings anew and anew. */
export const command = defineCommand({
  name: "watch",
  summary: "Write a page with the curves of trainings while they run",
  examples: [{
    does: "the page runs/log/index.html, every five seconds until ^C",
    args: "runs/log",
  }],
  arguments: [{ name: "folder", help: "what trainings were given as --log" }],
  options: z.object({
    every: z.number().min(0.1).max(86_400).default(5)
      .describe("seconds between pages"),
    once: z.boolean().default(false).describe("write one page and end"),
  }),
  async run({ args: [folder], options: { every, once }, log, print, signal }) {
    const { WatchedFolder } = await import("../lib/workflow/watch/mod.ts");
    const watched = new WatchedFolder(folder!);
    do {
      const steps = await watched.write(once ? undefined : every);
      const words = Object.entries(steps)
        .map(([name, step]) => `${name} at step ${step}`);
      log.debug(`${watched.page}: ${words.join(", ")}`);
    } while (!once && await waited(every, signal));
    print(watched.page);
    return 0;
  },
});

/** Waits; false where the signal ends it. */
function waited(seconds: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const end = (go: boolean) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      resolve(go);
    };
    const stop = () => end(false);
    const timer = setTimeout(() => end(true), 1000 * seconds);
    signal.addEventListener("abort", stop);
  });
}
