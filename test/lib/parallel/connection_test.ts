import assert from "node:assert/strict";
import { connectionOf, memoryGroup } from "../../../lib/parallel/mod.ts";

Deno.test("connectionOf() gives all ranks plausible figures", async () => {
  const found = await Promise.all(memoryGroup(3).map(connectionOf));
  for (const { latencyMicroseconds, bytesPerSecond } of found) {
    assert(latencyMicroseconds > 0 && latencyMicroseconds < 1e6);
    assert(bytesPerSecond > 1e6 && bytesPerSecond < 1e13);
  }
});
