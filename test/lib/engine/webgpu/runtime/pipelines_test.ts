import assert from "node:assert/strict";
import { Dialect } from "../../../../../lib/engine/webgpu/runtime/dialect.ts";
import {
  type CompilationProgress,
  PipelineCache,
} from "../../../../../lib/engine/webgpu/runtime/pipelines.ts";

/** A device whose compiler ends when it is told to, and what it was asked for. */
function fakeDevice() {
  const texts: string[] = [];
  const ends: (() => void)[] = [];
  const fails: ((error: Error) => void)[] = [];
  let refusal: { message: string } | null = null;
  const device = {
    pushErrorScope() {},
    popErrorScope: () => Promise.resolve(refusal),
    createShaderModule: ({ code }: { code: string }) => texts.push(code),
    createComputePipelineAsync: ({ label }: { label: string }) =>
      new Promise((resolve, reject) => {
        ends.push(() => resolve(label));
        fails.push(reject);
      }),
  } as unknown as GPUDevice;
  const refuse = (message: string) => refusal = { message };
  const open = { device, dialect: new Dialect(["f16"]) };
  return { open, texts, ends, fails, refuse };
}

const A = { name: "a", wgsl: "fn a() {}" };
const B = { name: "b", wgsl: "var b: f16;" };

Deno.test("pipelines of all programs are compiled at once, equal ones together", async () => {
  const { open, texts, ends } = fakeDevice();
  const cache = new PipelineCache(open);
  const first = cache.compileAll("first", [A, B, { ...A, name: "again" }]);
  const second = cache.compileAll("second", [B]);
  assert.deepEqual(texts, ["fn a() {}", "enable f16;\nvar b: f16;"]);
  for (const end of ends) end();
  assert.deepEqual(await first, ["a", "b", "a"]);
  assert.deepEqual(await second, ["b"]);
});

Deno.test("who asks is told how many pipelines are there of how many", async () => {
  const { open, ends } = fakeDevice();
  const told: CompilationProgress[] = [];
  const cache = new PipelineCache(open, (progress) => told.push(progress));
  const all = cache.compileAll("first", [A, B]);
  for (const end of ends) end();
  await all;
  const counts = told.map(({ finished, total }) => [finished, total]);
  assert.deepEqual(counts, [[0, 1], [0, 2], [1, 2], [2, 2]]);
});

Deno.test("a refused kernel is named with its program and the compiler's words", async () => {
  const { open, ends, fails, refuse } = fakeDevice();
  const cache = new PipelineCache(open);
  const all = cache.compileAll("first", [A, B]);
  ends[0]!();
  fails[1]!(new Error("Too many registers"));
  await assert.rejects(all, {
    name: "EngineError",
    message: 'Cannot compile kernel "b" of "first": Too many registers',
  });
  refuse("no such function");
  const other = cache.compileAll("second", [{ name: "c", wgsl: "c()" }]);
  fails[2]!(new Error("The module is invalid"));
  await assert.rejects(other, /kernel "c" of "second": no such function$/);
});
