/** What files mean that were written before they said the law of their latents. */
import assert from "node:assert/strict";
import { UserError } from "../../../../lib/artifact/mod.ts";
import { PAPER_LAW } from "../../../../lib/model/mod.ts";
import {
  readConfig,
  readLaw,
  readVaeConfig,
} from "../../../../lib/workflow/models/mod.ts";
import { AR_CONFIG } from "../../../../lib/workflow/models/model_sizes.ts";
import { readLatentLaw } from "../../../../lib/workflow/sets/latents.ts";
import { KL } from "../../model/_kl.ts";
import { AR, VAE } from "../../model/_models.ts";

/** A file that says this. */
function file(config: object) {
  return { name: "old.safetensors", config: { ...config } };
}

const { backbone: _, posterior, normalize, ...SIZES } = VAE;
const { posterior: _p, normalize: _n, ...OLD_AR } = AR;
/** A KL-16 VAE as import wrote it: nothing said that it is Gaussian. */
const { posterior: _k, normalize: _m, ...OLD_KL } = KL;

function refused(message: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof UserError);
    assert.match(error.message, message);
    return true;
  };
}

Deno.test("a VAE that says no backbone is a hybrid on the sphere", () => {
  assert.deepEqual({ posterior, normalize }, PAPER_LAW);
  assert.deepEqual(readVaeConfig(file(SIZES)), VAE);
  assert.deepEqual(readVaeConfig(file(VAE)), VAE);
});

Deno.test("a KL-16 VAE that says no posterior is Gaussian, of MAR's scale", () => {
  assert.deepEqual(readVaeConfig(file(OLD_KL)), KL);
});

Deno.test("an AR model that says no law is of the sphere, or of its VAE's scale", () => {
  const read = (config: object) => readConfig(file(config), AR_CONFIG);
  assert.deepEqual(read(OLD_AR), AR);
  // Where it said the posterior alone, the scale was the VAE's.
  assert.deepEqual(
    read({ ...OLD_AR, posterior: "gaussian" }),
    { ...AR, posterior: "gaussian" },
  );
});

Deno.test("latents that say no law have that of the VAE that made them", () => {
  assert.deepEqual(readLatentLaw(file({})), PAPER_LAW);
  assert.deepEqual(readLatentLaw(file({ svae: SIZES })), PAPER_LAW);
  assert.deepEqual(readLatentLaw(file({ svae: OLD_KL })), {
    posterior: "gaussian",
    normalize: "none",
    latent_scale: 0.2325,
  });
  const measured = { svae: VAE, posterior: "gaussian", latent_scale: 0.5 };
  assert.deepEqual(readLatentLaw(file(measured)), {
    posterior: "gaussian",
    normalize: "none",
    latent_scale: 0.5,
  });
});

Deno.test("tokens that say no law have that of the VAE that decodes them", () => {
  const law = { posterior: "gaussian", normalize: "all" } as const;
  assert.deepEqual(readLaw(file({}), law), law);
});

Deno.test("configurations that fit no table are refused by name", () => {
  const cases = [
    [
      { ...VAE, backbone: "resnet" },
      /"old\.safetensors": config\.backbone: .*"hybrid"\|"cnn"\|"vit"\|"kl16", found "resnet"$/,
    ],
    [{ ...VAE, posterior: "flat" }, /config\.posterior: .*, found "flat"$/],
    [{ ...VAE, normalize: "all" }, /normalize is "all", expected none/],
    [
      { ...VAE, posterior: "fixed-variance" },
      /c_sigma is missing, expected the deviation of the law/,
    ],
    [
      { ...VAE, latent_scale: 0.5 },
      /latent_scale is 0\.5, expected none: latents on a sphere/,
    ],
    [{ ...VAE, latent_scale: 0 }, /config\.latent_scale: too small/],
    [{ ...KL, ch_mult: [1, 65] }, /config\.ch_mult\.1: too big/],
    [{ ...VAE, cnn_chs: [16] }, /config\.cnn_chs: too small/],
  ] as const;
  for (const [config, message] of cases) {
    assert.throws(() => readVaeConfig(file(config)), refused(message));
  }
});
