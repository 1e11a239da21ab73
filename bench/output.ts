import { writeTextAtomic } from "../lib/artifact/mod.ts";

/** Flag and help of where else a result goes. */
export const OUTPUT = [
  "-o, --output <file>",
  "write the JSON document there too",
] as const;

/** Prints a result: text for people on standard error, JSON on standard output. */
export async function emit(
  document: unknown,
  { text, output }: { text: string; output?: string },
): Promise<void> {
  console.error(`\n${text}`);
  const json = `${JSON.stringify(document, null, 2)}\n`;
  await Deno.stdout.write(new TextEncoder().encode(json));
  if (output !== undefined) await writeTextAtomic(output, json);
}

/** Prints what is measured in a folder that is gone afterwards. */
export async function emitMeasured<T>(
  measure: (folder: string) => Promise<T>,
  { text, output }: { text: (document: T) => string; output?: string },
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const document = await measure(folder);
    await emit(document, { text: text(document), output });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
