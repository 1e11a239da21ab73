import assert from "node:assert/strict";
import {
  openArtifact,
  type SafetensorsReader,
} from "../../../../lib/artifact/mod.ts";
import { ENGINE_NAMES, openEngine } from "../../../engines.ts";
import { assertClose } from "../../../tensors.ts";
import { runStages } from "../../../stages/measuring_run.ts";
import { RECORDED, withCheckpoint } from "../../../stages/recorded.ts";
import { spherear } from "../../../stages/run_cli.ts";

const RUNS = ["euler", "euler_maruyama"].flatMap((solver) =>
  ["linear", "constant", "none"].map((schedule) => `${solver}_${schedule}`)
);

/** Runs a test beside the recorded model, imported as a user does. */
function withImported(
  test: (folder: string, recorded: SafetensorsReader) => Promise<void>,
): () => Promise<void> {
  return withCheckpoint(async (folder, recorded) => {
    const line = "import release.pt --weights model --config sizes.json " +
      "-o model.safetensors";
    const { code, err } = await spherear(line.split(" "), { cwd: folder });
    assert.equal(code, 0, err);
    await test(folder, recorded);
  });
}

/** Requires a trace to hold the tokens and images of a recorded run. */
async function assertRecorded(
  path: string,
  { recorded, run }: { recorded: SafetensorsReader; run: string },
): Promise<void> {
  const trace = await openArtifact(path, "tokens");
  try {
    for (
      const [ours, theirs] of [["tokens", "tokens"], ["decoded", "image"]]
    ) {
      assertClose(
        await trace.read(ours!),
        await recorded.read(`out/${run}/${theirs}`),
        { what: `${run} ${ours}`, tolerance: 1e-4 },
      );
    }
  } finally {
    trace.close();
  }
}

for (const name of ENGINE_NAMES) {
  const { engine, reason } = await openEngine(name);
  if (reason !== "") console.warn(`Replays on ${name} are ignored: ${reason}`);
  Deno.test({
    name:
      `sample --noise on an imported model gives all recorded runs, ${name}`,
    ignore: engine === undefined,
    sanitizeResources: false,
    sanitizeOps: false,
    fn: withImported(async (folder, recorded) => {
      const stages = RUNS.map((run) => `
          [stages.${run}]
          uses = "sample"
          inputs = { model = "model.safetensors" }
          options = { noise = "${RECORDED}", noiseRun = "${run}" }
          outputs = { trace = "${run}.safetensors" }`);
      const text = stages.join("\n");
      const { path } = await runStages(folder, text, { engine: engine! });
      for (const run of RUNS) {
        await assertRecorded(path(run, "trace"), { recorded, run });
      }
    }),
  });
}

Deno.test(
  "sample --noise refuses what the recording says, and other runs",
  withImported(async (folder) => {
    const cases: [string, RegExp][] = [
      ["", /it holds several runs: give --noise-run, one of euler_maruyama_/],
      ["--noise-run x", /it holds no run "x", expected one of/],
      ["--noise-run euler_none --steps 9", /--steps with --noise: the rec/],
      ["--noise-run euler_none --classes 1", /--classes with --noise/],
    ];
    for (const [flags, reason] of cases) {
      const line = `sample --model model.safetensors --noise ${RECORDED} ` +
        `-o out.safetensors ${flags}`;
      const { code, err } = await spherear(line.trim().split(" "), {
        cwd: folder,
      });
      assert.equal(code, 2, err);
      assert.match(err, reason);
    }
  }),
);
