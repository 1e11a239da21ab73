import { basename, dirname, join } from "node:path";
import { canonicalJson, digestBytes, ioError } from "../artifact/mod.ts";
import { isKept } from "./kept_file.ts";
import type { PlannedStep } from "./plan.ts";
import type { Recipe } from "./recipe.ts";

/** Cut runs of one output with other options that are kept. */
const MOST = 4;

/** The folder for state that a cut step resumes from; one per recipe. */
export class Scratch {
  private readonly folder: string;
  private readonly temporary: boolean;

  private constructor(folder: string, temporary: boolean) {
    this.folder = folder;
    this.temporary = temporary;
  }

  /**
   * The scratch beside a step's outputs, or a temporary one where they go to a
   * pipe.
   *
   * @throws {UserError} where no temporary folder can be made
   */
  static of(step: PlannedStep, recipe: Recipe): Scratch {
    const place = placeOf(step);
    if (place === undefined) return new Scratch(temporaryFolder(), true);
    const hash = digestBytes(canonicalJson(recipe)).slice(0, 12);
    return new Scratch(`${place}@${hash}`, false);
  }

  /** Whether an earlier run has left state here. */
  get used(): boolean {
    try {
      return [...Deno.readDirSync(this.folder)].length > 0;
    } catch {
      return false;
    }
  }

  /**
   * A path inside; the folder is made.
   *
   * @throws {UserError} where the folder cannot be made
   */
  path(name: string): string {
    try {
      Deno.mkdirSync(this.folder, { recursive: true });
    } catch (error) {
      throw ioError(error, `Cannot make folder "${this.folder}"`);
    }
    return join(this.folder, name);
  }

  /**
   * Removes this folder. Those of runs with other options stay, so that these
   * go on where they were cut; of many the oldest go.
   */
  remove(): void {
    removeFolder(this.folder);
    if (this.temporary) return;
    const start = basename(this.folder).replace(/[^@]*$/, "");
    const place = dirname(this.folder);
    const others = folderNames(place).filter((name) => name.startsWith(start))
      .map((name) => join(place, name));
    const oldest = others.toSorted((a, b) => timeOf(b) - timeOf(a)).slice(MOST);
    for (const folder of oldest) removeFolder(folder);
  }

  /** Removes the folder where nothing can resume from it. */
  abandon(): void {
    if (this.temporary) removeFolder(this.folder);
  }
}

/**
 * Start of the names of what a step keeps beside its first output; none where
 * all outputs go to pipes or devices.
 */
export function placeOf({ outputs }: PlannedStep): string | undefined {
  const target = Object.values(outputs).find(isKept);
  if (target === undefined) return undefined;
  const stem = basename(target).replaceAll("@", "-");
  return join(dirname(target), ".spherear", stem);
}

function temporaryFolder(): string {
  try {
    return Deno.makeTempDirSync({ prefix: "spherear-" });
  } catch (error) {
    throw ioError(error, "Cannot make a temporary folder (TMPDIR)");
  }
}

function folderNames(path: string): readonly string[] {
  try {
    return [...Deno.readDirSync(path)].map(({ name }) => name);
  } catch {
    return [];
  }
}

/** When something in a folder last came or went, in milliseconds. */
function timeOf(path: string): number {
  return Deno.statSync(path).mtime?.getTime() ?? 0;
}

function removeFolder(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch {
    // It is not there, or somebody else's; either way nothing is lost.
  }
}
