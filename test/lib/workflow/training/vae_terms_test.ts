import assert from "node:assert/strict";
import { join } from "node:path";
import { openArtifact, writeArtifact } from "../../../../lib/artifact/mod.ts";
import {
  type PerceptualConfig,
  perceptualNetworkOf,
} from "../../../../lib/model/mod.ts";
import type { VaeTraining } from "../../../../lib/preset/mod.ts";
import { loadFrozen } from "../../../../lib/tensor/mod.ts";
import {
  adversarialOf,
  vaeTerms,
} from "../../../../lib/workflow/training/mod.ts";
import { inFolder } from "../../artifact/_bytes.ts";
import { randomWeights } from "../../model/_models.ts";

const ADVERSARIAL: NonNullable<VaeTraining["adversarial"]> = {
  discriminator: "patchgan",
  ndf: 8,
  n_layers: 2,
  loss: "hinge",
  generatorLoss: "non-saturating",
  weight: 0.5,
  from: 10,
  warmup: 5,
  lecam: 0.1,
  r1: 2,
};

Deno.test("adversarialOf() takes the numbers of a training over", () => {
  const { discriminator: _, ndf, n_layers, ...numbers } = ADVERSARIAL;
  assert.deepEqual(
    adversarialOf({ batch: 6, adversarial: ADVERSARIAL }, 32),
    {
      ...numbers,
      discriminator: { name: "patchgan", ndf, n_layers },
      batchNormRows: 6,
    },
  );
  const stylegan = { ...ADVERSARIAL, discriminator: "stylegan" as const };
  assert.deepEqual(
    adversarialOf({ batch: 6, adversarial: stylegan }, 64)?.discriminator,
    { name: "stylegan", channels: [256, 512, 512, 512, 512] },
  );
});

Deno.test("adversarialOf() leaves out what has no weight", () => {
  assert.equal(adversarialOf({ batch: 6 }, 32), undefined);
  const adversarial = { ...ADVERSARIAL, weight: 0 };
  assert.equal(adversarialOf({ batch: 6, adversarial }, 32), undefined);
});

const MISFITS: readonly (readonly [
  Partial<NonNullable<VaeTraining["adversarial"]>>,
  number,
  RegExp,
])[] = [
  [{ batchNormRows: 4 }, 32, /batchNormRows that divides the batch of 6/],
  [{ n_layers: 4 }, 32, /n_layers is 4, expected fewer for images of 32/],
  [{ discriminator: "stylegan" }, 48, /expected one for each of 48 pixels/],
];

Deno.test("adversarialOf() refuses numbers that do not fit", () => {
  for (const [changes, imageSize, message] of MISFITS) {
    const adversarial = { ...ADVERSARIAL, ...changes } as typeof ADVERSARIAL;
    assert.throws(() => adversarialOf({ batch: 6, adversarial }, imageSize), {
      name: "RangeError",
      message,
    });
  }
});

const NETWORKS: Readonly<Record<string, PerceptualConfig>> = {
  perceptual: { name: "vgg16-lpips", widths: [4, 4], repeats: [1, 1] },
  classifier: {
    name: "classifier",
    image_size: 16,
    channels: [4, 8],
    features: 3,
    num_classes: 2,
  },
};

/** A file with a network of random weights. */
async function fileOf(folder: string, kind: "perceptual" | "classifier") {
  const config = NETWORKS[kind]!;
  const path = join(folder, `${kind}.safetensors`);
  await writeArtifact(path, {
    kind,
    tensors: randomWeights(perceptualNetworkOf(config).shapes(config)),
    config: { ...config },
    recipe: {},
    inputs: {},
  });
  return await openArtifact(path);
}

function perceptual(changes: Partial<NonNullable<VaeTraining["perceptual"]>>) {
  const numbers = {
    network: "classifier",
    weight: 0.3,
    dropout: false,
  } as const;
  return { batch: 2, perceptual: { ...numbers, ...changes } };
}

Deno.test("vaeTerms() reads the network of a perceptual term", async () => {
  await inFolder(async (folder) => {
    for (const kind of ["perceptual", "classifier"] as const) {
      const file = await fileOf(folder, kind);
      const config = NETWORKS[kind]!;
      const numbers = perceptual({ network: config.name, dropout: true });
      const { perceptual: found } = await vaeTerms(numbers, {
        file,
        imageSize: 16,
      });
      assert.deepEqual(found?.network, config);
      assert.deepEqual([found?.weight, found?.dropout], [0.3, true]);
      const shapes = perceptualNetworkOf(config).shapes(config);
      const expected = randomWeights(shapes);
      for (const [name, weight] of Object.entries(found!.weights)) {
        const { data } = await loadFrozen(weight);
        assert.deepEqual(data, expected[name]!.data, name);
      }
      file.close();
    }
  });
});

Deno.test("vaeTerms() says which file a perceptual term needs", async () => {
  const none = { file: undefined, imageSize: 16 };
  await assert.rejects(vaeTerms(perceptual({ network: "vgg16-lpips" }), none), {
    name: "UserError",
    message:
      /expected --perceptual with vgg16-lpips, which "spherear fetch vgg16-lpips"/,
  });
  await assert.rejects(vaeTerms(perceptual({}), none), {
    name: "UserError",
    message:
      /expected --perceptual with the file that "spherear train-classifier"/,
  });
  assert.deepEqual(await vaeTerms(perceptual({ weight: 0 }), none), {});
});

Deno.test("vaeTerms() refuses a network that is not asked for, or does not fit", async () => {
  await inFolder(async (folder) => {
    const file = await fileOf(folder, "classifier");
    const refused = async (
      numbers: ReturnType<typeof perceptual>,
      { imageSize = 16, message }: { imageSize?: number; message: RegExp },
    ) =>
      await assert.rejects(vaeTerms(numbers, { file, imageSize }), {
        name: "UserError",
        message,
      });
    await refused(perceptual({ weight: 0 }), {
      message: /the training has no perceptual term/,
    });
    await refused(perceptual({ network: "vgg16-lpips" }), {
      message: /it holds the network classifier, expected vgg16-lpips/,
    });
    await refused(perceptual({}), {
      imageSize: 32,
      message: /image_size is 16, expected 32/,
    });
    file.close();
  });
});
