import { canonicalJson } from "../../artifact/mod.ts";
import { byteText, paint, table } from "../../pipeline/mod.ts";
import type { Explanation } from "./explain.ts";

/** Tensors shown before the rest is counted. */
const SHOWN_TENSORS = 200;

/** Containers shown before the rest is counted. */
const SHOWN_CONTAINERS = 10;

/** Longest value of a record that is shown whole. */
const SHOWN_LETTERS = 600;

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
    ...countLines(explanation),
    ...containerLines(explanation),
    ...recordLines("recipe", explanation.recipe),
    ...recordLines("inputs", explanation.inputs),
    ...recordLines("config", withoutContainers(explanation)),
    ...recordLines("metadata", explanation.metadata),
    `  ${tensors.length} tensors, ${elements} numbers, ${byteText(bytes)}` +
    (shards === undefined ? "" : ` in ${shards} shards`),
    ...table(rows, { right: [3] }).map((line) => `    ${line}`),
    ...(rest > 0 ? [`    and ${rest} more (--json lists all)`] : []),
  ].join("\n");
}

/** How many images there are, and of how many classes. */
function countLines({ kind, tensors, config }: Explanation): string[] {
  const labels = tensors.find(({ name }) => name === "labels");
  const classes = config?.["classes"];
  if (kind !== "images" || labels === undefined) return [];
  const of = Array.isArray(classes) ? ` of ${classes.length} classes` : "";
  return [`  ${labels.shape[0]} images${of}`];
}

/** What an index needs, the first containers of many. */
function containerLines({ needs, containers = [] }: Explanation): string[] {
  if (needs === undefined) return [];
  const shown = containers.slice(0, SHOWN_CONTAINERS);
  const rest = containers.length - shown.length;
  const bytes = containers.reduce((sum, { size = 0 }) => sum + size, 0);
  const rows = shown.map(({ form, path, size, digest, state }) =>
    [
      form,
      path,
      size === undefined ? "" : byteText(size),
      digest === undefined ? "" : `samples ${digest.slice(0, 12)}`,
      state,
    ] as const
  );
  return [
    `  needs ${needs}: ${containers.length} of ${byteText(bytes)}`,
    ...table(rows, { right: [2] }).map((line) => `    ${line}`),
    ...rest > 0 ? [`    and ${rest} more (--json lists all)`] : [],
  ];
}

/** The configuration but for what has lines of its own. */
function withoutContainers({ config, containers }: Explanation) {
  if (containers === undefined) return config;
  const { containers: _, ...others } = config ?? {};
  return others;
}

function recordLines(
  title: string,
  record: Readonly<Record<string, unknown>> | undefined,
): readonly string[] {
  const entries = Object.entries(record ?? {});
  if (entries.length === 0) return [];
  const lines = entries.map(([key, value]) => {
    const text = typeof value === "string" ? value : canonicalJson(value);
    const cut = text.length > SHOWN_LETTERS
      ? `${text.slice(0, SHOWN_LETTERS)}… (--json shows all)`
      : text;
    return `    ${key}: ${cut}`;
  });
  return [`  ${title}`, ...lines];
}
