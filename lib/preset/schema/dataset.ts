import { z } from "zod";

/** Where images come from: a dataset by name, or a folder of them. */
export const DATASET = z.string().regex(/^(?:emoji|emoji64|folder:.+)$/, {
  error: "expected emoji, emoji64 or folder:PATH",
}).meta({ path: "^folder:(.+)$" });
