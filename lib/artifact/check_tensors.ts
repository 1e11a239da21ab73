import {
  type ArtifactKind,
  dtypesOf,
  FORM,
  kindRule,
  type TensorRule,
  type TensorRules,
} from "./kinds.ts";
import { UserError } from "./user_error.ts";

/**
 * The form that a configuration says, of those that the kind has.
 *
 * @throws {UserError} naming the file, the forms and what was found
 */
export function checkForm(
  config: Readonly<Record<string, unknown>>,
  { kind, file }: { kind: ArtifactKind; file: string },
): string | undefined {
  const { forms } = kindRule(kind);
  if (forms === undefined) return undefined;
  const names = Object.keys(forms);
  const { [FORM]: said = names[0] } = config;
  const form = names.find((name) => name === said);
  if (form !== undefined) return form;
  throw new UserError(
    `Cannot use "${file}" as ${kind}: config.${FORM}: expected one of ` +
      `${names.join(", ")}, found ${JSON.stringify(said)}`,
  );
}

type Stored = ReadonlyMap<
  string,
  { readonly dtype: string; readonly shape: readonly number[] }
>;

/**
 * Checks names, element types and shapes; returns the sizes of the words.
 *
 * @throws {UserError} naming file, tensor, what was expected and what was found
 */
export function checkTensors(
  tensors: Stored,
  { kind, form, file }: {
    kind: ArtifactKind;
    form: string | undefined;
    file: string;
  },
): Readonly<Record<string, number>> {
  const rule = kindRule(kind);
  const rules: TensorRules = {
    ...form !== undefined && rule.forms?.[form]?.tensors,
    ...rule.tensors,
  };
  const sizes: Record<string, number> = {};
  const fail = (detail: string) =>
    new UserError(`Cannot use "${file}" as ${kind}: ${detail}`);
  for (const [name, wanted] of Object.entries(rules)) {
    const found = tensors.get(name);
    const text = `tensor "${name}": expected ${shown(wanted, sizes)}`;
    if (found === undefined) {
      if (wanted.optional) continue;
      throw fail(`${text}, found none`);
    }
    if (!fits(found, { rule: wanted, sizes })) {
      throw fail(`${text}, found ${found.dtype} [${found.shape.join(", ")}]`);
    }
  }
  if (rule.free) return sizes;
  for (const name of tensors.keys()) {
    if (Object.hasOwn(rules, name)) continue;
    const names = Object.keys(rules).join(", ");
    throw fail(`expected the tensors ${names}, found "${name}"`);
  }
  return sizes;
}

function shown(
  { dtype, shape }: TensorRule,
  sizes: Readonly<Record<string, number>>,
): string {
  const words = shape.map((axis) =>
    sizes[axis] === undefined ? `${axis}` : `${axis} = ${sizes[axis]}`
  );
  return `${dtypesOf(dtype).join(" or ")} [${words.join(", ")}]`;
}

/** Whether a tensor fits its rule; learns the sizes of new words. */
function fits(
  found: { readonly dtype: string; readonly shape: readonly number[] },
  { rule, sizes }: { rule: TensorRule; sizes: Record<string, number> },
): boolean {
  if (!dtypesOf(rule.dtype).some((dtype) => dtype === found.dtype)) {
    return false;
  }
  if (found.shape.length !== rule.shape.length) return false;
  return rule.shape.every((axis, index) => {
    const size = found.shape[index]!;
    if (typeof axis === "number") return size === axis;
    sizes[axis] ??= size;
    return sizes[axis] === size;
  });
}
