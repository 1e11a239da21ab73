import assert from "node:assert/strict";
import { join } from "node:path";
import { openArtifact, writeArtifact } from "../../../../lib/artifact/mod.ts";
import { hostTensor } from "../../../../lib/tensor/mod.ts";
import { diagnosticCharts } from "../../../../lib/workflow/report/diagnostics.ts";
import { inFolder } from "../../artifact/_bytes.ts";

Deno.test("diagnosticCharts() draws what is there and leaves out the rest", () =>
  inFolder(async (folder) => {
    const path = join(folder, "d.safetensors");
    const of = (...values: number[]) =>
      hostTensor("f32", [values.length], Float32Array.from(values));
    await writeArtifact(path, {
      kind: "diagnostics",
      config: { scales: [1, 3] },
      tensors: {
        "kappa/bounds": of(1, 2, 3),
        "kappa/counts": of(5, 7),
        "encoded/variance": of(1, 1),
        "decoded/3/variance": of(0.9, 0.8),
      },
    });
    const reader = await openArtifact(path, "diagnostics");
    const charts = await diagnosticCharts(reader);
    reader.close();
    const [kappa, variance] = charts;
    assert.deepEqual(charts.map(({ name }) => name), [
      "kappa_histogram",
      "decoded_variance",
    ]);
    assert.deepEqual([...kappa!.series[0]!.x as number[]], [1, 2]);
    const titles = variance!.series.map(({ title }) => title);
    assert.deepEqual(titles, ["encoded images", "CFG 3"]);
    assert.deepEqual([...variance!.series[0]!.x as number[]], [1, 2]);
  }));
