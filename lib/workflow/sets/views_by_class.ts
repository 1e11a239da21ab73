import { type ArtifactReader, UserError } from "../../artifact/mod.ts";
import { listOf } from "./labelled.ts";

/** Which views each class may use: mirrored ones only where it may be mirrored. */
export interface ViewsByClass {
  /** Those that stand for an augmented image. */
  readonly viewsOf: readonly (readonly number[])[];
  /** Those of the image as it is. */
  readonly centredOf: readonly (readonly number[])[];
}

/**
 * Which views each class may use, by the lists of a latents artifact. Files that
 * do not say which are augmented hold the image first, then what is around it.
 *
 * @throws {UserError} where a list does not fit, or leaves a class without views
 */
export function viewsByClass(
  reader: ArtifactReader,
  classes: readonly string[],
): ViewsByClass {
  const { views = 0 } = reader.sizes;
  const list = (key: string) => listOf(reader, key);
  const [flips, mirrored] = [list("flips"), list("mirrored")];
  const told = reader.config["centred"] !== undefined;
  const augmented = told ? list("augmented") : mirrored.map(() => true);
  const centred = told
    ? list("centred")
    : mirrored.map((_, view) => view === 0);
  const all = Array.from({ length: views }, (_, view) => view);
  function byClass(among: readonly unknown[]): number[][] {
    return classes.map((_, label) =>
      all.filter((view) =>
        among[view] === true && (flips[label] === true || !mirrored[view])
      )
    );
  }
  const found = { viewsOf: byClass(augmented), centredOf: byClass(centred) };
  const fits = flips.length === classes.length &&
    [mirrored, augmented, centred].every(({ length }) => length === views) &&
    Object.values(found).flat().every(({ length }) => length > 0);
  if (fits) return found;
  throw new UserError(
    `Cannot use "${reader.name}": expected config.flips for ` +
      `${classes.length} classes, and config.mirrored, config.centred and ` +
      `config.augmented for ${views} views, of which each class may use one`,
  );
}
