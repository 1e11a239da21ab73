import { z } from "zod";
import { defineCommand } from "../lib/pipeline/mod.ts";

/** Says what works on this machine, and what to install where something does not. */
export const command = defineCommand({
  name: "doctor",
  summary: "Say what works on this machine, and what to install",
  examples: [{ does: "can I train and sample here, and on what?", args: "" }, {
    does: "the same with the limits and speeds of the GPU",
    args: "--details",
  }],
  options: z.object({
    details: z.boolean().default(false)
      .describe("list the numbers behind each finding"),
  }),
  together: true,
  async run({ options, json, color, ranks, environment, print }) {
    const { describeFindings, examine } = await import(
      "../lib/workflow/doctor/mod.ts"
    );
    const report = await examine({ environment, ranks });
    if (json) print(JSON.stringify(report, null, 2));
    else print(describeFindings(report, { color, ...options }));
    const needed = report.findings.filter(({ needed }) => needed);
    return needed.every(({ works }) => works) ? 0 : 1;
  },
});
