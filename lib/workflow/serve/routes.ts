import {
  type Handler,
  jsonAnswer,
  type Route,
  type RouteLookup,
} from "../../serve/mod.ts";

/** A page loads scripts, styles and numbers of this server, and nothing else. */
const PAGE_POLICY = "default-src 'none'; script-src 'self'; " +
  "style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; " +
  "worker-src 'self'; manifest-src 'self'; base-uri 'none'; " +
  "form-action 'none'; frame-ancestors 'none'";

/** What is served beside images. */
export interface ServedParts {
  readonly samples: Route;
  readonly model: object;
  readonly api: object;
  /** The page and the model for browsers. */
  readonly site: RouteLookup;
}

/** What there is at each path: the table, then the site's files. */
export function routesOf(
  { samples, model, api, site }: ServedParts,
): RouteLookup {
  const fixed: Readonly<Record<string, Route>> = {
    "/healthz": { ...get(() => jsonAnswer({ ok: true })), isOpen: true },
    "/api": get(() => jsonAnswer(api)),
    "/api/model": get(() => jsonAnswer(model)),
    "/api/samples": samples,
  };
  return (path) =>
    Object.hasOwn(fixed, path) ? fixed[path] : withPolicy(site(path));
}

function get(handler: Handler): Route {
  return { methods: { GET: handler } };
}

/** Files of a page say what it may load. */
function withPolicy(route: Route | undefined): Route | undefined {
  const handler = route?.methods.GET;
  if (handler === undefined) return route;
  return {
    methods: {
      async GET(call) {
        const answer = await handler(call);
        const headers = {
          ...answer.headers,
          "Content-Security-Policy": PAGE_POLICY,
        };
        return { ...answer, headers };
      },
    },
  };
}
