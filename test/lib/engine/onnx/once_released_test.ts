import assert from "node:assert/strict";
import { onceReleased } from "../../../../lib/engine/onnx/runtime/once_released.ts";

/** Fails some times with a message, then does not. */
function failing(times: number, message: string) {
  let calls = 0;
  return {
    create() {
      if (calls++ < times) throw new Error(message);
    },
    calls: () => calls,
  };
}

Deno.test("onceReleased() waits until the last environment is taken down", () => {
  const twice = failing(2, "Only one instance of LoggingManager created");
  onceReleased(twice.create);
  assert.equal(twice.calls(), 3);
});

Deno.test("onceReleased() tells any other error at once", () => {
  const other = failing(2, "No memory");
  assert.throws(() => onceReleased(other.create), /No memory/);
  assert.equal(other.calls(), 1);
});
