import { z } from "zod";
import { UserError } from "../lib/artifact/mod.ts";
import { defineCommand } from "../lib/pipeline/mod.ts";
import { PRESET_NAMES } from "../lib/preset/mod.ts";
import { SET } from "../lib/workflow/options/mod.ts";

const WHICH = "Cannot use --toml or --set with all presets: expected one";

/** Shows presets: the table, or one whole with the source of every number. */
export const command = defineCommand({
  name: "presets",
  summary: "Show the presets, or one whole with where each number comes from",
  examples: [{
    does: "every number of SphereAR-B, and where it comes from",
    args: "imagenet256-b",
  }, {
    does: "a preset file to start from",
    args: "tiny --toml",
  }],
  arguments: [{
    name: "preset",
    help: "a preset, or a TOML file of yours",
    choices: PRESET_NAMES,
    optional: true,
  }],
  options: z.object({
    set: SET,
    toml: z.boolean().default(false)
      .describe("write the preset as a TOML file"),
  }),
  async run({ args: [preset], options: { set, toml }, json, color, print }) {
    const presets = await import("../lib/workflow/presets/mod.ts");
    const { resolvePreset } = await import("../lib/preset/checked.ts");
    if (preset === undefined) {
      if (toml || set !== undefined) throw new UserError(WHICH);
      const rows = await presets.listPresets();
      print(json ? JSON.stringify(rows, null, 2) : presets.listText(rows));
      return 0;
    }
    const resolved = await resolvePreset({ preset, set });
    if (toml) {
      print(presets.presetText(resolved).trimEnd());
      return 0;
    }
    const explained = presets.explainPreset(resolved);
    const text = json
      ? JSON.stringify(explained, null, 2)
      : presets.describePreset(explained, color);
    print(text);
    return 0;
  },
});
