import assert from "node:assert/strict";
import { join } from "node:path";
import { RandomStream } from "../../lib/random/mod.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { killedRun, runWhole } from "./killed_runs.ts";
import { KILLED } from "./rows/mod.ts";

Deno.test("killedRun() finds bytes that differ and files that are left", () =>
  inFolder(async (folder) => {
    const row = KILLED.find(({ name }) => name === "prepare")!;
    const whole = await runWhole(row, join(folder, row.name));
    const draws = () => new RandomStream({ seed: 1, stream: "kill", row: 0 });
    const place = (name: string) => ({
      folder: join(folder, name),
      draws: draws(),
    });
    await killedRun(whole, place("same"));
    const [first, ...rest] = whole.content;
    for (const content of [rest, [`${first} `, ...rest]]) {
      await assert.rejects(
        killedRun({ ...whole, content }, place(`other-${content.length}`)),
        /prepare: other files after kills at \d+ ms/,
      );
    }
  }));
