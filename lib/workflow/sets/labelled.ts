import {
  type ArtifactReader,
  assertLabels,
  UserError,
} from "../../artifact/mod.ts";
import { type Rgb, WHITE } from "../../image/mod.ts";

/** What images show, whatever form they have. */
export interface Labelled {
  /** Index of the class of each image. */
  readonly labels: Int32Array;
  /** Names of the classes. */
  readonly classes: readonly string[];
  /** Which classes may be mirrored. */
  readonly flips: readonly boolean[];
  /** What lies behind the pictures. */
  readonly background: Rgb;
}

/**
 * Reads the labels of an images artifact, and what it says of its classes.
 *
 * @throws {UserError} when a label has no class, a list is missing, or the
 *   background is no colour
 */
export async function readLabelled(reader: ArtifactReader): Promise<Labelled> {
  const labels = await reader.read("labels");
  const classes = stringsOf(reader, "classes");
  const flips = listOf(reader, "flips").map((flip) => flip === true);
  assertLabels(labels, { classes: classes.length, file: reader.name });
  return {
    labels: labels.data as Int32Array,
    classes,
    flips,
    background: backgroundOf(reader),
  };
}

/** The colour behind an artifact's pictures: white where it does not say. */
function backgroundOf({ name, config }: ArtifactReader): Rgb {
  const { background = WHITE } = config;
  if (isRgb(background)) return background;
  throw new UserError(
    `Cannot use "${name}": config.background: expected red, green and blue ` +
      `from 0 to 255, found ${JSON.stringify(background)}`,
  );
}

function isRgb(value: unknown): value is Rgb {
  return Array.isArray(value) && value.length === 3 &&
    value.every((part) => Number.isInteger(part) && part >= 0 && part <= 255);
}

/** An artifact of which the configuration is read. */
type Configured = Pick<ArtifactReader, "name" | "config">;

/** A list in an artifact's configuration; @throws {UserError} when it is none. */
export function listOf(
  reader: Configured,
  key: string,
): readonly unknown[] {
  const value = reader.config[key];
  if (Array.isArray(value)) return value;
  const found = value === undefined ? "nothing" : JSON.stringify(value);
  throw new UserError(
    `Cannot use "${reader.name}": config.${key}: expected a list, found ${found}`,
  );
}

/** Names in an artifact's configuration; @throws {UserError} when they are none. */
export function stringsOf(reader: Configured, key: string): string[] {
  return listOf(reader, key).map((item) => {
    if (typeof item === "string") return item;
    throw new UserError(
      `Cannot use "${reader.name}": config.${key} holds ` +
        `${JSON.stringify(item)}, expected names`,
    );
  });
}
