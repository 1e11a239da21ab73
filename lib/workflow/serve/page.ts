/** Scripts and styles of this server alone, no frames, no forms. */
export const PAGE_POLICY = "default-src 'none'; script-src 'self'; " +
  "style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; " +
  "worker-src 'self' blob:; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'";

/** Style of the page, at `/style.css`. */
export const PAGE_STYLE = `:root { color-scheme: light dark; }
body {
  font: 1rem/1.5 system-ui, sans-serif;
  max-width: 44rem;
  margin: 2rem auto;
  padding: 0 1rem;
}
pre { overflow-x: auto; padding: 0.75rem; border: 1px solid #8886; }
code { font-family: ui-monospace, monospace; }
ul { columns: 12rem; padding-left: 1.2rem; }
`;

/** What a page says of the server. */
export interface PageFacts {
  /** Name of the model's file. */
  readonly model: string;
  readonly names: readonly string[];
  readonly address: string;
}

/** The page of a server that has no site: what may be asked of it. */
export function pageText({ model, names, address }: PageFacts): string {
  const [first = "0"] = names;
  const body = JSON.stringify({ classes: [first], seeds: [17] });
  const curl = `curl ${address}/api/samples -H 'Accept: image/png' ` +
    `-H 'Content-Type: application/json' -d '${body}' -o 17.png`;
  const items = names.map((name) => `<li>${escaped(name)}</li>`).join("");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>spherear: ${escaped(model)}</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<main>
<h1>${escaped(model)}</h1>
<p>This server samples images. Ask it like this:</p>
<pre><code>${escaped(curl)}</code></pre>
<p><a href="/api">/api</a> describes everything that may be asked,
<a href="/api/model">/api/model</a> the model.</p>
<h2>Classes</h2>
<ul>${items}</ul>
</main>
</body>
</html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => ENTITIES[letter]!);
}
