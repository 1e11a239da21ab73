import { JsonError, parseJson } from "../../lib/artifact/mod.ts";

/** Extensions of files that say what a picture shows, and how they say it. */
const LABELS: Readonly<Record<string, (text: string) => unknown>> = {
  cls: (text) => /^\d+$/.test(text) ? Number(text) : undefined,
  json: (text) => Object(parseJson(text))["label"],
};

/** Highest label that is believed; a number for each class is kept. */
const MOST_LABEL = 99_999;

/** Whether files of an extension are labels. */
export function isLabel(extension: string): boolean {
  return Object.hasOwn(LABELS, extension);
}

/**
 * The label that a file says: a number alone, or `label` of a JSON object;
 * undefined where it says none.
 */
export function labelIn(
  data: Uint8Array,
  extension: string,
): number | undefined {
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true });
    const label = LABELS[extension]!(decoder.decode(data).trim());
    const fits = typeof label === "number" && Number.isInteger(label) &&
      label >= 0 && label <= MOST_LABEL;
    return fits ? label : undefined;
  } catch (error) {
    if (error instanceof JsonError || error instanceof TypeError) {
      return undefined;
    }
    throw error;
  }
}
