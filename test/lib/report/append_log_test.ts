import assert from "node:assert/strict";
import { UserError } from "../../../lib/artifact/mod.ts";
import { AppendLog, JSON_LINES } from "../../../lib/report/mod.ts";
import { inFolder } from "../artifact/_bytes.ts";

const LINES = '{"step":1,"a":1}\n{"step":2,"a":2}\n{"step":4,"a":4}\n';

/** What is left of a file that was opened at a step, with a line added. */
async function reopened(folder: string, text: string, step: number) {
  const path = `${folder}/lines`;
  await Deno.writeTextFile(path, text);
  const log = await AppendLog.open(path, { step, format: JSON_LINES });
  log.append(new TextEncoder().encode("next\n"));
  log.close();
  return [await Deno.readTextFile(path), log.lastStep];
}

Deno.test("AppendLog cuts a file back to the step at which it goes on", () =>
  inFolder(async (folder) => {
    const [one, two, four] = LINES.split(/(?<=\n)/);
    const next = "next\n";
    for (
      const [step, expected, last] of [
        [0, next, 0],
        [1, one + next, 1],
        [2, one! + two + next, 2],
        [3, one! + two + next, 2],
        [4, one! + two + four + next, 4],
        [9, one! + two + four + next, 4],
      ] as const
    ) {
      assert.deepEqual(await reopened(folder, LINES, step), [expected, last]);
    }
  }));

Deno.test("AppendLog drops a line that was cut, and what follows a bad one", () =>
  inFolder(async (folder) => {
    const whole = '{"step":1}\n';
    for (const rest of ['{"step":2', "{", "word\n", '{"a":1}\n{"step":2}\n']) {
      const found = await reopened(folder, whole + rest, 9);
      assert.deepEqual(found, [`${whole}next\n`, 1]);
    }
  }));

Deno.test("AppendLog begins a file that is not there, and says what is in the way", () =>
  inFolder(async (folder) => {
    const options = { step: 3, format: JSON_LINES };
    const log = await AppendLog.open(`${folder}/new`, options);
    assert.ok(log.empty);
    log.close();
    await assert.rejects(AppendLog.open(folder, options), (error) => {
      assert.ok(error instanceof UserError, `${error}`);
      assert.match(error.message, /^Cannot write the log/);
      return true;
    });
  }));
