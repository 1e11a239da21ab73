import { z } from "zod";
import { UserError } from "../lib/artifact/mod.ts";
import { OFFICIAL_NAMES } from "../lib/official/mod.ts";
import { defineCommand } from "../lib/pipeline/mod.ts";

/** Gets official files by name, checks and keeps them. */
export const command = defineCommand({
  name: "fetch",
  summary: "Get official files by name (weights, references), checked and kept",
  examples: [{
    does: "which there are, and which are here",
    args: "",
  }, {
    does: "the weights that train-vae --perceptual vgg16-lpips reads",
    args: "vgg16-lpips",
  }, {
    does: "a file of the Hugging Face Hub",
    args: "hf:guolinke/SphereAR/SphereAR_B.pt",
  }, {
    does: "a copy to carry to a machine without network",
    args: "sphere-ar-b --to usb/",
  }, {
    does: "and there",
    args: "sphere-ar-b --from usb/",
  }],
  arguments: [{
    name: "name",
    help: "an official file, or hf:OWNER/REPOSITORY/PATH; none lists the " +
      "official ones",
    choices: OFFICIAL_NAMES,
    many: true,
    optional: true,
  }],
  options: z.object({
    from: z.string().optional().describe(
      "take them from this folder, or from this file, instead of the network",
    ).meta({ value: "folder" }),
    to: z.string().optional()
      .describe("also leave a copy of each in this folder")
      .meta({ value: "folder" }),
    force: z.boolean().default(false).describe(
      "fetch what is here again, take digests that differ from a first one, " +
        "and replace files in --to",
    ),
  }),
  async run({ args, options, json, print, ...tools }) {
    const fetch = await import("../lib/workflow/fetch/mod.ts");
    if (args.length === 0) {
      if (Object.keys(options).length > 1 || options.force) {
        throw new UserError("Cannot fetch all files at once: expected names");
      }
      const listed = await fetch.listOfficial(tools);
      print(json ? JSON.stringify(listed, null, 2) : fetch.listText(listed));
      return 0;
    }
    const fetched = await fetch.fetchWords(args, { ...options, ...tools });
    if (json) print(JSON.stringify(fetched, null, 2));
    else for (const line of fetch.fetchedLines(fetched)) print(line);
    return 0;
  },
});
