import assert from "node:assert/strict";
import { createLogger } from "../../../../lib/pipeline/mod.ts";
import { hostTensor } from "../../../../lib/tensor/mod.ts";
import { joinShares, Shards } from "../../../../lib/workflow/pieces/mod.ts";
import { inFolder } from "../../artifact/_bytes.ts";

const log = createLogger({ write() {}, color: false, verbose: false });

Deno.test("joinShares() joins once, though a rank comes before batches are gone", () =>
  inFolder(async (folder) => {
    const cut = { images: 3, batch: 2 };
    await Deno.mkdir(`${folder}/batches-0`);
    const shards = new Shards((name) => `${folder}/${name}`, {
      cut,
      kind: "shard",
      needs: ["x"],
    });
    for (const [batch, count] of [2, 1].entries()) {
      await shards.write(batch, {
        x: hostTensor("f32", [count], new Float32Array(count)),
      });
    }
    let joins = 0;
    const join = (rank: number): Promise<number | undefined> =>
      joinShares(shards, {
        share: { rank, world: 2 },
        log,
        async write() {
          joins++;
          // Another one, while this one is at it.
          if (joins === 1) assert.equal(await join(1), 0);
        },
      });
    assert.equal(await join(0), undefined);
    // And one before its stage has taken the folder away.
    assert.equal(await join(1), 1);
    assert.equal(joins, 1);
  }));
