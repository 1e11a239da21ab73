/**
 * Goes to the folder in which the user stands.
 *
 * `deno task` starts a program in the folder of its deno.json and keeps the
 * user's own in INIT_CWD. Elsewhere that variable may be left over from another
 * tool, and is passed over.
 *
 * @param program the folder that holds our deno.json
 */
export function enterStartingFolder(program: string): void {
  const folder = Deno.env.get("INIT_CWD");
  if (folder === undefined || Deno.cwd() !== program) return;
  try {
    Deno.chdir(folder);
  } catch (error) {
    // A folder that went away since: relative paths start here, as before.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
