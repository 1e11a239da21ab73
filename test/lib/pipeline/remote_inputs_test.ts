import assert from "node:assert/strict";
import { UserError } from "../../../lib/artifact/mod.ts";
import {
  parsePipeline,
  type PlannedStep,
  planPipeline,
  type RemoteFiles,
} from "../../../lib/pipeline/mod.ts";
import { withLocalInputs } from "../../../lib/pipeline/remote_inputs.ts";
import { brighten } from "./example_stages.ts";

/** A step that reads what a pipeline file says. */
async function stepWith(images: string): Promise<PlannedStep> {
  const text =
    `[stages.b]\nuses = "brighten"\ninputs = { images = "${images}" }`;
  const spec = parsePipeline(text, "/home/us/p.toml");
  const lookup = () => Promise.resolve(brighten);
  return (await planPipeline(spec, lookup)).steps[0]!;
}

/** Files of others of which one is here. */
function filesWith(here: string): () => Promise<RemoteFiles> {
  const files: Partial<RemoteFiles> = {
    artifact: (word, kinds) => Promise.resolve(`/got/${word}/${kinds}`),
    artifactHere: (word) =>
      Promise.resolve(word === here ? `/here/${word}` : undefined),
  };
  return () => Promise.resolve(files as RemoteFiles);
}

Deno.test("withLocalInputs() puts paths in the place of words, not of paths", async () => {
  const remoteFiles = filesWith("");
  const inputs = async (images: string) => {
    const step = await stepWith(images);
    const local = await withLocalInputs(step, { dryRun: false, remoteFiles });
    return local.step.inputs["images"];
  };
  const word = "hf:us/models/a.safetensors";
  assert.equal(await inputs(word), `/got/${word}/images,samples`);
  assert.equal(await inputs("mar-kl16"), "/got/mar-kl16/images,samples");
  assert.equal(await inputs("./mar-kl16"), "/home/us/mar-kl16");
  assert.equal(await inputs("a.safetensors"), "/home/us/a.safetensors");
});

Deno.test("withLocalInputs() gets nothing in a dry run, and says what is missing", async () => {
  const word = "hf:us/models/a.safetensors";
  const step = await stepWith(word);
  const missing = filesWith("");
  const dry = await withLocalInputs(step, {
    dryRun: true,
    remoteFiles: missing,
  });
  assert.deepEqual([dry.remote, dry.step.inputs["images"]], [word, word]);
  const here = filesWith(word);
  const local = await withLocalInputs(step, {
    dryRun: true,
    remoteFiles: here,
  });
  const found = [local.remote, local.step.inputs["images"]];
  assert.deepEqual(found, [undefined, `/here/${word}`]);
});

Deno.test("withLocalInputs() says where a file was asked for", async () => {
  const step = await stepWith("mar-kl16");
  const remoteFiles = () => Promise.reject(new UserError("It is not here"));
  await assert.rejects(withLocalInputs(step, { dryRun: false, remoteFiles }), {
    name: "UserError",
    message: '"/home/us/p.toml": stages.b.inputs.images: It is not here',
  });
});
