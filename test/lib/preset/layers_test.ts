import assert from "node:assert/strict";
import { layered } from "../../../lib/preset/layers.ts";
import { here, paper } from "../../../lib/preset/source.ts";

Deno.test("layered() takes the last of several values with its source", () => {
  const [low, high] = [paper("Section 4.1"), here("a reason")];
  const { numbers, sources } = layered([
    { source: low, numbers: { vae: { image_size: 32, latent_dim: 16 } } },
    { source: high, numbers: { vae: { image_size: 64 }, heldout: 0.5 } },
  ]);
  assert.deepEqual(numbers, {
    vae: { image_size: 64, latent_dim: 16 },
    heldout: 0.5,
  });
  assert.deepEqual(Object.fromEntries(sources), {
    "vae.image_size": high,
    "vae.latent_dim": low,
    "heldout": high,
  });
});

Deno.test("layered() forgets the sizes of another backbone or posterior", () => {
  const source = here("a reason");
  const base = {
    source,
    numbers: {
      vae: {
        backbone: "hybrid",
        posterior: "fixed-variance",
        c_sigma: 0.1,
        image_size: 32,
        z_channels: 64,
        cnn_chs: [16, 64],
      },
    },
  } as const;
  const other = {
    source,
    numbers: { vae: { backbone: "vit", z_channels: 96 } },
  } as const;
  const { numbers, sources } = layered([base, other]);
  assert.deepEqual(numbers, {
    vae: {
      backbone: "vit",
      posterior: "fixed-variance",
      c_sigma: 0.1,
      image_size: 32,
      z_channels: 96,
    },
  });
  assert.ok(!sources.has("vae.cnn_chs"));
  const same = { source, numbers: { vae: { backbone: "hybrid" } } } as const;
  assert.deepEqual(layered([base, same]).numbers, base.numbers);
  const gaussian = {
    source,
    numbers: { vae: { posterior: "gaussian" } },
  } as const;
  const { c_sigma: _, ...rest } = base.numbers.vae;
  assert.deepEqual(layered([base, gaussian]).numbers, {
    vae: { ...rest, posterior: "gaussian" },
  });
});

Deno.test("layered() forgets what was measured of other latents", () => {
  const source = here("a reason");
  const vae = {
    backbone: "kl16",
    posterior: "gaussian",
    latent_dim: 16,
    latent_scale: 0.2,
  } as const;
  for (
    const change of [{ backbone: "cnn" }, { posterior: "power-spherical" }]
  ) {
    const { latent_scale: _, ...rest } = vae;
    const said = [{ source, numbers: { vae } }, {
      source,
      numbers: { vae: change as { backbone: "cnn" } },
    }];
    assert.deepEqual(layered(said).numbers, { vae: { ...rest, ...change } });
  }
});

Deno.test("layered() forgets the sizes of another discriminator", () => {
  const source = here("a reason");
  const adversarial = { discriminator: "patchgan", ndf: 8, lecam: 1 } as const;
  const other = { discriminator: "stylegan" } as const;
  const { numbers } = layered([
    { source, numbers: { vaeTraining: { adversarial } } },
    { source, numbers: { vaeTraining: { adversarial: other } } },
  ]);
  assert.deepEqual(numbers, {
    vaeTraining: { adversarial: { discriminator: "stylegan", lecam: 1 } },
  });
});

Deno.test("layered() lets the last channels follow the width", () => {
  const source = here("a reason");
  const base = {
    source,
    numbers: { vae: { z_channels: 64, cnn_chs: [16, 64] } },
  };
  const wide = { source, numbers: { vae: { z_channels: 128 } } };
  assert.deepEqual(layered([base, wide]).numbers, {
    vae: { z_channels: 128, cnn_chs: [16, 128] },
  });
  const both = {
    source,
    numbers: { vae: { z_channels: 128, cnn_chs: [32, 96] } },
  };
  assert.deepEqual(layered([base, both]).numbers, {
    vae: { z_channels: 128, cnn_chs: [32, 96] },
  });
});

Deno.test("layered() takes a training's length in the unit that is said last", () => {
  const [low, high] = [paper("Section 4.1"), here("a reason")];
  const lengths = [{ steps: 5 }, { epochs: 2 }];
  for (const [before, after] of [lengths, lengths.toReversed()]) {
    const { numbers, sources } = layered([
      { source: low, numbers: { arTraining: before!, vaeTraining: before! } },
      { source: high, numbers: { arTraining: after! } },
    ]);
    assert.deepEqual(numbers, { arTraining: after, vaeTraining: before });
    const paths = [before, after].flatMap((length) => Object.keys(length!));
    assert.deepEqual(
      [...sources],
      [[`vaeTraining.${paths[0]}`, low], [`arTraining.${paths[1]}`, high]],
    );
  }
});

Deno.test("layered() cuts another batch in as many of the parts as fit", () => {
  const source = here("a reason");
  const partsOf = (
    said: { batch: number; parts?: number },
    adversarial?: { batchNormRows: number },
  ) => {
    const base = { batch: 64, parts: 8, ...adversarial && { adversarial } };
    const { numbers } = layered([
      { source, numbers: { vaeTraining: base } },
      { source, numbers: { vaeTraining: said } },
    ]);
    const { parts } = numbers["vaeTraining"] as { parts?: number };
    return parts;
  };
  assert.equal(partsOf({ batch: 128 }), 8);
  assert.equal(partsOf({ batch: 12 }), 4);
  assert.equal(partsOf({ batch: 12 }, { batchNormRows: 3 }), 4);
  assert.equal(partsOf({ batch: 12 }, { batchNormRows: 6 }), 2);
  assert.equal(partsOf({ batch: 7 }), undefined);
  // What a person says of both is taken at its word.
  assert.equal(partsOf({ batch: 12, parts: 8 }), 8);
});
