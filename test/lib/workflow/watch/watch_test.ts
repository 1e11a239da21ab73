import assert from "node:assert/strict";
import { UserError } from "../../../../lib/artifact/mod.ts";
import { FollowedLog } from "../../../../lib/workflow/watch/followed_log.ts";
import { WatchedFolder } from "../../../../lib/workflow/watch/mod.ts";
import { inFolder } from "../../artifact/_bytes.ts";
import { runToy } from "../training/_toy.ts";

/** A line of a log. */
function line(step: number, figures: Record<string, number | null>): string {
  return `${JSON.stringify({ step, time: 1, ...figures })}\n`;
}

Deno.test("FollowedLog reads what is new, by figure", () =>
  inFolder(async (folder) => {
    const path = `${folder}/scalars.jsonl`;
    const log = new FollowedLog(path);
    const [one, two] = [line(1, { loss: 3 }), line(2, { loss: null, l1: 5 })];
    await Deno.writeTextFile(path, one + two.slice(0, 9));
    assert.deepEqual(await log.look(), { loss: { x: [1], y: [3] } });
    await Deno.writeTextFile(path, one + two + line(2, { "heldout/a": 7 }));
    assert.deepEqual(await log.look(), {
      loss: { x: [1], y: [3] },
      l1: { x: [2], y: [5] },
      "heldout/a": { x: [2], y: [7] },
    });
  }));

Deno.test("FollowedLog reads anew what was cut back", () =>
  inFolder(async (folder) => {
    const path = `${folder}/scalars.jsonl`;
    const log = new FollowedLog(path);
    const lines = (values: number[]) =>
      values.map((loss, i) => line(i + 1, { loss })).join("");
    await Deno.writeTextFile(path, lines([1, 2, 3]));
    await log.look();
    for (const values of [[1, 7], [1, 8, 9, 10, 11, 12]]) {
      await Deno.writeTextFile(path, lines(values));
      const { loss } = await log.look();
      assert.deepEqual(loss!.y.slice(-1), values.slice(-1));
    }
    // Longer lines in the place of the old ones: bytes that were read shift.
    await Deno.writeTextFile(path, lines([1.25, 2.25, 3.25, 4.25, 5, 6, 7, 8]));
    const { loss } = await log.look();
    assert.deepEqual(loss, {
      x: [1, 2, 3, 4, 5, 6, 7, 8],
      y: [1.25, 2.25, 3.25, 4.25, 5, 6, 7, 8],
    });
  }));

Deno.test("WatchedFolder writes a page of every training in it", () =>
  inFolder(async (folder) => {
    const log = `${folder}/log`;
    await runToy(folder, { options: `log = "${log}", validateEvery = 5` });
    const watched = new WatchedFolder(log);
    assert.deepEqual(await watched.write(5), { toy: 10 });
    const page = await Deno.readTextFile(watched.page);
    assert.match(page, /http-equiv="refresh" content="5"/);
    assert.match(page, /toy: learning rate/);
    assert.match(page, /toy: held-out loss/);
    assert.match(page, /step 10/);
    await watched.write(undefined);
    assert.doesNotMatch(await Deno.readTextFile(watched.page), /http-equiv/);
  }));

Deno.test("WatchedFolder says what it expects", () =>
  inFolder(async (folder) => {
    for (const path of [folder, `${folder}/none`]) {
      await assert.rejects(new WatchedFolder(path).write(1), (error) => {
        assert.ok(error instanceof UserError, `${error}`);
        assert.match(error.message, /^Cannot watch ".*": /);
        return true;
      });
    }
  }));
