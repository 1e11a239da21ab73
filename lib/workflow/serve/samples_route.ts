import { UserError } from "../../artifact/mod.ts";
import { encodePng, type Picture } from "../../image/mod.ts";
import {
  accepted,
  type Answer,
  type Call,
  EventStream,
  HttpError,
  jsonAnswer,
  readJson,
  type Route,
} from "../../serve/mod.ts";
import { samplesGrid } from "../sample/mod.ts";
import { QueueFull, type SampleQueue } from "./queue.ts";
import {
  type Recipe,
  type RecipeBase,
  recipeOf,
  withRecipe,
} from "./recipe.ts";
import {
  type RequestContext,
  type WantedImages,
  wantedImages,
} from "./sample_request.ts";

/** Bytes of a request for images. */
export const MOST_BODY_BYTES = 2 ** 16;
/** How long its body may take. */
const BODY_MS = 10_000;

/** What images are sampled with. */
export interface SamplesTools extends RequestContext {
  readonly queue: SampleQueue;
  readonly recipe: RecipeBase;
  /** Tokens of an image. */
  readonly tokens: number;
}

/** Answers with some images, of one type. */
type Writer = (
  wanted: WantedImages,
  call: Call,
  tools: SamplesTools,
) => Answer | Promise<Answer>;

/** What images may be sent as, the first where a client takes all. */
const WRITERS = {
  "application/json": jsonOf,
  "image/png": pngOf,
  "text/event-stream": eventsOf,
} as const satisfies Readonly<Record<string, Writer>>;

/** Types that images may be sent as. */
export const SAMPLE_TYPES = Object.keys(WRITERS) as readonly (
  keyof typeof WRITERS
)[];

/** `POST /api/samples`. */
export function samplesRoute(tools: SamplesTools): Route {
  return { methods: { POST: (call) => answerSamples(call, tools) } };
}

async function answerSamples(call: Call, tools: SamplesTools): Promise<Answer> {
  const { request } = call;
  const type = accepted(request.headers.get("accept"), SAMPLE_TYPES);
  if (type === undefined) {
    const expected = SAMPLE_TYPES.join(", ");
    const message = `Cannot answer in these types: expected ${expected}`;
    throw new HttpError(message, { status: 406 });
  }
  const limits = { mostBytes: MOST_BODY_BYTES, timeoutMs: BODY_MS };
  const body = await readJson(request, limits);
  try {
    const wanted = wantedImages(body, tools);
    const { queue } = tools;
    call.note({ images: wanted.classes.length, queue: queue.waiting });
    return await WRITERS[type](wanted, call, tools);
  } catch (error) {
    throw refused(error);
  }
}

function refused(error: unknown): unknown {
  if (error instanceof UserError) {
    return new HttpError(error.message, { status: 400 });
  }
  if (!(error instanceof QueueFull)) return error;
  const headers = { "Retry-After": `${error.retrySeconds}` };
  return new HttpError(error.message, { status: 429, headers });
}

/** Pictures of a request in its order, with their recipes. */
interface Painted {
  readonly pictures: readonly Picture[];
  readonly recipes: readonly Recipe[];
}

async function paint(
  wanted: WantedImages,
  { signal }: Call,
  { queue, recipe }: SamplesTools,
): Promise<Painted> {
  const pictures: Picture[] = [];
  await queue.add(wanted, {
    signal,
    onImage: (place, picture) => pictures[place] = picture,
    onProgress: () => {},
  });
  const recipes = pictures.map((_, place) => recipeOf(wanted, place, recipe));
  return { pictures, recipes };
}

async function jsonOf(
  wanted: WantedImages,
  call: Call,
  tools: SamplesTools,
): Promise<Answer> {
  const { pictures, recipes } = await paint(wanted, call, tools);
  const images = await Promise.all(
    pictures.map(async (picture, place) => {
      const recipe = recipes[place]!;
      return { recipe, png: await base64Of(picture, recipe) };
    }),
  );
  return jsonAnswer({ images });
}

async function pngOf(
  wanted: WantedImages,
  call: Call,
  tools: SamplesTools,
): Promise<Answer> {
  if (wanted.classes.length > 1 && !wanted.grid) {
    throw new UserError(
      `Cannot send ${wanted.classes.length} images as one PNG file: expected ` +
        'one, or "grid": true',
    );
  }
  const { pictures, recipes } = await paint(wanted, call, tools);
  const titles = recipes.map(({ className }) => className);
  const body = wanted.grid
    ? withRecipe(await samplesGrid(pictures, titles), recipes)
    : withRecipe(await encodePng(pictures[0]!), recipes[0]!);
  const headers = { "Content-Type": "image/png", "Cache-Control": "no-store" };
  return { headers, body };
}

/** Events as they happen; see docs/serve.md. */
function eventsOf(
  wanted: WantedImages,
  { signal, note }: Call,
  { queue, recipe, tokens }: SamplesTools,
): Answer {
  const events = new EventStream();
  const { length: images } = wanted.classes;
  const total = images * tokens;
  let sending: Promise<void> = Promise.resolve();
  async function sendImage(place: number, picture: Picture): Promise<void> {
    const own = recipeOf(wanted, place, recipe);
    const png = await base64Of(picture, own);
    events.send("image", { place, recipe: own, png });
  }
  const waiting = queue.waiting;
  const painted = queue.add(wanted, {
    signal,
    onImage(place, picture) {
      sending = sending.then(() => sendImage(place, picture));
    },
    onProgress: (done) =>
      events.send("progress", { done, total }, { replaces: true }),
  });
  events.send("queued", { images, waiting });
  painted.then(() => sending).then(
    () => events.send("done", { images }),
    (error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      note({ error: reason });
      events.send("error", { error: reason });
    },
  ).finally(() => events.end());
  const headers = {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-store",
  };
  return { headers, body: events };
}

async function base64Of(picture: Picture, recipe: Recipe): Promise<string> {
  return withRecipe(await encodePng(picture), recipe).toBase64();
}
