import { join, relative } from "node:path";

/** The repository's root. */
export const ROOT = join(import.meta.dirname!, "../..");

/** Files with an ending below a folder of the repository, as paths from its root. */
export function sourceFiles(folder: string, ending = ".ts"): string[] {
  const paths: string[] = [];
  function visit(path: string): void {
    for (const entry of Deno.readDirSync(path)) {
      const child = join(path, entry.name);
      if (entry.isDirectory) visit(child);
      else if (entry.name.endsWith(ending)) paths.push(relative(ROOT, child));
    }
  }
  try {
    visit(join(ROOT, folder));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return paths.sort();
}

/** Source files of the product. */
export function productFiles(): string[] {
  return ["lib", "stages", "datasets"].flatMap((folder) => sourceFiles(folder))
    .concat("cli.ts");
}

/** Runs deno in the repository's root and returns its standard output. */
export async function runDeno(args: readonly string[]): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: ROOT,
    stdout: "piped",
    stderr: "piped",
  });
  const { success, stdout, stderr } = await command.output();
  if (success) return new TextDecoder().decode(stdout);
  throw new Error(
    `Cannot run deno ${args[0]}: ${new TextDecoder().decode(stderr)}`,
  );
}
