import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { demoPage } from "../../../../lib/workflow/web/mod.ts";
import { SMALL } from "../../../browser/small_site.ts";

const page = await demoPage({
  ...SMALL,
  files: { model: { name: "a.safetensors", sha256: "12" } },
  classes: ["cat", "</script><!--", "green heart"],
  weights: "f32",
  defaults: { solver: "euler", steps: 2, cfg: 2, cfgSchedule: "linear" },
}, { name: "small" });

const policy = /http-equiv="Content-Security-Policy"\s+content="([^"]*)"/
  .exec(page)![1]!;

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

Deno.test("a page of one file allows its own code and style and no address", () => {
  const code = /<script type="module">([\s\S]*?)<\/script>/.exec(page)![1]!;
  const style = /<style>([\s\S]*?)<\/style>/.exec(page)![1]!;
  assert.ok(policy.includes(`script-src ${hashOf(code)} blob:;`));
  assert.ok(policy.includes(`style-src ${hashOf(style)};`));
  assert.match(policy, /^default-src 'none';/);
  assert.doesNotMatch(policy, /connect-src|'self'|unsafe/);
  assert.doesNotMatch(page, /<link rel="stylesheet"|<script[^>]* src=/);
});

Deno.test("data of a page of one file does not end the script that it is in", () => {
  const [, text] = /id="embedded-model">([\s\S]*?)<\/script>/.exec(page)!;
  const { classes, shards } = JSON.parse(text!);
  assert.equal(classes[1], "</script><!--");
  const [, file, bytes] =
    /class="shard" data-file="([^"]*)">([\s\S]*?)<\/script>/.exec(page)!;
  assert.equal(file, shards[0].file);
  assert.equal(Uint8Array.fromBase64(bytes!).length, shards[0].bytes);
});
