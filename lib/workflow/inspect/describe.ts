import { canonicalJson } from "../../artifact/mod.ts";
import { byteText, paint, table } from "../../pipeline/mod.ts";
import type { Explanation } from "./explain.ts";

/** Tensors shown before the rest is counted. */
const SHOWN_TENSORS = 200;

/** An explanation as text for people. */
export function describe(explanation: Explanation, color: boolean): string {
  const { file, kind, summary, elements, bytes, shards, tensors } = explanation;
  const title = kind === null ? summary : `${kind}: ${summary}`;
  const shown = tensors.slice(0, SHOWN_TENSORS);
  const rest = tensors.length - shown.length;
  const rows = shown.map(({ name, dtype, shape, bytes }) =>
    [name, dtype, `[${shape.join(", ")}]`, byteText(bytes)] as const
  );
  return [
    paint("bold", `${file}`, color),
    `  ${title}`,
    ...recordLines("recipe", explanation.recipe),
    ...recordLines("inputs", explanation.inputs),
    ...recordLines("config", explanation.config),
    ...recordLines("metadata", explanation.metadata),
    `  ${tensors.length} tensors, ${elements} numbers, ${byteText(bytes)}` +
    (shards === undefined ? "" : ` in ${shards} shards`),
    ...table(rows, { right: [3] }).map((line) => `    ${line}`),
    ...(rest > 0 ? [`    and ${rest} more (--json lists all)`] : []),
  ].join("\n");
}

function recordLines(
  title: string,
  record: Readonly<Record<string, unknown>> | undefined,
): readonly string[] {
  const entries = Object.entries(record ?? {});
  if (entries.length === 0) return [];
  const lines = entries.map(([key, value]) => {
    const text = typeof value === "string" ? value : canonicalJson(value);
    return `    ${key}: ${text}`;
  });
  return [`  ${title}`, ...lines];
}
