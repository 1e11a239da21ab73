import assert from "node:assert/strict";
import {
  profileLines,
  tellProfile,
  traceOf,
} from "../../../lib/cli/profile.ts";
import type { Engine, EngineProfile } from "../../../lib/tensor/mod.ts";

function times(kernel: string, seconds: number) {
  return {
    program: "step",
    kernel,
    calls: 1,
    seconds,
    flops: 4e9 * seconds,
    bytes: 1e9 * seconds,
  };
}

const profile: EngineProfile = {
  kernels: [
    times("matmul layers.0.w1", 0.5),
    times("matmul layers.12.w1", 0.25),
    { ...times("map", 0.25), flops: 0 },
  ],
  calls: [{ ...times("map", 0.25), startSeconds: 0.001 }],
  peak: { flopsPerSecond: 8e9, bytesPerSecond: 4e9 },
};

Deno.test("profileLines() sums layers and gives shares of time and of the peak", () => {
  const [head, , first, second, all] = profileLines(profile);
  assert.equal(head, "Measured peak: 8.0 GFLOP/s, 4.0 GB/s");
  assert.match(first!, /^step: matmul layers\.\*\.w1 +2 +750\.00 +75\.0%/);
  assert.match(first!, / 4\.0 +1\.0 +50\.0%$/);
  assert.match(second!, /^step: map .* - +1\.0 +25\.0%$/);
  assert.match(all!, /^all kernels +3 +1000\.00 +100\.0%/);
});

Deno.test("profileLines() says of a coarse clock that it is one", () => {
  const [, line] = profileLines({ ...profile, clockSeconds: 65_536e-9 });
  assert.match(line!, /^Times are multiples of 66 us/);
  const fine = profileLines({ ...profile, clockSeconds: 1e-9 });
  assert.ok(!fine.some((text) => text.startsWith("Times")));
});

Deno.test("profileLines() sums what is beyond its longest rows", () => {
  const names = Array.from({ length: 40 }, (_, i) => `k${i}x`);
  const kernels = names.map((name, i) => times(name, 1 / (i + 1)));
  const lines = profileLines({ ...profile, kernels });
  assert.match(lines.at(-2)!, /^10 more +10 /);
});

Deno.test("traceOf() gives complete events in microseconds", () => {
  const { traceEvents } = traceOf(profile) as {
    traceEvents: Record<string, unknown>[];
  };
  const [name, event] = traceEvents;
  assert.equal(name!.ph, "M");
  const { ph, ts, dur } = event!;
  assert.deepEqual({ ph, ts, dur }, { ph: "X", ts: 1000, dur: 250_000 });
});

Deno.test("tellProfile() writes the trace and says where", async () => {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/trace.json`;
  const lines: string[] = [];
  const log = { info: (line: string) => lines.push(line) };
  const engine = { profile: () => Promise.resolve(profile) };
  const terminal = { log: { ...log, warn: log.info, debug: log.info } };
  await tellProfile(engine as unknown as Engine, file, terminal);
  assert.ok("traceEvents" in JSON.parse(await Deno.readTextFile(file)));
  assert.ok(lines.at(-1)!.includes(file));
  await Deno.remove(folder, { recursive: true });
});
