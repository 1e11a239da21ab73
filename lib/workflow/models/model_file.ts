import {
  type ArtifactReader,
  kindRule,
  UserError,
} from "../../artifact/mod.ts";
import type { ParameterShapes } from "../../nn/mod.ts";
import type { Shape } from "../../tensor/mod.ts";

/** What reading a model needs of an artifact. */
export type ModelFile = Pick<
  ArtifactReader,
  "name" | "kind" | "config" | "tensors" | "read" | "readBytes" | "digest"
>;

/** What a file with the weights of a model holds. */
export interface WeightRules {
  /** The weights, all of which must be there. */
  readonly shapes: ParameterShapes;
  /** Tables that may stand beside them: models here compute them. */
  readonly tables?: Readonly<Record<string, { readonly shape: Shape }>>;
  /** Weights that may be there in any shape, since they start anew. */
  readonly anew?: readonly string[];
}

/**
 * Requires a file to hold the weights of a model and nothing else, but for what
 * its kind has beside weights: sizes that leave some of them unread are not
 * those of the model that was trained.
 *
 * @throws {UserError} naming the file, the tensor, what was found and what was expected
 */
export function requireWeights(
  file: ModelFile,
  { shapes, tables = {}, anew = [] }: WeightRules,
): void {
  for (const [name, shape] of Object.entries(shapes)) {
    requireTensor(file, name, shape);
  }
  const { beside = [] } = kindRule(file.kind);
  for (const name of file.tensors.keys()) {
    if (Object.hasOwn(shapes, name) || anew.includes(name)) continue;
    if (beside.some((start) => name.startsWith(start))) continue;
    if (!Object.hasOwn(tables, name)) {
      throw new UserError(
        `Cannot use "${file.name}": tensor "${name}" is none of the model ` +
          "with these sizes",
      );
    }
    requireTensor(file, name, tables[name]!.shape);
  }
}

/** @throws {UserError} where the file has no such tensor of f32 and this shape */
function requireTensor(
  { name: file, tensors }: ModelFile,
  name: string,
  shape: Shape,
): void {
  const info = tensors.get(name);
  if (info?.dtype === "F32" && info.shape.join() === shape.join()) return;
  const found = info === undefined
    ? "nothing"
    : `${info.dtype.toLowerCase()} [${info.shape}]`;
  throw new UserError(
    `Cannot use "${file}": tensor "${name}" must be f32 [${shape}], ` +
      `found ${found}`,
  );
}
