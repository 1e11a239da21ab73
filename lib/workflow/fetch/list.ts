import { OFFICIAL, type Official, OFFICIAL_NAMES } from "../../official/mod.ts";
import {
  byteText,
  type CommandContext,
  type Presence,
  table,
} from "../../pipeline/mod.ts";

/** An official entry, and what of it is here. */
export interface ListedOfficial extends Omit<Official, "files"> {
  readonly name: string;
  readonly files: readonly (Presence & { readonly from: string })[];
}

/** Every official entry, with what of it is here. */
export async function listOfficial(
  { remoteFiles }: Pick<CommandContext, "remoteFiles">,
): Promise<readonly ListedOfficial[]> {
  const cached = await remoteFiles();
  return await Promise.all(OFFICIAL_NAMES.map(async (name) => {
    const { files, ...entry } = OFFICIAL[name];
    const presences = await cached.presence(name);
    return {
      name,
      ...entry,
      files: presences.map((one, i) => ({ ...one, from: files[i]!.from })),
    };
  }));
}

/** The list as a table for people. */
export function listText(listed: readonly ListedOfficial[]): string {
  const head = ["name", "what it is", "size", "here", "licence", "for"];
  const rows = listed.map(({ name, title, files, licence, use }) => [
    name,
    title,
    sizeText(files),
    hereText(files),
    licence,
    use,
  ]);
  return table([head, ...rows], { right: [2, 3] }).join("\n");
}

function sizeText(files: readonly Presence[]): string {
  const bytes = allBytes(files);
  return bytes === undefined ? "unknown" : byteText(bytes);
}

function hereText(files: readonly Presence[]): string {
  if (files.every(({ isWhole }) => isWhole)) return "yes";
  const here = files.reduce((sum, one) => sum + one.here, 0);
  const bytes = allBytes(files);
  if (here === 0) return "no";
  // Never all of it: a file that is not whole yet is checked at its end.
  return bytes === undefined
    ? byteText(here)
    : `${Math.floor(99 * here / bytes)} %`;
}

/** Bytes of all files together, where all are known. */
function allBytes(files: readonly Presence[]): number | undefined {
  return files.reduce<number | undefined>(
    (sum, { bytes }) =>
      sum === undefined || bytes === undefined ? undefined : sum + bytes,
    0,
  );
}
