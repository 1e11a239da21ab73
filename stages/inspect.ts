import { z } from "zod";
import type { SafetensorsReader } from "../lib/artifact/mod.ts";
import { defineCommand } from "../lib/pipeline/mod.ts";

/** Explains artifacts: kind, recipe, configuration and tensors. */
export const command = defineCommand({
  name: "inspect",
  summary: "Explain artifacts: kind, recipe, configuration, tensors",
  examples: [{
    does: "what a file holds, and how it was made",
    args: "runs/tiny/svae.safetensors",
  }],
  arguments: [{
    name: "file",
    help: "safetensors files or folders of shards; - for standard input",
    many: true,
  }],
  options: z.object({}),
  async run({ args, json, color, print, remoteFiles }) {
    const { describe, explain } = await import(
      "../lib/workflow/inspect/mod.ts"
    );
    const { givenPaths } = await import("../lib/workflow/fetch/mod.ts");
    const paths = await givenPaths(args, { remoteFiles });
    const all = [];
    for await (const reader of openAll(paths)) {
      const explanation = await explain(reader);
      reader.close();
      if (json) all.push(explanation);
      else print(describe(explanation, color));
    }
    if (json) print(JSON.stringify(all.length === 1 ? all[0] : all, null, 2));
    return 0;
  },
});

async function* openAll(
  paths: readonly string[],
): AsyncGenerator<SafetensorsReader> {
  const { openSafetensors, SafetensorsStream, UserError } = await import(
    "../lib/artifact/mod.ts"
  );
  for (const path of paths) {
    if (path !== "-") {
      yield await openSafetensors(path);
      continue;
    }
    const stream = new SafetensorsStream(Deno.stdin.readable);
    let found = await stream.next();
    if (found === undefined) {
      throw new UserError("Cannot read standard input: it is empty");
    }
    for (; found !== undefined; found = await stream.next()) yield found;
  }
}
