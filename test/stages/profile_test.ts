import assert from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { openEngine } from "../engines.ts";
import { ROOT, spherear } from "./run_cli.ts";

const { engine, reason } = await openEngine("onnx");
await engine?.close();
if (reason !== "") console.warn(`The test of --profile is ignored: ${reason}`);

Deno.test({
  name:
    "--profile on the CPU leaves onnxruntime's traces, one a program, and says so",
  ignore: engine === undefined,
  fn: () =>
    inFolder(async (folder) => {
      const recording = join(ROOT, "test/golden/lpips.safetensors");
      const { code, err } = await spherear([
        ...["verify", recording, "--device", "cpu"],
        ...["--profile", join(folder, "trace.json")],
      ]);
      assert.equal(code, 0, err);
      assert.match(err, /onnxruntime writes .*trace_\*\.json, one a program/);
      const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
      assert.ok(names.length > 0);
      for (const name of names) {
        assert.match(name, /^trace_.*\.json$/);
        const text = await Deno.readTextFile(join(folder, name));
        const events = JSON.parse(text) as { cat: string; dur: number }[];
        assert.ok(events.some(({ cat, dur }) => cat === "Node" && dur >= 0));
      }
    }),
});
