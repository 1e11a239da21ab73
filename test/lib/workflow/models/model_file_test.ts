import assert from "node:assert/strict";
import { join } from "node:path";
import {
  type ArtifactKind,
  openArtifact,
  UserError,
  writeArtifact,
} from "../../../../lib/artifact/mod.ts";
import {
  arShapes,
  classifierShapes,
  vaeShapes,
} from "../../../../lib/model/mod.ts";
import { type HostTensor, hostTensor } from "../../../../lib/tensor/mod.ts";
import {
  readAr,
  readClassifier,
  readVae,
} from "../../../../lib/workflow/models/mod.ts";
import { runStages, writeImages } from "../../../stages/measuring_run.ts";
import { inFolder } from "../../artifact/_bytes.ts";
import { AR, randomWeights, VAE } from "../../model/_models.ts";

type Weights = Readonly<Record<string, HostTensor>>;

const AR_WEIGHTS: Weights = randomWeights(arShapes(AR));
const VAE_WEIGHTS: Weights = randomWeights(vaeShapes(VAE));
const LOG: Weights = {
  "log/loss": hostTensor("f32", [2], Float32Array.of(2, 1)),
};

/** Ways in which a model is read. */
const READERS = { ar: readAr, svae: readVae, classifier: readClassifier };

/** Writes a model and reads it back as one of its parts. */
async function read(
  kind: ArtifactKind,
  { tensors, config, as = kind as keyof typeof READERS }: {
    readonly tensors: Weights;
    readonly config: object;
    readonly as?: keyof typeof READERS;
  },
): Promise<void> {
  await inFolder(async (folder) => {
    const path = join(folder, "m.safetensors");
    await writeArtifact(path, { kind, tensors, config: { ...config } });
    const reader = await openArtifact(path, kind);
    try {
      await READERS[as](reader);
    } finally {
      reader.close();
    }
  });
}

async function refuses(work: Promise<void>, detail: RegExp): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(error instanceof UserError, `${error}`);
    assert.match(error.message, /^Cannot use ".*m\.safetensors": tensor "/);
    assert.match(error.message, detail);
    return true;
  });
}

Deno.test("readAr() refuses weights that its sizes leave unread", async () => {
  const tensors = AR_WEIGHTS;
  await read("ar", { tensors, config: AR });
  await refuses(
    read("ar", { tensors, config: { ...AR, n_layer: AR.n_layer - 1 } }),
    /"layers\.1\.\S+" is none of the model with these sizes$/,
  );
  await refuses(
    read("ar", { tensors, config: { ...AR, diff_layers: 1 } }),
    /"head\.\S+" is none of the model with these sizes$/,
  );
  await refuses(
    read("ar", { tensors, config: { ...AR, n_layer: AR.n_layer + 1 } }),
    /"layers\.2\.\S+" must be f32 \[\S+\], found nothing$/,
  );
});

Deno.test("readVae() takes the tables of the release, in the shape of its sizes", async () => {
  // Four registers and 2 x 2 tokens, 8 angles a head of 16 channels.
  const table = (tokens: number) =>
    hostTensor("f32", [tokens, 8, 2], new Float32Array(tokens * 16));
  const tables = (tokens: number): Weights => ({
    ...VAE_WEIGHTS,
    "encoder.freqs_cis": table(tokens),
    "decoder.freqs_cis": table(tokens),
  });
  await read("svae", { tensors: tables(8), config: VAE });
  await refuses(
    read("svae", { tensors: tables(20), config: VAE }),
    /"(en|de)coder\.freqs_cis" must be f32 \[8,8,2\], found f32 \[20,8,2\]$/,
  );
  await refuses(
    read("ar", {
      tensors: { ...AR_WEIGHTS, "encoder.freqs_cis": table(8) },
      config: AR,
    }),
    /"encoder\.freqs_cis" is none of/,
  );
});

Deno.test("a log stands beside the weights of trained models, not of whole ones", async () => {
  const sizes = {
    image_size: 8,
    channels: [4, 8],
    features: 8,
    num_classes: 3,
  };
  const weights = randomWeights(classifierShapes(sizes));
  await read("ar", { tensors: { ...AR_WEIGHTS, ...LOG }, config: AR });
  await read("svae", { tensors: { ...VAE_WEIGHTS, ...LOG }, config: VAE });
  await read("classifier", { tensors: { ...weights, ...LOG }, config: sizes });
  await refuses(
    read("classifier", {
      tensors: { ...weights, "logs/loss": LOG["log/loss"]! },
      config: sizes,
    }),
    /"logs\/loss" is none of/,
  );
});

Deno.test("each half of a whole model is held against its own sizes", async () => {
  const below = Object.entries(VAE_WEIGHTS)
    .map(([name, tensor]) => [`vae.${name}`, tensor] as const);
  const tensors = { ...AR_WEIGHTS, ...Object.fromEntries(below) };
  const config = { ...AR, vae: VAE };
  const few = { ...VAE, decoder_vit_layers: 0 };
  for (const as of ["ar", "svae"] as const) {
    await read("model", { tensors, config, as });
  }
  await read("model", { tensors, config: { ...AR, vae: few }, as: "ar" });
  await refuses(
    read("model", { tensors, config: { ...AR, vae: few }, as: "svae" }),
    /"decoder\.layers\.0\.\S+" is none of/,
  );
  await refuses(
    read("model", { tensors: { ...tensors, ...LOG }, config, as: "ar" }),
    /"log\/loss" is none of/,
  );
});

Deno.test("stages that take an S-VAE refuse spare weights before they work", () =>
  inFolder(async (folder) => {
    await writeImages(join(folder, "images.safetensors"), {
      count: 2,
      seed: 1,
      size: VAE.image_size,
    });
    await writeArtifact(join(folder, "svae.safetensors"), {
      kind: "svae",
      tensors: VAE_WEIGHTS,
      config: { ...VAE, encoder_vit_layers: 0 },
    });
    for (const stage of ["cache", "encode", "reconstruct"]) {
      const inputs = 'svae = "svae.safetensors", images = "images.safetensors"';
      const run = runStages(
        folder,
        `[stages.${stage}]\ninputs = { ${inputs} }`,
      );
      await assert.rejects(run, {
        name: "UserError",
        message: /"encoder\.layers\.0\.\S+" is none of the model with these/,
      });
    }
  }));

/** Sides of images that no model may have. */
const SIDES = [
  [1028, /image_size is 1028, expected at most 256 x patch_size$/],
  [65_536, /config\.image_size: too big: .*4096, found 65536$/],
] as const;

Deno.test("readVae() refuses a huge image before it computes anything of its size", async () => {
  const config = { ...VAE, image_size: 1024 };
  const table = hostTensor("f32", [8, 8, 2], new Float32Array(128));
  const tensors = { ...VAE_WEIGHTS, "encoder.freqs_cis": table };
  await refuses(
    read("svae", { tensors, config }),
    /"encoder\.freqs_cis" must be f32 \[65540,8,2\], found f32 \[8,8,2\]$/,
  );
  for (const [image_size, expected] of SIDES) {
    await assert.rejects(
      read("svae", { tensors, config: { ...VAE, image_size } }),
      (error) => {
        assert.ok(error instanceof UserError, `${error}`);
        assert.match(error.message, expected);
        return true;
      },
    );
  }
});
