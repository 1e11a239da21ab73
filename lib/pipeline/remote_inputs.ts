import type { ArtifactKind } from "../artifact/mod.ts";
import { isRemoteWord } from "../official/mod.ts";
import { naming } from "./naming.ts";
import { kindsOf, type Plan, type PlannedStep } from "./plan.ts";
import type { RemoteFiles } from "./remote_files.ts";

/** A step whose inputs are on this machine, as far as they can be. */
export interface LocalStep {
  readonly step: PlannedStep;
  /** An input that a dry run leaves where it is. */
  readonly remote?: string;
}

/** How inputs are had. */
interface InputTools {
  readonly dryRun: boolean;
  remoteFiles(): Promise<RemoteFiles>;
}

/** The steps of a plan, each with local inputs. */
export async function localSteps(
  { steps }: Plan,
  tools: InputTools,
): Promise<readonly LocalStep[]> {
  const local: LocalStep[] = [];
  for (const step of steps) local.push(await withLocalInputs(step, tools));
  return local;
}

/**
 * A step with paths in the place of words that stand for files of others. They
 * are fetched and imported where needed, unless the run is dry.
 *
 * @throws {UserError} where one cannot be had, saying where it was asked for
 */
export async function withLocalInputs(
  step: PlannedStep,
  { dryRun, remoteFiles }: InputTools,
): Promise<LocalStep> {
  const inputs = { ...step.inputs };
  let remote: string | undefined;
  for (const [name, source] of Object.entries(step.inputs)) {
    if (typeof source !== "string" || !isRemoteWord(source)) continue;
    const kinds = kindsOf(step.stage.inputs[name]!) as ArtifactKind[];
    const key = step.where && `${step.where}.inputs.${name}`;
    await naming(key, async () => {
      const files = await remoteFiles();
      const path = dryRun
        ? await files.artifactHere(source, kinds)
        : await files.artifact(source, kinds);
      if (path === undefined) remote ??= source;
      else inputs[name] = path;
    });
  }
  return {
    step: { ...step, inputs },
    ...remote !== undefined && { remote },
  };
}
