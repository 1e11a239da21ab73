import { z } from "zod";
import { SAMPLE_REQUEST } from "./sample_request.ts";
import type { SAMPLE_TYPES } from "./samples_route.ts";

/** What every refusal says. */
const ERROR = z.object({
  error: z.string().describe("one line: what is wrong, what was expected"),
});

/** What an image depends on. */
const RECIPE = z.object({
  seed: z.int(),
  index: z.int().describe("number of the image"),
  class: z.int(),
  className: z.string(),
  steps: SAMPLE_REQUEST.shape.steps.unwrap(),
  solver: SAMPLE_REQUEST.shape.solver.unwrap(),
  cfg: z.number(),
  cfgSchedule: SAMPLE_REQUEST.shape.cfgSchedule.unwrap(),
  batch: z.int().describe("rows of the engine's calls"),
  weightsDtype: z.string(),
  model: z.record(z.string(), z.string())
    .describe("SHA-256 of the model's files"),
  engine: z.string(),
  command: z.string().describe("a command line that makes the same image"),
}).describe("all that an image depends on; PNG files carry it as a text");

const IMAGES = z.object({
  images: z.array(z.object({
    recipe: RECIPE,
    png: z.base64().describe("a PNG file"),
    tokens: z.base64().optional()
      .describe("f32 [N, d], little-endian, where they are asked for"),
  })),
});

const EVENTS = "Events, each with data of JSON: queued {images, waiting}, " +
  "progress {done, total} in tokens of all images, preview {place, done, " +
  "png, tokens} of an image that has some tokens, where previews are asked " +
  "for and the server has time, image {place, recipe, png, tokens}, done " +
  "{images}, error {error}. A client that reads slowly misses progress and " +
  "previews";

/** Refusals of requests for images. */
const REFUSALS: Readonly<Record<string, string>> = {
  400: "The body is no JSON, or asks for what there is not",
  401: "The server has a token, and it was not shown",
  406: "None of the types is accepted",
  408: "The body was too slow",
  413: "The body is too large",
  415: "The body is no application/json",
  429: "Too many images wait; Retry-After says for how many seconds",
};

/** The OpenAPI description of the server, made of the schemas that it checks by. */
export function openApi(
  { needsToken }: { readonly needsToken: boolean },
) {
  return {
    openapi: "3.1.0",
    info: { title: "spherear serve", version: "1" },
    paths: {
      "/api/samples": { post: samplesOperation() },
      "/api/model": { get: operation("The model, its classes and limits") },
      "/api": { get: operation("This description") },
      "/healthz": {
        get: { ...operation("Whether the server answers"), security: [] },
      },
    },
    ...needsToken && {
      components: {
        securitySchemes: { token: { type: "http", scheme: "bearer" } },
      },
      security: [{ token: [] }],
    },
  };
}

function operation(summary: string) {
  const content = { "application/json": { schema: { type: "object" } } };
  return { summary, responses: { 200: { description: summary, content } } };
}

function samplesOperation() {
  const schemas: Readonly<Record<typeof SAMPLE_TYPES[number], object>> = {
    "application/json": { schema: schemaOf(IMAGES) },
    "image/png": { schema: { contentMediaType: "image/png" } },
    "text/event-stream": { schema: { type: "string", description: EVENTS } },
  };
  const refused = { "application/json": { schema: schemaOf(ERROR) } };
  const refusals = Object.entries(REFUSALS).map(([status, description]) =>
    [status, { description, content: refused }] as const
  );
  return {
    summary: "Sample images",
    requestBody: {
      required: true,
      content: { "application/json": { schema: schemaOf(SAMPLE_REQUEST) } },
    },
    responses: {
      200: { description: "The images, as Accept asks", content: schemas },
      ...Object.fromEntries(refusals),
    },
  };
}

function schemaOf(schema: z.ZodType): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "input" });
  return rest;
}
