import assert from "node:assert/strict";
import { arSpecs, vaeSpecs } from "../../../lib/model/mod.ts";
import { initialize } from "../../../lib/nn/mod.ts";
import { RandomStream } from "../../../lib/random/mod.ts";
import type { HostTensor } from "../../../lib/tensor/mod.ts";
import { AR, VAE } from "./_models.ts";

function drawsOf(name: string): RandomStream {
  return new RandomStream({ seed: 5, stream: name });
}

const AR_START = initialize(arSpecs(AR), drawsOf);
const VAE_START = initialize(vaeSpecs(VAE), drawsOf);

/** Names of tensors that are one value throughout. */
function constantNames(
  start: Readonly<Record<string, HostTensor>>,
  value: number,
): string[] {
  return Object.entries(start)
    .filter(([, { data }]) => data.every((number) => number === value))
    .map(([name]) => name);
}

function deviation({ data }: HostTensor): number {
  const total = [...data].reduce((sum, x) => sum + x * x, 0);
  return Math.sqrt(total / data.length);
}

Deno.test("arSpecs() starts the head's modulations and end at zero", () => {
  const zero = constantNames(AR_START, 0);
  const expected = Object.keys(AR_START).filter((name) =>
    /ada_ln|final_layer|\.bias$/.test(name) && !/norm\.bias/.test(name)
  );
  const found = zero.filter((name) => !/norm\.bias/.test(name));
  assert.deepEqual(found.sort(), expected.sort());
  const norms = Object.keys(AR_START).filter((name) =>
    name.endsWith("norm.weight")
  );
  assert.deepEqual(constantNames(AR_START, 1).sort(), norms.sort());
});

Deno.test("arSpecs() draws the transformer as N(0, 0.02)", () => {
  for (
    const name of [
      "cls_embedding.weight",
      "layers.0.feed_forward.w1.weight",
      "layers.1.attention.wqkv.weight",
      "head.net.time_embed.mlp.0.weight",
    ]
  ) {
    const found = deviation(AR_START[name]!);
    if (!(Math.abs(found / 0.02 - 1) <= 0.25)) {
      assert.fail(`${name} has deviation ${found}`);
    }
  }
});

Deno.test("arSpecs() draws the head's layers within Xavier's bound", () => {
  const { data } = AR_START["head.net.res_blocks.0.w1.weight"]!;
  const bound = Math.sqrt(6 / (36 + 12));
  const largest = Math.max(...[...data].map(Math.abs));
  if (!(largest <= bound && largest >= 0.95 * bound)) {
    assert.fail(`largest ${largest}, bound ${bound}`);
  }
});

Deno.test("vaeSpecs() gives norms ones and draws everything else", () => {
  const ones = constantNames(VAE_START, 1);
  const norms = Object.keys(VAE_START).filter((name) =>
    /norm\.weight$|\.(block2?\.[03]|conv_out\.0)\.weight$/.test(name)
  );
  assert.deepEqual(ones.sort(), norms.sort());
  const zeros = constantNames(VAE_START, 0);
  const biases = Object.keys(VAE_START).filter((name) =>
    name.endsWith(".bias") && name !== "quant_proj.bias"
  );
  assert.deepEqual(zeros.sort(), biases.sort());
});

Deno.test("vaeSpecs() draws convolutions within their fan in", () => {
  for (
    const [name, inputs] of [
      ["encoder.conv_in.weight", 27],
      ["decoder.conv_in.1.weight", 144],
      ["decoder.conv_out.2.weight", 36],
      ["post_quant_proj.weight", 4],
    ] as const
  ) {
    const largest = Math.max(...[...VAE_START[name]!.data].map(Math.abs));
    const bound = inputs ** -0.5;
    if (!(largest <= bound && largest >= 0.9 * bound)) {
      assert.fail(`${name}: largest ${largest}, bound ${bound}`);
    }
  }
});
