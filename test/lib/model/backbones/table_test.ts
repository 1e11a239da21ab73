import assert from "node:assert/strict";
import {
  type BackboneName,
  BACKBONES,
  checkVaeConfig,
  decode,
  encode,
  halfShapes,
  PAPER_LAW,
  posteriorOf,
  type VaeConfig,
  vaeShapes,
  vaeSpecs,
  vaeTables,
} from "../../../../lib/model/mod.ts";
import { initialize, Parameters } from "../../../../lib/nn/mod.ts";
import { PAPER_VAE } from "../../../../lib/preset/checked.ts";
import { RandomStream } from "../../../../lib/random/mod.ts";
import {
  abs,
  add,
  concat,
  constant,
  grad,
  type HostTensor,
  max,
  mul,
  reshape,
  sizeOf,
  sum,
  type Tensor,
} from "../../../../lib/tensor/mod.ts";
import { compute } from "../../sphere/_engines.ts";
import { constants, evaluate, noise, randomWeights } from "../_models.ts";
import { BACKBONE_CONFIGS } from "../_rows.ts";

const NAMES = Object.keys(BACKBONES) as BackboneName[];
const [IMAGE, TOKENS, D] = [8, 4, 4];
const IMAGES = noise([1, 3, IMAGE, IMAGE], { name: "images", deviation: 0.5 });
const LATENTS = noise([1, TOKENS, D], { name: "latents" });

type Weights = Readonly<Record<string, HostTensor>>;

/** Posteriors of the images and images of the latents. */
async function both(weights: Weights, config: VaeConfig) {
  const p = constants(weights);
  return await evaluate({
    ...encode(p, constant(IMAGES), config),
    image: decode(p, constant(LATENTS), config),
  });
}

/** Norms of single channels would hide the biases before them. */
function widened(config: VaeConfig): VaeConfig {
  return "ch" in config ? { ...config, ch: 2 * config.ch } : config;
}

/** The sum of all numbers, each with a weight of its own. */
function weighed(x: Tensor): Tensor {
  return sum(mul(x, constant(noise(x.shape, { name: "weights" }))));
}

for (const name of NAMES) {
  const config: VaeConfig = BACKBONE_CONFIGS[name];

  Deno.test(`${name}: sizes fit, images become tokens and tokens images`, async () => {
    checkVaeConfig(config);
    const found = await both(randomWeights(vaeShapes(config)), config);
    assert.deepEqual(found.mu!.shape, [1, TOKENS, D]);
    assert.deepEqual(found.image!.shape, [1, 3, IMAGE, IMAGE]);
    const parts = Object.keys(posteriorOf(config).parts);
    assert.deepEqual(Object.keys(found).sort(), ["image", ...parts].sort());
  });

  Deno.test(`${name}: every weight moves its half alone`, async () => {
    const wide = widened(config);
    const halves = halfShapes(wide);
    const shapes = vaeShapes(wide);
    const names = Object.keys(shapes);
    const split = [halves.encoder, halves.decoder].map(Object.keys);
    assert.deepEqual(split.flat().sort(), names.toSorted());
    const found = await compute({
      inputs: { ...randomWeights(shapes), IMAGES, LATENTS },
      build: ({ IMAGES, LATENTS, ...leaves }) => {
        const p = new Parameters(leaves);
        const parts = Object.values(encode(p, IMAGES!, wide)).map(weighed);
        const [encoded, decoded] = [
          parts.reduce((total, part) => add(total, part)),
          weighed(decode(p, LATENTS!, wide)),
        ].map((loss) => grad(loss, names.map((name) => leaves[name]!)));
        const slopes = (all: Tensor[]) =>
          concat(all.map((slope) => reshape(max(abs(slope)), [1])), 0);
        return { encoder: slopes(encoded!), decoder: slopes(decoded!) };
      },
    });
    for (const [i, weight] of names.entries()) {
      const moves = [
        found["encoder"]![i]! > 1e-6,
        found["decoder"]![i]! > 1e-6,
      ];
      // A bias of all keys shifts the logits of a query alike: softmax forgets it.
      if (weight.endsWith(".k.bias")) continue;
      const isEncoder = weight in halves.encoder;
      assert.deepEqual(moves, [isEncoder, !isEncoder], weight);
    }
  });

  Deno.test(`${name}: weights start finite, gains of norms as ones, none but biases as zeros`, () => {
    const start = initialize(
      vaeSpecs(config),
      (weight) => new RandomStream({ seed: 1, stream: weight }),
    );
    for (const [weight, { data }] of Object.entries(start)) {
      assert.ok(data.every(Number.isFinite), weight);
      if (/norm(\d|_out)?\.weight$/.test(weight)) {
        assert.ok(data.every((x) => x === 1), weight);
      }
      const isZero = data.every((x) => x === 0);
      assert.ok(!isZero || weight.endsWith(".bias"), weight);
    }
  });
}

Deno.test("the hybrid alone has tables beside its weights", () => {
  const tabled = NAMES.filter((name) =>
    Object.keys(vaeTables(BACKBONE_CONFIGS[name])).length > 0
  );
  assert.deepEqual(tabled, ["hybrid"]);
});

const AT_256 = {
  ...PAPER_LAW,
  image_size: 256,
  patch_size: 16,
  latent_dim: 16,
} as const;

/** The backbones of Table 4 at the paper's sizes, with its counts. */
const PAPER: readonly (readonly [VaeConfig, number])[] = [
  [PAPER_VAE, 75e6],
  [
    {
      ...AT_256,
      backbone: "cnn",
      // VQGAN's own features are 256, which make 71.8M.
      z_channels: 128,
      ch: 128,
      ch_mult: [1, 1, 2, 2, 4],
      num_res_blocks: 2,
    },
    70e6,
  ],
  [
    {
      ...AT_256,
      backbone: "vit",
      z_channels: 768,
      encoder_vit_layers: 12,
      decoder_vit_layers: 12,
    },
    170e6,
  ],
];

for (const [config, printed] of PAPER) {
  Deno.test(`${config.backbone}: about ${printed / 1e6} million parameters at the paper's size`, () => {
    checkVaeConfig(config);
    const count = Object.values(vaeShapes(config))
      .reduce((sum, shape) => sum + sizeOf(shape), 0);
    if (!(Math.abs(count / printed - 1) <= 0.02)) assert.fail(`${count}`);
  });
}
