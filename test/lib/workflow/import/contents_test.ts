import assert from "node:assert/strict";
import { UserError } from "../../../../lib/artifact/mod.ts";
import type { StoredTensor } from "../../../../lib/interop/mod.ts";
import {
  type ArConfig,
  arShapes,
  PAPER_LAW,
  type VaeConfig,
  vaeShapes,
  vaeTables,
} from "../../../../lib/model/mod.ts";
import { type ParameterShapes, prefixed } from "../../../../lib/nn/mod.ts";
import {
  arName,
  MAR_VAE,
  PAPER_AR,
  PAPER_VAE,
} from "../../../../lib/preset/checked.ts";
import { contentsOf } from "../../../../lib/workflow/import/contents.ts";
import { vaeName } from "../../../../lib/workflow/import/import_weights.ts";
import { AR, VAE } from "../../model/_models.ts";
import type { NamedTensors } from "../../../../lib/workflow/import/evidence.ts";

function named(shapes: ParameterShapes): NamedTensors {
  const tensors = new Map(
    Object.entries(shapes).map(([name, shape]) => {
      const tensor: StoredTensor = { dtype: "F32", shape };
      return [name, tensor];
    }),
  );
  return { file: "test.pt", tensors };
}

function vaeOf(pixels: number): VaeConfig {
  return { ...PAPER_VAE, image_size: pixels };
}

function arOf(letter: keyof typeof PAPER_AR, pixels: number): ArConfig {
  return {
    ...PAPER_AR[letter],
    cls_token_num: pixels === 512 ? 64 : 16,
    num_classes: 1000,
    latent_dim: 16,
    grid: pixels / 16,
    ...PAPER_LAW,
  };
}

/** MAR's KL-16 VAE. */
const MAR: VaeConfig<"kl16"> = {
  ...MAR_VAE,
  patch_size: 16,
  latent_dim: 16,
  ch: 128,
  ch_mult: [1, 1, 2, 2, 4],
  num_res_blocks: 2,
};

function tableShapes(vae: VaeConfig): ParameterShapes {
  const tables = Object.entries(vaeTables(vae))
    .map(([name, { shape }]) => [name, shape] as const);
  return Object.fromEntries(tables);
}

/** Everything that a checkpoint of the release holds. */
function releaseOf(ar: ArConfig | undefined, vae: VaeConfig): ParameterShapes {
  return {
    ...prefixed("vae", { ...tableShapes(vae), ...vaeShapes(vae) }),
    ...ar && arShapes(ar),
  };
}

const ALL = { part: "all", given: {} } as const;

for (const letter of ["B", "L", "H"] as const) {
  for (const pixels of [256, 512]) {
    Deno.test(`contentsOf() recognises SphereAR-${letter} at ${pixels} px`, () => {
      const [ar, vae] = [arOf(letter, pixels), vaeOf(pixels)];
      const file = named(releaseOf(ar, vae));
      const found = contentsOf(file, ALL);
      assert.deepEqual(found.ar, ar);
      assert.deepEqual(found.vae, vae);
      assert.equal(found.names.length, file.tensors.size);
      const name = `SphereAR-${letter} at ${pixels} px, 1000 classes`;
      assert.equal(arName(found.ar!), name);
      assert.equal(vaeName(found.vae!), `S-VAE of the release, ${pixels} px`);
    });
  }
}

Deno.test("contentsOf() recognises an S-VAE alone, and takes one part", () => {
  const vae = contentsOf(named(releaseOf(undefined, vaeOf(256))), ALL);
  assert.deepEqual([vae.ar, vae.vae], [undefined, vaeOf(256)]);
  const whole = named(releaseOf(arOf("B", 256), vaeOf(256)));
  const part = contentsOf(whole, { part: "svae", given: {} });
  assert.equal(part.ar, undefined);
  assert.ok(part.names.every((name) => name.startsWith("vae.")));
  const other = contentsOf(whole, { part: "ar", given: {} });
  assert.equal(other.vae, undefined);
  assert.ok(!other.names.some((name) => name.startsWith("vae.")));
});

Deno.test("contentsOf() finds the image size by the AR model without tables", () => {
  const [ar, vae] = [arOf("B", 512), vaeOf(512)];
  const shapes = { ...prefixed("vae", vaeShapes(vae)), ...arShapes(ar) };
  assert.deepEqual(contentsOf(named(shapes), ALL).vae, vae);
});

const OTHER: ArConfig = {
  ...arOf("B", 256),
  n_layer: 2,
  n_head: 6,
};

Deno.test("contentsOf() needs the heads of other models", () => {
  const file = named(arShapes(OTHER));
  assert.throws(() => contentsOf(file, ALL), (error) => {
    assert.ok(error instanceof UserError);
    assert.match(error.message, /^Cannot import "test\.pt": it is none of the/);
    assert.match(error.message, /2 layers of 768, head 6 of 768/);
    assert.match(error.message, /give --config FILE with JSON such as/);
    return true;
  });
  const given = { n_head: 6 };
  assert.deepEqual(contentsOf(file, { part: "all", given }).ar, OTHER);
  assert.match(arName(OTHER), /^AR model, 2 layers of 768, 16 x 16 tokens/);
});

Deno.test("contentsOf() recognises MAR's KL-16 VAE, alone and with an AR model", () => {
  const shapes = prefixed("vae", vaeShapes(MAR));
  const { vae, names } = contentsOf(named(shapes), ALL);
  assert.deepEqual(vae, MAR);
  assert.equal(vaeName(vae!), "VAE, KL-16 of MAR, 256 px");
  assert.equal(names.length, Object.keys(shapes).length);
  const ar = arOf("B", 512);
  const both = contentsOf(named({ ...shapes, ...arShapes(ar) }), ALL);
  assert.deepEqual(both.vae, { ...MAR, image_size: 512 });
  // It was trained on these latents.
  assert.deepEqual(both.ar, {
    ...ar,
    posterior: "gaussian",
    latent_scale: MAR.latent_scale,
  });
});

/** What must be told of every tensor of a file, where it alone is damaged. */
function assertEachIsNamed(shapes: ParameterShapes): void {
  const options = { part: "all", given: { n_head: 2 } } as const;
  const told = (name: string, damaged: ParameterShapes) => {
    const reason = new RegExp(`tensor "${RegExp.escape(name)}"`);
    assert.throws(() => contentsOf(named(damaged), options), reason);
  };
  contentsOf(named(shapes), options);
  for (const [name, shape] of Object.entries(shapes)) {
    const { [name]: _, ...lacking } = shapes;
    if (!name.endsWith("freqs_cis")) told(name, lacking);
    for (const axis of [0, 1].filter((one) => one < shape.length)) {
      // One class less or more is another model.
      if (name === "cls_embedding.weight" && axis === 0) continue;
      const other = shape.with(axis, shape[axis]! + 1);
      told(name, { ...shapes, [name]: other });
    }
    told(name, { ...shapes, [name]: shape.slice(1) });
  }
}

Deno.test("contentsOf() names the one tensor that is missing or misshapen", () => {
  assertEachIsNamed(releaseOf(AR, VAE));
  const small = { ...MAR, ch: 32, ch_mult: [1, 2], patch_size: 2 };
  assertEachIsNamed(prefixed("vae", vaeShapes(small)));
});

Deno.test("contentsOf() tells the shapes of a misshapen convolution", () => {
  const whole = releaseOf(undefined, vaeOf(256));
  const name = "vae.encoder.patchify.0.net.1.shortcut.weight";
  assert.throws(
    () => contentsOf(named({ ...whole, [name]: [129, 64, 2, 2] }), ALL),
    /has shape \[129,64,2,2\], expected \[128,64,2,2\]$/,
  );
});

Deno.test("contentsOf() refuses what is missing, misshapen, unknown or foreign", () => {
  const whole = releaseOf(undefined, vaeOf(256));
  const { "vae.quant_proj.bias": _, ...lacking } = whole;
  const tableless = prefixed("vae", vaeShapes(vaeOf(256)));
  const cases: [ParameterShapes, RegExp][] = [
    [{}, /it holds no tensors/],
    [lacking, /tensor "vae\.quant_proj\.bias" is missing, expected \[17\]/],
    [
      { ...whole, "vae.quant_proj.bias": [18] },
      /"vae\.quant_proj\.bias" has shape \[18\], expected \[17\]/,
    ],
    [{ ...whole, "vae.extra": [1] }, /"vae\.extra" is none of the model/],
    [{ ...whole, constructor: [1] }, /expected a tensor "norm\.weight"/],
    [tableless, /its tensors do not show image_size: give it by --config FILE/],
    [
      { "first_stage_model.quant_conv.weight": [8, 8, 1, 1] },
      /it is a latent diffusion model; .* or MAR's kl16\.ckpt$/,
    ],
    [
      { "vae.quant_conv.weight": [8, 8, 1, 1] },
      /expected a tensor "vae\.encoder\.conv_in\.weight", found none/,
    ],
  ];
  for (const [shapes, reason] of cases) {
    assert.throws(() => contentsOf(named(shapes), ALL), (error) => {
      assert.ok(error instanceof UserError, `${error}`);
      assert.match(error.message, reason);
      return true;
    });
  }
  const integers = named(whole);
  const tensors = new Map(integers.tensors);
  tensors.set("vae.quant_proj.bias", { dtype: "I64", shape: [17] });
  assert.throws(
    () => contentsOf({ file: "test.pt", tensors }, ALL),
    /"vae\.quant_proj\.bias" has type I64, expected floats/,
  );
  assert.throws(
    () => contentsOf(named(whole), { part: "ar", given: {} }),
    /it holds no AR model/,
  );
});
