/** The page that a site begins with. */
export const INDEX_FILE = "index.html";

/** Tells the page that a server stands behind it, and where it samples. */
const MARK = '<meta name="spherear-server" content="api/samples">';

/** A page that knows of the server. */
export function markedPage(html: string): string {
  return html.replace(/<head>/i, (head) => `${head}\n${MARK}`);
}
