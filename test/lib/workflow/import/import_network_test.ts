import assert from "node:assert/strict";
import { join } from "node:path";
import {
  openArtifact,
  UserError,
  type WritableTensor,
  writeSafetensors,
} from "../../../../lib/artifact/mod.ts";
import {
  type Dinov2Config,
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

/** What transformers writes of a DINOv2 of one layer. */
const HUB_NAMES = [
  "embeddings.cls_token",
  "embeddings.patch_embeddings.projection.bias",
  "embeddings.patch_embeddings.projection.weight",
  "embeddings.position_embeddings",
  ...[
    "attention.attention.key.bias",
    "attention.attention.key.weight",
    "attention.attention.query.bias",
    "attention.attention.query.weight",
    "attention.attention.value.bias",
    "attention.attention.value.weight",
    "attention.output.dense.bias",
    "attention.output.dense.weight",
    "layer_scale1.lambda1",
    "layer_scale2.lambda1",
    "mlp.fc1.bias",
    "mlp.fc1.weight",
    "mlp.fc2.bias",
    "mlp.fc2.weight",
    "norm1.bias",
    "norm1.weight",
    "norm2.bias",
    "norm2.weight",
  ].map((name) => `encoder.layer.0.${name}`),
  "layernorm.bias",
  "layernorm.weight",
];

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

const DINO = FEATURE_NETWORKS["dinov2-vitl14"];
const THIN: Dinov2Config = {
  name: "dinov2-vitl14",
  dim: 64,
  layers: 2,
  hidden: 96,
  patch_size: 14,
  grid: 3,
};
const [OFFICIAL, HUB] = DINO.published;

/** Tensors of DINOv2's own checkpoint as transformers names and splits them. */
function asOnTheHub(given: Tensors): Tensors {
  const renamed: readonly (readonly [RegExp, string])[] = [
    [/^(cls_token)$/, "embeddings.$1"],
    [/^pos_embed$/, "embeddings.position_embeddings"],
    [/^patch_embed\.proj/, "embeddings.patch_embeddings.projection"],
    [/^norm/, "layernorm"],
    [/^blocks\./, "encoder.layer."],
    [/attn\.proj/, "attention.output.dense"],
    [/ls(\d)\.gamma/, "layer_scale$1.lambda1"],
  ];
  const tensors: Tensors = {};
  for (const [key, tensor] of Object.entries(given)) {
    const name = renamed.reduce(
      (name, [from, to]) => name.replace(from, to),
      key,
    );
    if (!name.includes("attn.qkv")) tensors[name] = tensor;
    else {
      const data = tensor.data as Float32Array;
      const [rows = 0, ...rest] = tensor.shape;
      ["query", "key", "value"].forEach((part, i) => {
        const third = data.length / 3;
        tensors[name.replace("attn.qkv", `attention.attention.${part}`)] =
          hostTensor(
            "f32",
            [rows / 3, ...rest],
            data.slice(i * third, (i + 1) * third),
          );
      });
    }
  }
  return tensors;
}

Deno.test("importFiles() takes DINOv2 from its own checkpoint and from the Hub alike", async () => {
  const given = filled(OFFICIAL!.sources(THIN));
  given["mask_token"] = hostTensor("f32", [1, 64], new Float32Array(64));
  const hub = asOnTheHub(given);
  delete hub["mask_token"];
  const read = async (tensors: Tensors) => {
    let found: unknown;
    await inFolder(async (folder) => {
      const { output } = await importing(folder, tensors);
      const artifact = await openArtifact(output, "network");
      found = [artifact.config, await artifact.readAll()];
      artifact.close();
    });
    return found as [unknown, Map<string, { data: Float32Array }>];
  };
  const [config, own] = await read(given);
  assert.deepEqual(config, { ...THIN });
  assert.deepEqual(await read(hub), [config, own]);
  // LayerScale is in the matrices.
  const name = "blocks.1.mlp.fc2.weight";
  const { data } = given[name]!;
  const scales = given["blocks.1.ls2.gamma"]!.data as Float32Array;
  const at = 7 * THIN.hidden + 3;
  const scaled = Math.fround(Number((data as Float32Array)[at]) * scales[7]!);
  assert.equal(own.get(name)!.data[at], scaled);
});

const REFUSED: Readonly<
  Record<string, readonly [(given: Tensors) => void, RegExp]>
> = {
  "a missing tensor": [
    (given) => delete given["blocks.1.ls1.gamma"],
    /tensor "blocks\.1\.ls1\.gamma" is missing, expected \[64\]/,
  ],
  "a misshapen tensor": [
    (given) => {
      const name = "blocks.0.norm2.bias";
      given[name] = hostTensor("f32", [63], new Float32Array(63));
    },
    /tensor "blocks\.0\.norm2\.bias" has shape \[63\], expected \[64\]/,
  ],
  "registers": [
    (given) => {
      const name = "register_tokens";
      given[name] = hostTensor("f32", [1, 4, 64], new Float32Array(256));
    },
    /tensor "register_tokens" is none of DINOv2's own checkpoint/,
  ],
  "positions of no square": [
    (given) => {
      const name = "pos_embed";
      given[name] = hostTensor("f32", [1, 9, 64], new Float32Array(9 * 64));
    },
    /what its tensors show: grid: .*found 2\.8/,
  ],
  "heads of another width": [
    (given) => {
      const name = "cls_token";
      given[name] = hostTensor("f32", [1, 1, 96], new Float32Array(96));
    },
    /what its tensors show: .* dim is 96, expected a multiple of 64/,
  ],
  "whole numbers": [
    (given) => {
      const name = "norm.bias";
      given[name] = hostTensor("i32", [64], new Int32Array(64));
    },
    /tensor "norm\.bias" has type I32, expected floats/,
  ],
  "infinity": [
    (given) => {
      const data = new Float32Array(64).fill(1).with(9, Infinity);
      given["blocks.0.ls1.gamma"] = hostTensor("f32", [64], data);
    },
    /tensor "blocks\.0\.ls1\.gamma" holds Infinity at element 9/,
  ],
};

for (const [what, [change, message]] of Object.entries(REFUSED)) {
  Deno.test(`importFiles() refuses ${what} in a network`, async () => {
    await inFolder(async (folder) => {
      const given = filled(OFFICIAL!.sources(THIN));
      change(given);
      await assert.rejects(() => importing(folder, given), (error) => {
        assert.ok(error instanceof UserError, String(error));
        assert.match(error.message, message);
        return true;
      });
      await assert.rejects(Deno.stat(join(folder, "out.safetensors")));
    });
  });
}

Deno.test("DINOv2 of the Hub has the names that transformers writes", () => {
  const names = Object.values(HUB!.sources(THIN))
    .flatMap(({ of }) => Object.keys(of));
  const first = [...new Set(names)]
    .filter((name) => !name.startsWith("encoder.layer.1"));
  // transformers 5.24: save_pretrained() of a Dinov2Model, but for the mask token.
  assert.deepEqual(first.sort(), HUB_NAMES);
});
