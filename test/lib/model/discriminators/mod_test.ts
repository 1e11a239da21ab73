import assert from "node:assert/strict";
import { discriminatorOf, DISCRIMINATORS } from "../../../../lib/model/mod.ts";

Deno.test("discriminatorOf() finds a discriminator by its name", () => {
  const config = { name: "patchgan" as const, ndf: 8, n_layers: 3 };
  assert.equal(discriminatorOf(config), DISCRIMINATORS.patchgan);
  const other = { name: "stylegan" as const, channels: [8] };
  assert.equal(discriminatorOf(other), DISCRIMINATORS.stylegan);
});

Deno.test("discriminators carry the name of their row, and sizes that fit", () => {
  const sizes = { ndf: 8, n_layers: 2 };
  for (const [name, row] of Object.entries(DISCRIMINATORS)) {
    const config = row.configOf(sizes, 32);
    assert.equal(config.name, name);
    discriminatorOf(config).check(config, 32);
  }
});
