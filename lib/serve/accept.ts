/**
 * The type that a client likes best among those that are offered; of equal ones
 * the first. Undefined where it takes none (RFC 9110, 12.5.1).
 */
export function accepted<T extends string>(
  header: string | null,
  offered: readonly T[],
): T | undefined {
  const ranges = (header ?? "").split(",").map(rangeOf)
    .filter(({ type }) => type !== "");
  if (ranges.length === 0) return offered[0];
  let best: { readonly type: T; readonly quality: number } | undefined;
  for (const type of offered) {
    const quality = qualityOf(type, ranges);
    if (quality > (best?.quality ?? 0)) best = { type, quality };
  }
  return best?.type;
}

interface MediaRange {
  readonly type: string;
  readonly quality: number;
}

function rangeOf(text: string): MediaRange {
  const [type, ...parameters] = text.split(";").map((part) => part.trim());
  const weight = parameters.find((one) => /^q=/i.test(one));
  const quality = weight === undefined ? 1 : Number(weight.slice(2));
  return { type: type!.toLowerCase(), quality: quality || 0 };
}

/** The closest range decides. */
function qualityOf(type: string, ranges: readonly MediaRange[]): number {
  const group = `${type.split("/")[0]}/*`;
  for (const name of [type, group, "*/*"]) {
    const found = ranges.find((range) => range.type === name);
    if (found !== undefined) return found.quality;
  }
  return 0;
}
