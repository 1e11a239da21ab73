import { type ArtifactReader, UserError } from "../../artifact/mod.ts";
import type {
  OutputSlot,
  StageContext,
  StageSummary,
} from "../../pipeline/mod.ts";
import { reportHtml, reportJson } from "../../report/mod.ts";
import { composeReport, type Parts } from "./compose.ts";
import { drawGrids, type GridInputs } from "./draw.ts";
import { writeGrid } from "./write_grid.ts";

/** Names of the trained models among what is given. */
type ModelName = "svae" | "ar" | "classifier";

/** What a report is written of, and where it goes. */
export interface ReportRun extends Pick<StageContext, "seed" | "signal"> {
  readonly inputs:
    & GridInputs
    & Pick<Parts, "diagnostics" | "sweep">
    & Readonly<Record<ModelName, ArtifactReader | undefined>>;
  readonly outputs:
    & { readonly html: OutputSlot }
    & Readonly<
      Record<
        "figures" | "samplesGrid" | "reconstructionsGrid",
        OutputSlot | undefined
      >
    >;
  readonly options: { readonly title: string };
}

/**
 * Writes the page of a run, and what else is asked for of it.
 *
 * @returns the figures to read first, by their titles
 * @throws {UserError} where nothing is given, or a grid has no images
 */
export async function runReport(
  { inputs, outputs, options, seed, signal }: ReportRun,
): Promise<StageSummary> {
  const { svae, ar, classifier, metrics, diagnostics, sweep } = inputs;
  if (Object.values(inputs).every((reader) => reader === undefined)) {
    throw new UserError(
      "Cannot write a report of nothing: expected at least one input, such " +
        "as --metrics or --samples",
    );
  }
  const grids = await drawGrids(inputs, seed);
  const { samples, reconstructions } = grids;
  signal.throwIfAborted();
  const report = await composeReport({
    title: options.title,
    metrics,
    diagnostics,
    sweep,
    models: { svae, ar, classifier },
    artifacts: { ...inputs },
    ...grids,
  });
  const { samplesGrid, reconstructionsGrid } = outputs;
  await writeGrid(samplesGrid, samples, { needs: "--samples" });
  await writeGrid(reconstructionsGrid, reconstructions, {
    needs: "--heldout with --reconstructions, or --train with theirs",
  });
  await outputs.figures?.writeFile(reportJson(report));
  await outputs.html.writeFile(await reportHtml(report));
  const figures = report.headlines.map(({ title, value }) => [title, value]);
  return Object.fromEntries(figures);
}
