import assert from "node:assert/strict";
import { scalarName, stateName } from "../../../lib/train/mod.ts";

Deno.test("stateName() tells tensors of players and groups apart", () => {
  assert.equal(
    stateName({ player: "generator", group: "m", name: "norm.weight" }),
    "generator/m/norm.weight",
  );
});

Deno.test("scalarName() names the player where there are several", () => {
  assert.equal(scalarName("loss", "ar", { ar: 0 }), "loss");
  const two = { generator: 0, discriminator: 0 };
  assert.equal(
    scalarName("gradientNorm", "discriminator", two),
    "gradientNorm/discriminator",
  );
});
