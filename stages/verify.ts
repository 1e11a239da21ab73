import { z } from "zod";
import { UserError } from "../lib/artifact/mod.ts";
import { defineCommand } from "../lib/pipeline/mod.ts";

/** Runs recordings of the authors' code on the chosen engine and compares. */
export const command = defineCommand({
  name: "verify",
  summary: "Check this machine's results against recorded runs",
  examples: [{
    does: "compare this machine's GPU with a recorded run",
    args: "recording.safetensors --device gpu",
  }, {
    does: "several of them, the summary alone",
    args: "vae.safetensors ar.safetensors -q",
  }],
  arguments: [{
    name: "file",
    help: "recordings (test/golden/README.md has the format)",
    many: true,
  }],
  options: z.object({}),
  async run({ args, json, quiet, color, print, log, engine, signal }) {
    const { describeChecks, summarizeFiles, verifyFile } = await import(
      "../lib/workflow/verify/mod.ts"
    );
    const opened = await engine();
    const files = [];
    for (const path of args) {
      signal.throwIfAborted();
      log.info(`${path} on ${opened.name}`);
      files.push(await verifyFile(path, opened));
    }
    if (json) print(JSON.stringify({ engine: opened.name, files }, null, 2));
    else {
      const details = quiet ? [] : describeChecks(files, color);
      for (const line of details) print(line);
      for (const line of summarizeFiles(files, color)) print(line);
    }
    const checked = files.some(({ skipped }) => skipped === undefined);
    if (!checked) {
      const [first] = files;
      throw new UserError(`Cannot verify "${first!.file}": ${first!.skipped}`);
    }
    return files.every(({ pass }) => pass) ? 0 : 1;
  },
});
