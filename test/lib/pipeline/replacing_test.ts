import assert from "node:assert/strict";
import { join } from "node:path";
import { writeArtifact } from "../../../lib/artifact/mod.ts";
import { refuseReplacing } from "../../../lib/pipeline/mod.ts";
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
    await assert.rejects(may("import"), /it is there; give another file/);
    await refuseReplacing("/dev/null", { by: "import", force: false });
  }));
