import assert from "node:assert/strict";
import { relative } from "node:path";
import { z } from "zod";
import { placedOptions } from "../../../lib/pipeline/option_paths.ts";

const SCHEMA = z.object({
  file: z.string().optional().describe("a file").meta({ path: "^(.+)$" }),
  data: z.string().meta({ path: "^folder:(.+)$" }).default("emoji")
    .describe("a name, or a folder"),
  title: z.string().optional().describe("no path"),
  count: z.int().optional().describe("a number"),
});

function placed(options: Readonly<Record<string, unknown>>) {
  return placedOptions(options, { schema: SCHEMA, base: "/w/sub" });
}

Deno.test("placedOptions() starts paths at the folder", () => {
  const near = (path: string) => relative(".", path);
  assert.deepEqual(
    placed({ file: "../a.toml", data: "folder:b", title: "c", count: 1 }),
    {
      file: near("/w/a.toml"),
      data: `folder:${near("/w/sub/b")}`,
      title: "c",
      count: 1,
    },
  );
});

Deno.test("placedOptions() leaves what is no path, and absolute ones", () => {
  const options = { data: "emoji", file: "/x/y" };
  assert.deepEqual(placed(options), options);
});

Deno.test("placedOptions() leaves paths in the working folder as they are", () => {
  const options = { data: "folder:b", file: "c" };
  const here = { schema: SCHEMA, base: Deno.cwd() };
  assert.deepEqual(placedOptions(options, here), options);
});
