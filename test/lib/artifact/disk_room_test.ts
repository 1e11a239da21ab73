import assert from "node:assert/strict";
import { bytesLeft, requireRoom } from "../../../lib/artifact/mod.ts";
import { inFolder } from "./_bytes.ts";

function text(bytes: number): string {
  return `${bytes} bytes`;
}

Deno.test("requireRoom() refuses more than the disk has left", () =>
  inFolder(async (folder) => {
    const left = await bytesLeft(folder);
    assert.ok(left !== undefined && left > 0);
    await requireRoom(folder, { needed: 1, text });
    await assert.rejects(
      requireRoom(folder, { needed: 2 ** 60, text }),
      /Cannot write below ".*": 1152921504606847000 bytes are needed, its disk has \d+ bytes left$/,
    );
    const below = `${folder}/to/be/made`;
    await requireRoom(below, { needed: 1, text });
    await assert.rejects(requireRoom(below, { needed: 2 ** 60, text }));
  }));
