import assert from "node:assert/strict";
import { Dialect } from "../../../../../lib/engine/webgpu/runtime/dialect.ts";

const SUM = "let sum = subgroupAdd(x);";
const HALF = "var<storage> t: array<f16>;";

Deno.test("a text names the extensions that it uses, where the device wants them", () => {
  const browser = new Dialect(["f16", "subgroups"]);
  assert.equal(browser.complete(SUM), `enable subgroups;\n${SUM}`);
  assert.equal(
    browser.complete(`${HALF} ${SUM}`),
    `enable f16;\nenable subgroups;\n${HALF} ${SUM}`,
  );
  const deno = new Dialect(["f16"]);
  assert.equal(deno.complete(SUM), SUM);
  assert.equal(deno.complete(HALF), `enable f16;\n${HALF}`);
});

Deno.test("names that look like those of an extension need none", () => {
  const text = "let halves = unpack2x16float(w); let subgroup = 1u;";
  assert.equal(new Dialect(["f16", "subgroups"]).complete(text), text);
});

Deno.test("the size of a subgroup is of the extension too", () => {
  const text = "fn main(@builtin(subgroup_size) lanes: u32) {}";
  const { length } = new Dialect(["subgroups"]).complete(text);
  assert.ok(length > text.length);
});
