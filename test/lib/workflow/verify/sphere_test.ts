import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../../../../lib/artifact/mod.ts";
import { createReferenceEngine } from "../../../../lib/engine/reference/mod.ts";
import {
  type FileResult,
  verifyFile,
} from "../../../../lib/workflow/verify/file.ts";

const TABLES = fileURLToPath(
  new URL("../../../golden/sphere.safetensors", import.meta.url),
);

/** Verifies the tables after `change` has had its way with the file's bytes. */
async function verifyChanged(
  change: (bytes: Uint8Array<ArrayBuffer>) => void,
): Promise<FileResult> {
  const folder = await Deno.makeTempDir();
  try {
    const bytes = await Deno.readFile(TABLES);
    change(bytes);
    const path = join(folder, "sphere.safetensors");
    await Deno.writeFile(path, bytes);
    return await verifyFile(path, createReferenceEngine());
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Offset of the number at [row, column] of a table of some width. */
function offsetOf(
  bytes: Uint8Array<ArrayBuffer>,
  { table, width, row, column }: {
    table: string;
    width: number;
    row: number;
    column: number;
  },
): number {
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const text = new TextDecoder().decode(bytes.subarray(8, 8 + length));
  const header = JSON.parse(text) as Record<
    string,
    { data_offsets: readonly [number, number] }
  >;
  const start = header[table]!.data_offsets[0];
  return 8 + length + start + 8 * (row * width + column);
}

Deno.test("verify passes the sphere's tables on the reference", async () => {
  const { pass, checks } = await verifyFile(TABLES, createReferenceEngine());
  assert.equal(checks.length, 10);
  assert.ok(pass);
});

Deno.test("verify fails where the smallest value is off by a millionth", async () => {
  const places = [
    // d = 64, kappa = 0.01: both divergences are below 1e-6.
    { table: "distributions", width: 10, row: 32, column: 4 },
    { table: "distributions", width: 10, row: 32, column: 8 },
    { table: "beta_gradient", width: 4, row: 24, column: 3 },
    { table: "vmf_gradient", width: 4, row: 11, column: 3 },
  ];
  for (const place of places) {
    const { pass } = await verifyChanged((bytes) => {
      const view = new DataView(bytes.buffer);
      const at = offsetOf(bytes, place);
      view.setFloat64(at, view.getFloat64(at, true) * (1 + 1e-6), true);
    });
    assert.equal(pass, false, JSON.stringify(place));
  }
});

Deno.test("verify names a dimension that no sphere has", async () => {
  for (const d of [1, 2.5, 1e9, NaN]) {
    const changed = verifyChanged((bytes) => {
      const at = offsetOf(bytes, {
        table: "distributions",
        width: 10,
        row: 0,
        column: 0,
      });
      new DataView(bytes.buffer).setFloat64(at, d, true);
    });
    await assert.rejects(changed, UserError, `d = ${d}`);
  }
});
