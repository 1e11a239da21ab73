import assert from "node:assert/strict";
import { join } from "node:path";
import {
  openArtifact,
  type WritableTensor,
  writeSafetensors,
} from "../../../../lib/artifact/mod.ts";
import {
  FEATURE_NETWORKS,
  type ParameterSource,
} from "../../../../lib/model/mod.ts";
import { createLogger } from "../../../../lib/pipeline/mod.ts";
import { hostTensor, sizeOf } from "../../../../lib/tensor/mod.ts";
import { importFiles } from "../../../../lib/workflow/import/mod.ts";
import { silentProgress } from "../../../stages/measuring_run.ts";
import { inFolder } from "../../artifact/_bytes.ts";

const NETWORK = FEATURE_NETWORKS["inception-2015-12-05"];
const FORM = NETWORK.published[0]!;
const CONFIG = { name: "inception-2015-12-05" } as const;

type Tensors = Record<string, WritableTensor>;

/** Numbers of some size for every tensor that the sources read. */
function filled(sources: Readonly<Record<string, ParameterSource>>): Tensors {
  const tensors: Tensors = {};
  for (const { of } of Object.values(sources)) {
    for (const [name, shape] of Object.entries(of)) {
      const start = name.length;
      const data = Float32Array.from(
        { length: sizeOf(shape) },
        (_, i) => 0.5 + (start + i) % 16 / 32,
      );
      tensors[name] ??= hostTensor("f32", shape, data);
    }
  }
  return tensors;
}

/** Imports tensors as one file; what was then told. */
async function importing(
  folder: string,
  tensors: Tensors,
): Promise<{ told: string; output: string; summary: unknown }> {
  const output = join(folder, "out.safetensors");
  const path = join(folder, "given.pth");
  await writeSafetensors(path, { tensors });
  const lines: string[] = [];
  const summary = await importFiles([path], {
    output,
    part: "all",
    force: false,
    progress: silentProgress(),
    log: createLogger({ write: (line) => lines.push(line) }),
    signal: new AbortController().signal,
  });
  return { told: lines.join(""), output, summary };
}

Deno.test("importFiles() folds the batch norms of Inception into its convolutions", async () => {
  await inFolder(async (folder) => {
    const given = filled(FORM.sources(CONFIG));
    given["fc.bias"] = hostTensor("f32", [1008], new Float32Array(1008));
    const { told, output, summary } = await importing(folder, given);
    assert.match(told, /in the place of pt_inception-2015-12-05-6726825d\.pth/);
    const { kind, network, parameters } = summary as Record<string, unknown>;
    assert.deepEqual([kind, network], ["network", NETWORK.title]);
    assert.equal(parameters, 23_832_736);
    const artifact = await openArtifact(output, "network");
    assert.deepEqual(artifact.config, { ...CONFIG });
    assert.deepEqual(
      [...artifact.tensors.keys()].sort(),
      Object.keys(NETWORK.shapes(CONFIG)).sort(),
    );
    const path = "Mixed_6b.branch7x7_2";
    const of = (name: string) => given[`${path}.${name}`]!.data as Float32Array;
    const channel = 5;
    const scale = of("bn.weight")[channel]! /
      Math.sqrt(of("bn.running_var")[channel]! + 0.001);
    const { data: bias } = await artifact.read(`${path}.bias`);
    const expected = of("bn.bias")[channel]! -
      of("bn.running_mean")[channel]! * scale;
    assert.ok(Math.abs(Number(bias[channel]) - expected) < 1e-6);
    const { data: weight } = await artifact.read(`${path}.weight`);
    const at = channel * 128 * 7 + 11;
    const product = of("conv.weight")[at]! * scale;
    assert.ok(Math.abs(Number(weight[at]) - product) < 1e-6);
    artifact.close();
  });
});
