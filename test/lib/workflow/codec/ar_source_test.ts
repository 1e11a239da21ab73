import assert from "node:assert/strict";
import type { ArtifactReader } from "../../../../lib/artifact/mod.ts";
import { checkArInputs } from "../../../../lib/workflow/codec/mod.ts";

function named(name: string): ArtifactReader {
  return { name } as ArtifactReader;
}

Deno.test("checkArInputs() refuses two sources, and images that nothing encodes", () => {
  const latents = named("latents");
  checkArInputs({ latents });
  for (const other of [{ images: named("x") }, { svae: named("x") }]) {
    assert.throws(
      () => checkArInputs({ latents, ...other }),
      /"latents" and "x": expected --latents, or --images with --svae$/,
    );
  }
  assert.throws(
    () => checkArInputs({ images: named("x") }),
    /train on "x": expected --svae, which encodes images$/,
  );
});
