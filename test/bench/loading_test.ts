import assert from "node:assert/strict";
import { join } from "node:path";
import { openSource, timedTurn } from "../../bench/loading/ours.ts";
import { IMAGENET_SYNSETS } from "../../datasets/imagenet/classes.ts";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { writeImagenetTar } from "../lib/container/_imagenet.ts";

Deno.test("bench loading reads every picture of an archive once an epoch", () =>
  inFolder(async (folder) => {
    const archive = join(folder, "train.tar");
    const synsets = IMAGENET_SYNSETS.slice(0, 2);
    await writeImagenetTar(archive, { synsets, pictures: 5 });
    const loading = { archive, size: 16, batch: 5, workers: 2 };
    using source = await openSource(loading);
    assert.equal(source.count, 10);
    const seen: number[] = [];
    const counted = {
      ...source,
      render(views: Parameters<typeof source.render>[0]) {
        seen.push(...views.map(({ picture }) => picture));
        return source.render(views);
      },
    };
    const { seconds, processor } = await timedTurn(counted, loading, 15);
    assert.ok(seconds > 0 && processor > 0);
    // A batch before the clock starts, and three.
    assert.equal(seen.length, 20);
    assert.equal(new Set(seen.slice(0, 10)).size, 10);
  }));
