import assert from "node:assert/strict";
import { join } from "node:path";
import { writeArtifact } from "../../../lib/artifact/mod.ts";
import { Ledger, refuseReplacing } from "../../../lib/pipeline/mod.ts";
import { inFolder } from "../artifact/_bytes.ts";

Deno.test("refuseReplacing() lets a command replace its own file alone", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.safetensors");
    const may = (by: string, force = false) =>
      refuseReplacing(path, { by, force });
    await may("import");
    const recipe = { stage: "import" };
    await writeArtifact(path, { kind: "ar", tensors: {}, config: {}, recipe });
    await may("import");
    await assert.rejects(
      may("export"),
      /a\.safetensors": "import" made it; .*or --force to replace it$/,
    );
    await may("export", true);
    await Deno.writeTextFile(path, "a note");
    await assert.rejects(may("import"), /it is there; give another place/);
    await refuseReplacing("/dev/null", { by: "import", force: false });
  }));

Deno.test("refuseReplacing() asks the ledger whose a folder or plain file is", () =>
  inFolder(async (folder) => {
    const ledger = await Ledger.open(folder);
    const models = join(folder, "models");
    const file = join(models, "a.onnx");
    const may = (by: string, path = models) =>
      refuseReplacing(path, { by, force: false, ledger });
    await Deno.mkdir(models);
    await may("export");
    await Deno.writeTextFile(file, "mine");
    await assert.rejects(may("export"), /models": it is there;/);
    const write = () => Deno.writeTextFile(file, "a model");
    await ledger.noting(models, { by: "export", write });
    await may("export");
    await assert.rejects(may("report"), /models": "export" made it;/);
    await Deno.writeTextFile(join(models, "README"), "mine");
    await assert.rejects(
      may("export"),
      /models": it changed since "export" made it; .*or --force to replace it$/,
    );
  }));

Deno.test("refuseReplacing() believes an artifact more than the ledger", () =>
  inFolder(async (folder) => {
    const ledger = await Ledger.open(folder);
    const path = join(folder, "a.safetensors");
    ledger.claim(path, "export");
    const recipe = { stage: "train-ar" };
    await writeArtifact(path, { kind: "ar", tensors: {}, config: {}, recipe });
    await assert.rejects(
      refuseReplacing(path, { by: "export", force: false, ledger }),
      /"train-ar" made it/,
    );
  }));
