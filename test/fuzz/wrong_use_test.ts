import assert from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../lib/artifact/_bytes.ts";
import { writeModel } from "../lib/workflow/sample/_models.ts";
import { writeImages } from "../stages/measuring_run.ts";
import { faultOf, runInvocations } from "./invocations.ts";
import { WRONG_USE } from "./wrong_use.ts";

/** A pipeline whose output leaves its folder. */
const BAD = `[stages.vae]
uses = "train-vae"
inputs = { images = "images.safetensors" }
outputs = { svae = "../svae.safetensors" }
`;

async function prepare(folder: string): Promise<void> {
  const at = (name: string) => join(folder, name);
  await writeModel(folder);
  await writeImages(at("images.safetensors"), { count: 4, seed: 1 });
  await Deno.writeTextFile(at("note.txt"), "a note of mine");
  await Deno.writeTextFile(at("bad.toml"), BAD);
  await Deno.writeFile(at("empty.safetensors"), new Uint8Array());
  await Deno.mkdir(at("empty"));
  await Deno.mkdir(at("pictures/one"), { recursive: true });
  await Deno.writeTextFile(at("pictures/one/broken.png"), "no picture");
}

/** The same command line, told to say nothing but errors where it can be. */
function quiet(words: readonly string[]): readonly string[] {
  const [command = "", ...rest] = words;
  const isTold = /^(?:help|completions|-.*)$/.test(command);
  return isTold ? words : [command, "-q", ...rest];
}

/** Every file below a folder with its size, but for remembered digests. */
function filesIn(folder: string): readonly string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    if (name === ".spherear") return [];
    const path = join(folder, name);
    if (isDirectory) return [name, ...filesIn(path)];
    return [`${name} ${Deno.statSync(path).size}`];
  }).sort();
}

Deno.test("wrong command lines are refused in one clear line and change nothing", () =>
  inFolder(async (folder) => {
    await prepare(folder);
    const before = filesIn(folder);
    const cases = WRONG_USE.map(([line]) => quiet(line.split(" ")));
    const endings = await runInvocations(cases, { cwd: folder });
    const faults = WRONG_USE.flatMap(([line, says], i) => {
      const ending = endings[i];
      if (ending === undefined) return [`${line}: it did not run`];
      const fault = ending.status === 0 ? "status 0" : faultOf(ending);
      if (fault !== undefined) return [`${line}: ${fault}`];
      return says.test(ending.said) ? [] : [`${line}: ${ending.said}`];
    });
    assert.deepEqual(faults, []);
    assert.deepEqual(filesIn(folder), before);
  }));
