import { barChartSvg, lineChartSvg } from "./chart.ts";
import { type Content, html, Markup } from "./markup.ts";
import { numberText } from "./number_text.ts";
import type {
  BarChart,
  FigureTable,
  LineChart,
  Picture,
  RecipeEntry,
  Report,
  Row,
} from "./report.ts";
import { STYLE } from "./style.ts";

/**
 * The report as one HTML page that needs nothing else: style, drawings and
 * pictures are inside, and there is no script.
 *
 * @throws {RangeError} when a bar's value is not positive
 */
export async function reportHtml(report: Report): Promise<string> {
  const bars = await Promise.all(report.bars.map(barFigure));
  const counts = report.lines.filter(({ style }) => style === "steps");
  const curves = report.lines.filter(({ style }) => style !== "steps");
  const beside = await Promise.all(counts.map(lineFigure));
  const lines = await Promise.all(curves.map(lineFigure));
  return html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        ${refresh(report)}
        <title>${report.title}</title>
        <style>${new Markup(STYLE)}</style>
      </head>
      <body>
        <main>
    <header>
    <h1>${report.title}</h1>
    <p class="lead">${report.lead}</p>
    ${headlines(report)}
    </header>
    ${section("Pictures", report.pictures.map(pictureFigure))}
    ${section("Figures", [
      ...report.tables.map(tableFigure),
      grid([...bars, ...beside]),
    ])}
    ${section("Curves", [grid(lines)])}
    ${section("Recipe", recipes(report.recipes))}
    ${section("Machine", machine(report.machine))}
    ${notes(report.notes)}
        </main>
      </body>
    </html>
  `.text;
}

function refresh({ refreshSeconds }: Report): Content {
  if (refreshSeconds === undefined) return undefined;
  return html`<meta http-equiv="refresh" content="${String(refreshSeconds)}">`;
}

function section(title: string, parts: readonly Content[]): Content {
  const content = parts.filter((part) => part !== undefined);
  if (content.length === 0) return undefined;
  return html`<section>
<h2>${title}</h2>
${content}
</section>`;
}

function grid(figures: readonly Markup[]): Content {
  if (figures.length === 0) return undefined;
  return html`<div class="grid">${figures}</div>`;
}

function headlines(report: Report): Content {
  if (report.headlines.length === 0) return undefined;
  const cards = report.headlines.map(({ title, value, note }) =>
    html`
      <div class="card">
        <dt>${title}</dt>
        <dd>
          <div class="value">${value}</div>
          <div class="note">${note}</div>
        </dd>
      </div>
    `
  );
  return html`<dl class="headlines">${cards}</dl>`;
}

function pictureFigure({ title, caption, png, rows }: Picture): Markup {
  const data = new Markup(`data:image/png;base64,${png.toBase64()}`);
  const labels = rows === undefined
    ? undefined
    : html`<ul class="rows">${rows.map((row) => html`<li>${row}</li>`)}</ul>`;
  return html`
    <figure class="card">
      <figcaption>
        <h3>${title}</h3>
        <p class="caption">${caption}</p>
      </figcaption>
      <div
        class="picture">${labels}<img src="${data}" alt="${title}: ${caption}"></div>
    </figure>
  `;
}

function tableFigure({ title, caption, columns, rows }: FigureTable): Markup {
  const heads = columns.map((column) =>
    html`<th scope="col">${column.title}</th>`
  );
  const cells = (row: Row) =>
    columns.map(({ name, digits }) =>
      html`<td>${numberText(row.values[name] ?? null, digits)}</td>`
    );
  const body = rows.map((row) =>
    html`<tr><th scope="row">${row.title}</th>${cells(row)}</tr>\n`
  );
  return html`
    <figure class="card">
      <figcaption>
        <h3>${title}</h3>
        <p class="caption">${caption}</p>
      </figcaption>
      <div class="scroll">
        <table>
          <thead>
            <tr><td></td>${heads}</tr>
          </thead>
          <tbody>${body}</tbody>
        </table>
      </div>
    </figure>
  `;
}

async function barFigure(chart: BarChart): Promise<Markup> {
  return chartFigure(chart, await barChartSvg(chart));
}

async function lineFigure(chart: LineChart): Promise<Markup> {
  return chartFigure(chart, await lineChartSvg(chart));
}

function chartFigure(
  { title, caption }: { readonly title: string; readonly caption?: string },
  svg: string,
): Markup {
  const text = caption && html`<p class="caption">${caption}</p>`;
  return html`<figure class="card">
<figcaption><h3>${title}</h3>${text}</figcaption>
${new Markup(svg)}
</figure>`;
}

function recipes(entries: readonly RecipeEntry[]): Markup[] {
  if (entries.length === 0) return [];
  const items = entries.map(({ artifact, recipe }) => {
    const { stage, options, ...rest } = recipe;
    const facts = { ...rest, ...(isRecord(options) ? flat(options) : {}) };
    return html`<details><summary>${artifact} <span>${
      String(stage ?? "")
    }</span></summary>
${factTable(facts)}</details>`;
  });
  return [html`<div class="card">${items}</div>`];
}

function machine(facts: Readonly<Record<string, string>>): Markup[] {
  if (Object.keys(facts).length === 0) return [];
  return [html`<div class="card">${factTable(facts)}</div>`];
}

function factTable(facts: Readonly<Record<string, unknown>>): Markup {
  const rows = Object.entries(facts).map(([key, value]) =>
    html`
      <tr>
        <th scope="row">${key}</th>
        <td><code>${factText(value)}</code></td>
      </tr>
    `
  );
  return html`
    <div class="scroll">
      <table class="facts">
        <tbody>${rows}</tbody>
      </table>
    </div>
  `;
}

/** Options with those inside others by their paths, such as `model.dim`. */
function flat(
  record: Readonly<Record<string, unknown>>,
  path = "",
): Record<string, unknown> {
  const entries = Object.entries(record).map(([key, value]) =>
    isRecord(value) ? flat(value, `${path}${key}.`) : { [path + key]: value }
  );
  return Object.assign({}, ...entries) as Record<string, unknown>;
}

function factText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value) ?? "";
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function notes(items: readonly string[]): Content {
  if (items.length === 0) return undefined;
  return html`
    <section>
      <h2>Notes</h2>
      <ul class="notes">${items.map((item) => html`<li>${item}</li>`)}</ul>
    </section>
  `;
}
