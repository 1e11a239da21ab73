import { z } from "zod";
import { defineCommand } from "../lib/pipeline/mod.ts";

/** Runs recordings of the authors' code on the chosen engine and compares. */
export const command = defineCommand({
  name: "verify",
  summary: "Check this machine's results against recorded runs",
  examples: [{
    does: "compare this machine's GPU with a recorded run",
    args: "recording.safetensors --device gpu",
  }],
  arguments: [{
    name: "file",
    help: "recordings (test/golden/README.md has the format)",
    many: true,
  }],
  options: z.object({}),
  async run({ args, json, color, print, log, engine, signal }) {
    const { describeFiles, verifyFile } = await import(
      "../lib/workflow/verify/mod.ts"
    );
    const opened = await engine();
    const results = [];
    for (const path of args) {
      signal.throwIfAborted();
      log.info(`${path} on ${opened.name}`);
      results.push(await verifyFile(path, opened));
    }
    if (json) {
      print(JSON.stringify({ engine: opened.name, files: results }, null, 2));
    } else print(describeFiles(results, color));
    return results.every(({ pass }) => pass) ? 0 : 1;
  },
});
