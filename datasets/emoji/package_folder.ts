import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../../lib/artifact/mod.ts";

/**
 * The folder of an npm package, fetched into Deno's cache where it is missing.
 *
 * The specifier is not a literal, so that nothing is downloaded before it is
 * wanted; it works with a node_modules folder too.
 *
 * @param specifier such as `npm:emoji-datasource-google@16.0.0`, or a bare name
 * of the import map
 * @throws {UserError} when the package can be neither found nor fetched
 */
export async function packageFolder(specifier: string): Promise<string> {
  const manifest = `${specifier}/package.json`;
  try {
    // Only an import fetches a package and makes it resolvable.
    await import(manifest, { with: { type: "json" } });
    const url = import.meta.resolve(manifest);
    return dirname(fileURLToPath(url));
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    const reason = cause.split("\n").at(-1)!.trim().replace(/^0: /, "");
    throw new UserError(
      `Cannot get the package "${specifier}": ${reason}; it is fetched once ` +
        `from the npm registry, so connect to the network and try again`,
      { cause: error },
    );
  }
}
