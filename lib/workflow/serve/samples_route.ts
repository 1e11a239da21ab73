import { UserError } from "../../artifact/mod.ts";
import { encodePng } from "../../image/mod.ts";
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
import type { Painted } from "./painter.ts";
import { type Listener, QueueFull, type SampleQueue } from "./queue.ts";
import { type RecipeBase, recipeOf, withRecipe } from "./recipe.ts";
import {
  type RequestContext,
  type WantedImages,
  wantedImages,
} from "./sample_request.ts";
import { sentImage, sentPreview } from "./sent_images.ts";

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

/** Images of a request in its order, as they were painted. */
async function paint(
  wanted: WantedImages,
  { signal }: Call,
  { queue }: SamplesTools,
): Promise<readonly Painted[]> {
  const images: Painted[] = [];
  await queue.add(wanted, {
    signal,
    onImage: (place, image) => images[place] = image,
    onProgress: () => {},
  });
  return images;
}

async function jsonOf(
  wanted: WantedImages,
  call: Call,
  tools: SamplesTools,
): Promise<Answer> {
  const painted = await paint(wanted, call, tools);
  const images = await Promise.all(
    painted.map((image, place) => {
      const recipe = recipeOf(wanted, place, tools.recipe);
      return sentImage(image, { recipe, wanted });
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
  const pictures = (await paint(wanted, call, tools))
    .map(({ picture }) => picture);
  const recipes = pictures
    .map((_, place) => recipeOf(wanted, place, tools.recipe));
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
  tools: SamplesTools,
): Answer {
  const { queue } = tools;
  const events = new EventStream();
  const { length: images } = wanted.classes;
  const { waiting } = queue;
  const { listener, sent } = eventsListener(events, wanted, tools);
  const painted = queue.add(wanted, { signal, ...listener });
  events.send("queued", { images, waiting });
  painted.then(sent).then(
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

/** Sends what a queue tells, in its order, and fewer news to slow clients. */
function eventsListener(
  events: EventStream,
  wanted: WantedImages,
  tools: SamplesTools,
) {
  const total = wanted.classes.length * tools.tokens;
  let sending: Promise<void> = Promise.resolve();
  function send(event: string, place: number, data: () => Promise<object>) {
    sending = sending.then(async () => {
      const about = `image ${place}`;
      events.send(event, { place, ...await data() }, { about });
    });
  }
  const listener: Omit<Listener, "signal"> = {
    onImage: (place, image) =>
      send("image", place, () => {
        const recipe = recipeOf(wanted, place, tools.recipe);
        return sentImage(image, { recipe, wanted });
      }),
    onPreview: (place, done, image) =>
      send("preview", place, () => sentPreview(image, { done, wanted })),
    onProgress: (done) =>
      events.send("progress", { done, total }, { about: "progress" }),
  };
  return { listener, sent: () => sending };
}
