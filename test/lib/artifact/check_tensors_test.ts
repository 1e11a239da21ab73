import assert from "node:assert/strict";
import {
  type JsonRecord,
  openArtifact,
  type RawTensor,
  writeArtifact,
} from "../../../lib/artifact/mod.ts";
import { inFolder } from "./_bytes.ts";

/** Zeros of a stored element type, one axis. */
function column(dtype: RawTensor["dtype"], count: number): RawTensor {
  const bytes = { U8: 1, U32: 4, I32: 4, U64: 8 }[dtype as "U8"];
  return { dtype, shape: [count], data: new Uint8Array(bytes * count) };
}

const INDEX = {
  containers: column("U32", 3),
  offsets: column("U64", 3),
  lengths: column("U32", 3),
  ids: column("U8", 5),
  id_ends: column("U32", 3),
  labels: column("I32", 3),
};

Deno.test("openArtifact() tells forms of a kind by what the configuration says", () =>
  inFolder(async (folder) => {
    const write = (
      config: JsonRecord,
      tensors: Readonly<Record<string, RawTensor>>,
    ) =>
      writeArtifact(`${folder}/a.safetensors`, {
        kind: "images",
        config,
        tensors,
      });
    await write({ form: "index" }, INDEX);
    const reader = await openArtifact(`${folder}/a.safetensors`, "images");
    assert.equal(reader.form, "index");
    assert.deepEqual({ ...reader.sizes }, { images: 3, id_bytes: 5 });
    reader.close();
    const { containers: _, ...others } = INDEX;
    const encoded = { ...others, bytes: column("U8", 9) };
    await write({ form: "encoded" }, encoded);
    await assert.rejects(
      write({ form: "index" }, encoded),
      /as images: tensor "containers": expected U32 \[images\], found none/,
    );
    await assert.rejects(
      write({ form: "encoded" }, { ...encoded, ...INDEX }),
      /expected the tensors bytes, .*labels, found "containers"/,
    );
    // What says no form has the first one.
    await assert.rejects(
      write({}, INDEX),
      /tensor "images": expected U8 \[images, height, width, 3\], found none/,
    );
    await assert.rejects(
      write({ form: "toString" }, INDEX),
      /config\.form: expected one of pixels, encoded, index, found "toString"/,
    );
  }));
