import type { CommandContext } from "../../pipeline/mod.ts";
import type { Sampling } from "../../preset/mod.ts";
import {
  accessLine,
  type AccessRecord,
  endsWithin,
  type RouteLookup,
  serveUntil,
} from "../../serve/mod.ts";
import { generatorOf, readAr, readVae } from "../models/mod.ts";
import { numbersOf, type WeightsDType } from "../options/mod.ts";
import { classNames, fitted, type Generator } from "../sample/mod.ts";
import {
  type Address,
  type AddressOptions,
  settledAddress,
} from "./address.ts";
import {
  type GivenFiles,
  type OpenFiles,
  withModelFiles,
} from "./model_files.ts";
import { modelInfo } from "./model_info.ts";
import { openApi } from "./openapi.ts";
import { ModelPainter } from "./painter.ts";
import { SampleQueue } from "./queue.ts";
import type { RecipeBase } from "./recipe.ts";
import { routesOf } from "./routes.ts";
import { samplesRoute } from "./samples_route.ts";
import { withSite } from "./site.ts";

/** What a user says of a server. */
export interface ServeOptions extends AddressOptions, GivenFiles {
  readonly preset?: string | undefined;
  readonly port: number;
  readonly batch: number;
  readonly weightsDtype: WeightsDType;
  readonly site?: string | undefined;
  readonly mostImages: number;
  readonly mostSteps: number;
  readonly mostWaiting: number;
}

type ServeContext = CommandContext<ServeOptions>;

/** Requests at once, those that wait for images among them. */
const MOST_CALLS = 512;
/** How long a client may take for what it was sent. */
const IDLE_MS = 30_000;
/** How long the end waits for a token that is sampled. */
const LAST_TOKEN_MS = 300;

/**
 * Serves a model until ^C.
 *
 * @throws {UserError} where files, options and address do not fit
 */
export async function runServe(context: ServeContext): Promise<void> {
  const { options } = context;
  const address = await settledAddress(options);
  await withModelFiles(
    options,
    context,
    (files) =>
      withSite(
        { ...context, files, folder: options.site, preset: options.preset },
        (site) => serveModel(context, { files, site, address }),
      ),
  );
}

async function serveModel(
  context: ServeContext,
  { files, site, address }: {
    readonly files: OpenFiles;
    readonly site: RouteLookup;
    readonly address: Address;
  },
): Promise<void> {
  const { options } = context;
  const { batch } = options;
  const model = await openModel(files, options);
  const engine = await context.engine();
  const { generator, defaults: sampling } = model;
  const parts = { generator, batch, sampling };
  const painter = await ModelPainter.create(engine, parts);
  const queue = new SampleQueue(painter, { most: options.mostWaiting });
  const recipe = await recipeBase(files, { ...model, options, engine });
  await serve(context, { painter, queue, recipe, model, site, address });
  const stopped = queue.close(new DOMException("The server stops"));
  if (await endsWithin(stopped, LAST_TOKEN_MS)) painter.dispose();
}

/** A model that is ready to be painted with. */
interface ServedModel {
  readonly generator: Generator;
  readonly names: readonly string[];
  /** What requests mean that do not say it. */
  readonly defaults: Sampling;
}

async function openModel(
  files: OpenFiles,
  { preset, weightsDtype }: ServeOptions,
): Promise<ServedModel> {
  const { ar: arFile, svae } = generatorOf(files);
  const ar = await readAr(arFile, weightsDtype);
  const generator = fitted({ ar, vae: await readVae(svae) });
  const names = classNames(arFile, ar.config.num_classes);
  const { numbers } = await numbersOf(ar.config, { preset });
  return { generator, names, defaults: numbers };
}

/** What `--device` calls an engine. */
const DEVICES: Readonly<Record<string, string>> = {
  onnx: "cpu",
  webgpu: "gpu",
  reference: "reference",
};

async function recipeBase(
  files: OpenFiles,
  { names, options, engine: { name: engine } }: {
    readonly names: readonly string[];
    readonly options: ServeOptions;
    readonly engine: { readonly name: string };
  },
): Promise<RecipeBase> {
  const given: Record<string, string> = {};
  const model: Record<string, string> = {};
  for (const [name, file] of Object.entries(files)) {
    if (file === undefined) continue;
    given[name] = options[name as keyof OpenFiles]!;
    model[name] = await file.digest();
  }
  const { batch, weightsDtype } = options;
  const device = DEVICES[engine] ?? engine;
  return { model, files: given, names, engine, device, batch, weightsDtype };
}

async function serve(
  { options, signal, json, print, log }: ServeContext,
  { painter: { tokens }, queue, recipe, model, site, address }: {
    readonly painter: ModelPainter;
    readonly queue: SampleQueue;
    readonly recipe: RecipeBase;
    readonly model: ServedModel;
    readonly site: RouteLookup;
    readonly address: Address;
  },
): Promise<void> {
  const { mostImages, mostSteps, mostWaiting, port } = options;
  const { names, defaults, generator } = model;
  const limits = { images: mostImages, steps: mostSteps };
  const { image_size: imageSize } = generator.vae.config;
  const request = { names, defaults, limits };
  await serveUntil(signal, {
    ...address,
    port,
    mostCalls: MOST_CALLS,
    idleMs: IDLE_MS,
    routes: routesOf({
      samples: samplesRoute({ ...request, queue, recipe, tokens }),
      model: modelInfo(request, recipe, { imageSize, tokens, mostWaiting }),
      api: openApi({ needsToken: address.token !== undefined }),
      site,
    }),
    onListen: (url) => print(json ? JSON.stringify({ url }) : url),
    onAnswered: (record: AccessRecord) =>
      log.info(accessLine(record, { json })),
    onBug: (error) => log.warn(bugLine(error, { json })),
  });
}

function bugLine(error: unknown, { json }: { readonly json: boolean }): string {
  const text = error instanceof Error
    ? error.stack ?? error.message
    : String(error);
  return json ? JSON.stringify({ error: text }) : text;
}
