import {
  type Answer,
  type Call,
  jsonAnswer,
  type Route,
  type RouteLookup,
  type SiteFolder,
  textAnswer,
} from "../../serve/mod.ts";
import { PAGE_POLICY, PAGE_STYLE } from "./page.ts";

/** What is served beside images. */
export interface ServedParts {
  readonly samples: Route;
  readonly model: object;
  readonly api: object;
  /** The page where there is no site. */
  page(call: Call): string;
  readonly site: SiteFolder | undefined;
}

/** What there is at each path: the table, then the site's files. */
export function routesOf(
  { samples, model, api, page, site }: ServedParts,
): RouteLookup {
  const fixed: Readonly<Record<string, Route>> = {
    "/healthz": { ...get(() => jsonAnswer({ ok: true })), isOpen: true },
    "/api": get(() => jsonAnswer(api)),
    "/api/model": get(() => jsonAnswer(model)),
    "/api/samples": samples,
  };
  const own: Readonly<Record<string, Route>> = {
    "/": get((call) => textAnswer(page(call), { type: HTML })),
    "/style.css": get(() => textAnswer(PAGE_STYLE, { type: "text/css" })),
  };
  return (path) => {
    if (Object.hasOwn(fixed, path)) return fixed[path];
    if (site !== undefined) return withPolicy(site.route(path));
    return Object.hasOwn(own, path) ? withPolicy(own[path]) : undefined;
  };
}

const HTML = "text/html; charset=utf-8";

function get(handler: (call: Call) => Answer): Route {
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
