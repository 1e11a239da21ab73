import { z } from "zod";
import { defineCommand } from "../lib/pipeline/mod.ts";

/** Says what works on this machine, and what to install where something does not. */
export const command = defineCommand({
  name: "doctor",
  summary: "Say which engines and libraries work here, and what to install",
  examples: [{ does: "what works on this machine", args: "" }],
  options: z.object({}),
  async run({ json, color, print }) {
    const { describeFindings, examine } = await import(
      "../lib/workflow/doctor/mod.ts"
    );
    const report = await examine();
    if (json) print(JSON.stringify(report, null, 2));
    else print(describeFindings(report, color));
    const needed = report.findings.filter(({ needed }) => needed);
    return needed.every(({ works }) => works) ? 0 : 1;
  },
});
