import { z } from "zod";
import { DATASETS, formOf } from "./table.ts";

const bare = DATASETS.filter(({ argument }) => argument === undefined);
const withArgument = DATASETS.filter(({ argument }) => argument !== undefined);

/** An alternative of names in a regular expression. */
function anyOf(kinds: typeof DATASETS): string {
  return kinds.map(({ name }) => name).join("|");
}

const ARGUMENT = `(?:${anyOf(withArgument)}):(.+)`;
const forms = DATASETS.map(formOf);
const FORMS = `${forms.slice(0, -1).join(", ")} or ${forms.at(-1)}`;

/** What `--dataset`, pipelines and presets say: where images come from. */
export const DATASET = z.string()
  .regex(new RegExp(`^(?:${anyOf(bare)}|${ARGUMENT})$`), {
    error: `expected ${FORMS}`,
  })
  .meta({ path: `^${ARGUMENT}$` });

/** The kinds with a few words each, for `--help`. */
export const DATASET_HELP = DATASETS
  .map((kind) => `${formOf(kind)} (${kind.help})`).join(", ");
