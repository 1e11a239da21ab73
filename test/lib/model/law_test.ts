import assert from "node:assert/strict";
import {
  checkLaw,
  differingLaw,
  drawLatents,
  isOnSphere,
  type LatentLaw,
  lawOf,
  type Normalization,
  NORMALIZATIONS,
  PAPER_LAW,
  posteriorInputs,
  type PosteriorName,
  POSTERIORS,
} from "../../../lib/model/mod.ts";
import { compute, drawSource, randomInputs } from "../sphere/_engines.ts";
import { noise, VAE } from "./_models.ts";
import { constants, evaluate, randomWeights } from "./_models.ts";
import {
  decode,
  decodeScaled,
  encode,
  encodeScaled,
} from "../../../lib/model/mod.ts";
import { vaeShapes } from "../../../lib/model/mod.ts";
import { constant, hostTensor } from "../../../lib/tensor/mod.ts";
import { assertClose } from "../../tensors.ts";

const GAUSSIAN = { posterior: "gaussian", normalize: "none" } as const;

/** Laws that the AR model sees on the sphere: those of Table 2's last rows. */
const ON_SPHERE = [
  "power-spherical none",
  "von-mises-fisher none",
  "gaussian all",
  "fixed-variance all",
];

Deno.test("checkLaw() takes what Table 2 compares, and isOnSphere() tells its last rows", () => {
  const taken: string[] = [];
  for (const posterior of Object.keys(POSTERIORS) as PosteriorName[]) {
    for (const normalize of Object.keys(NORMALIZATIONS) as Normalization[]) {
      const law = { posterior, normalize };
      const name = `${posterior} ${normalize}`;
      if (POSTERIORS[posterior].onSphere && normalize !== "none") {
        assert.throws(() => checkLaw(law), {
          name: "RangeError",
          message: /normalize is ".*", expected none: .* sphere already$/,
        });
        continue;
      }
      checkLaw(law);
      taken.push(name);
      assert.equal(isOnSphere(law), ON_SPHERE.includes(name), name);
    }
  }
  assert.equal(taken.length, 8);
});

Deno.test("checkLaw() refuses a scale on the sphere", () => {
  checkLaw({ ...GAUSSIAN, latent_scale: 0.5 });
  for (const law of [PAPER_LAW, { ...GAUSSIAN, normalize: "all" } as const]) {
    assert.throws(
      () => checkLaw({ ...law, latent_scale: 0.5 }),
      /latent_scale is 0\.5, expected none: latents on a sphere keep/,
    );
  }
});

Deno.test("lawOf() takes the law alone", () => {
  assert.deepEqual(lawOf(VAE), PAPER_LAW);
  const law = { ...GAUSSIAN, latent_scale: 2 };
  assert.deepEqual(lawOf({ ...VAE, ...law }), law);
});

Deno.test("differingLaw() names what differs; a VAE without a scale takes any", () => {
  const scaled = { ...GAUSSIAN, latent_scale: 0.5 };
  assert.equal(differingLaw(scaled, GAUSSIAN), undefined);
  assert.equal(differingLaw(GAUSSIAN, scaled), undefined);
  assert.equal(
    differingLaw(scaled, { ...GAUSSIAN, latent_scale: 0.25 }),
    "latent_scale is 0.5, the VAE's is 0.25",
  );
  assert.equal(
    differingLaw(PAPER_LAW, GAUSSIAN),
    "posterior is power-spherical, the VAE's is gaussian",
  );
  assert.equal(
    differingLaw({ ...GAUSSIAN, normalize: "all" }, GAUSSIAN),
    "normalize is all, the VAE's is none",
  );
});

Deno.test("posteriorInputs() has the parts of the law", () => {
  const shapes = (law: LatentLaw) =>
    Object.entries(posteriorInputs(law, [2, 3, 4]))
      .map(([name, { shape }]) => `${name} [${shape}]`);
  assert.deepEqual(shapes(PAPER_LAW), ["mu [2,3,4]", "kappa [2,3]"]);
  assert.deepEqual(shapes(GAUSSIAN), ["mu [2,3,4]", "sigma [2,3,4]"]);
});

/** Lengths of draws, and their cosines with the draws of no normalisation. */
async function lengths(normalize: Normalization): Promise<number[]> {
  const shape = [2, 3, 4] as const;
  const { z, plain } = await compute({
    inputs: {
      mu: noise(shape, { name: "mu" }),
      sigma: hostTensor("f32", shape, new Float32Array(24).fill(0.5)),
      ...randomInputs(1, 2),
    },
    build: ({ mu, sigma, ...random }) => {
      const parts = { mu: mu!, sigma: sigma! };
      const draw = (law: LatentLaw) =>
        drawLatents(parts, law, drawSource(random));
      return { z: draw({ ...GAUSSIAN, normalize }), plain: draw(GAUSSIAN) };
    },
  });
  return Array.from({ length: 6 }, (_, token) => {
    const part = (all: readonly number[]) =>
      all.slice(token * 4, (token + 1) * 4);
    const [a, b] = [part(z!), part(plain!)];
    const inner = a.reduce((sum, x, i) => sum + x * b[i]!, 0);
    const cosine = inner / Math.hypot(...a) / Math.hypot(...b);
    if (!(Math.abs(cosine - 1) <= 1e-12)) assert.fail(`cosine ${cosine}`);
    return Math.hypot(...a);
  });
}

Deno.test("drawLatents() projects where the AR model sees latents projected", async () => {
  for (const length of await lengths("all")) {
    if (!(Math.abs(length - 2) <= 1e-12)) assert.fail(`length ${length}`);
  }
  const plain = await lengths("none");
  assert.deepEqual(await lengths("decoder"), plain);
  assert.ok(Math.max(...plain) - Math.min(...plain) > 0.1);
});

const WEIGHTS = randomWeights(vaeShapes({ ...VAE, ...GAUSSIAN }));
const P = constants(WEIGHTS);
const LATENTS = noise([1, 4, 4], { name: "latents" });

function imageOf(z: ReturnType<typeof noise>, normalize: Normalization) {
  const config = { ...VAE, ...GAUSSIAN, normalize };
  return evaluate({ x: decode(P, constant(z), config) });
}

Deno.test("decode() sees directions alone where the law projects for it", async () => {
  const longer = hostTensor(
    "f32",
    LATENTS.shape,
    LATENTS.data.map((x) => 4 * x),
  );
  for (const normalize of ["decoder", "all"] as const) {
    const [a, b] = [
      await imageOf(LATENTS, normalize),
      await imageOf(longer, normalize),
    ];
    assertClose(b.x, a.x, { what: normalize, tolerance: 1e-12 });
  }
  const [a, b] = [
    await imageOf(LATENTS, "none"),
    await imageOf(longer, "none"),
  ];
  assert.throws(() => assertClose(b.x, a.x, { what: "none", tolerance: 1e-3 }));
});

Deno.test("encodeScaled() and decodeScaled() undo each other's scale", async () => {
  const config = { ...VAE, ...GAUSSIAN };
  const scaled = { ...config, latent_scale: 0.25 };
  const images = constant(noise([1, 3, 8, 8], { name: "images" }));
  const plain = encode(P, images, config);
  const times = encodeScaled(P, images, scaled);
  const z = constant(LATENTS);
  const quarter = constant(
    hostTensor("f32", LATENTS.shape, LATENTS.data.map((x) => x / 4)),
  );
  const found = await evaluate({
    mu: plain.mu,
    sigma: plain.sigma!,
    smallMu: times.mu,
    smallSigma: times.sigma!,
    image: decode(P, z, config),
    smallImage: decodeScaled(P, quarter, scaled),
  });
  for (const part of ["Mu", "Sigma"] as const) {
    const whole = found[part.toLowerCase() as "mu" | "sigma"];
    const expected = hostTensor(
      "f64",
      whole.shape,
      Float64Array.from(whole.data, (x) => x / 4),
    );
    assertClose(found[`small${part}`], expected, {
      what: part,
      tolerance: 1e-12,
    });
  }
  assertClose(found.smallImage, found.image, {
    what: "image",
    tolerance: 1e-12,
  });
});
