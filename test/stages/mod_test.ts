import assert from "node:assert/strict";
import { join } from "node:path";
import { flagName } from "../../lib/pipeline/mod.ts";
import { COMMANDS, STAGES } from "../../stages/mod.ts";
import { SIDE_DOORS } from "../repository/rooms.ts";
import { ROOT, spherear } from "./run_cli.ts";

/** Flags that every stage has. */
const COMMON = [
  "output",
  "device",
  "rank",
  "world",
  "seed",
  "json",
  "quiet",
  "verbose",
  "force",
  "dry-run",
  "help",
];

for (const [name, load] of Object.entries(STAGES)) {
  Deno.test(`stage ${name} is declared whole`, async () => {
    const { stage } = await load();
    assert.equal(stage.name, name);
    assert.match(name, /^[a-z][a-z0-9-]*$/);
    assert.match(stage.summary, /^[A-Z].*[^.]$/);
    assert.ok(stage.version >= 1);
    for (const [key, schema] of Object.entries(stage.options.shape)) {
      assert.ok(schema.description, `option ${key} is not described`);
    }
    const flags = [
      ...COMMON,
      ...Object.keys(stage.inputs).map(flagName),
      ...Object.keys(stage.outputs).slice(1).map(flagName),
      ...Object.keys(stage.options.shape).map(flagName),
    ];
    assert.equal(new Set(flags).size, flags.length, flags.join(" "));
  });
}

for (const [name, load] of Object.entries(COMMANDS)) {
  Deno.test(`command ${name} is declared whole`, async () => {
    const { command } = await load();
    assert.equal(command.name, name);
    assert.match(command.summary, /^[A-Z].*[^.]$/);
    for (const [key, schema] of Object.entries(command.options.shape)) {
      assert.ok(schema.description, `option ${key} is not described`);
    }
  });
}

Deno.test("declarations load no engine, model or decoder", async () => {
  // Of lib/image presets name augmentations, which cut but decode nothing.
  const heavy =
    /^lib\/(engine|model|nn|sphere|train|sample|metric|container|report)\b|^lib\/image\/(decode|encode|glyphs|grid|mod)\b|^datasets\/(imagenet|parquet|webdataset|decoded|pictures|split)\b/;
  const info = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", join(ROOT, "stages/mod.ts")],
  }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(info.stdout)) as {
    modules: {
      specifier: string;
      dependencies?: {
        specifier: string;
        isDynamic?: boolean;
        code?: { specifier?: string };
      }[];
    }[];
  };
  const byName = new Map(modules.map((one) => [one.specifier, one]));
  const tops = byName.get(new URL(`file://${ROOT}/stages/mod.ts`).href)!
    .dependencies!.map(({ code }) => code?.specifier ?? "");
  const seen = new Set<string>(tops);
  for (const specifier of seen) {
    for (const dependency of byName.get(specifier)?.dependencies ?? []) {
      if (dependency.isDynamic) continue;
      const target = dependency.code?.specifier;
      if (target?.startsWith("file:")) seen.add(target);
    }
  }
  const paths = [...seen].map((one) => one.replace(`file://${ROOT}/`, ""));
  // Names of what is heavy have doors of their own.
  const found = paths.filter((path) =>
    heavy.test(path) && !Object.hasOwn(SIDE_DOORS, path)
  );
  assert.deepEqual(found, []);
});

Deno.test("every command and stage has help", async () => {
  for (const name of [...Object.keys(STAGES), ...Object.keys(COMMANDS)]) {
    const { code, out } = await spherear([name, "--help"]);
    assert.equal(code, 0);
    assert.match(out, new RegExp(`^Usage: spherear ${name} `));
  }
});
