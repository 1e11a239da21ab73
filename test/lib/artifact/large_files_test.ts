import assert from "node:assert/strict";
import { openSafetensors } from "../../../lib/artifact/mod.ts";
import { createSafetensors } from "../../../lib/artifact/safetensors_writer.ts";
import { inFolder } from "./_bytes.ts";

/** Rows of 4 KiB, past 4 GiB in all; nearly all of them are holes in the file. */
const ROW_NUMBERS = 1024;
const ROWS = 2 ** 20 + 3;
const TENSOR_BYTES = 4 * ROW_NUMBERS * ROWS;

const HEADER = JSON.stringify({
  large: {
    dtype: "F32",
    shape: [ROWS, ROW_NUMBERS],
    data_offsets: [0, TENSOR_BYTES],
  },
  small: {
    dtype: "F32",
    shape: [2],
    data_offsets: [TENSOR_BYTES, TENSOR_BYTES + 8],
  },
}).padEnd(256);

/** A file of holes but for its header and its last bytes. */
async function writeSparse(path: string): Promise<void> {
  const header = new TextEncoder().encode(HEADER);
  const start = 8 + header.length;
  const file = await Deno.open(path, { create: true, write: true });
  try {
    await file.truncate(start + TENSOR_BYTES + 8);
    const length = new Uint8Array(8);
    new DataView(length.buffer).setBigUint64(0, BigInt(header.length), true);
    await file.write(length);
    await file.write(header);
    await file.seek(start + TENSOR_BYTES - 4, Deno.SeekMode.Start);
    const ends = Float32Array.of(0.5, 1.5, 2.5);
    await file.write(new Uint8Array(ends.buffer));
  } finally {
    file.close();
  }
}

Deno.test("openSafetensors() reads rows and tensors past 4 GiB", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/large.safetensors`;
    await writeSparse(path);
    const reader = await openSafetensors(path);
    try {
      const last = await reader.readRows("large", {
        start: ROWS - 1,
        count: 1,
      });
      assert.deepEqual(last.shape, [1, ROW_NUMBERS]);
      assert.equal(last.data[ROW_NUMBERS - 1], 0.5);
      const { data } = await reader.read("small");
      assert.deepEqual([...data], [1.5, 2.5]);
    } finally {
      reader.close();
    }
  });
});

Deno.test("createSafetensors() writes rows past 4 GiB, and asks for the rest", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/large.safetensors`;
    const writer = await createSafetensors(path, {
      tensors: { large: { dtype: "F32", shape: [ROWS, ROW_NUMBERS] } },
    });
    const data = new Float32Array(ROW_NUMBERS).fill(3);
    await writer.writeRows("large", { start: ROWS - 1, data });
    const [{ name }] = [...Deno.readDirSync(folder)] as [Deno.DirEntry];
    const { size } = await Deno.stat(`${folder}/${name}`);
    assert.ok(size > TENSOR_BYTES, `${size} bytes`);
    await assert.rejects(writer.commit(), RangeError);
    await writer.abort();
  });
});
