import assert from "node:assert/strict";
import { CheckpointError } from "../../../lib/interop/mod.ts";

/** Makes errors of a file called `test.pt`. */
export function failure(detail: string): CheckpointError {
  const file = "test.pt";
  return new CheckpointError(file, detail);
}

/** Requires work to be refused with one line that names the file and the reason. */
export async function assertRefused(
  work: () => unknown,
  reason: RegExp,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    assert.ok(error instanceof CheckpointError, `${error}`);
    assert.match(error.message, /^Cannot read "test\.pt": /);
    assert.match(error.message, reason);
    assert.doesNotMatch(error.message, /\n|\.$/);
    assert.ok(error.message.length < 500, error.message);
    return;
  }
  assert.fail(`not refused, expected ${reason}`);
}
