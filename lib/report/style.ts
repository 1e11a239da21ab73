/** The page's style sheet: system fonts, light and dark, print. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #fbfbfa;
  --card: #ffffff;
  --text: #1d1f23;
  --soft: #5d636e;
  --line: #e3e4e8;
  --accent: #2563eb;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #131418;
    --card: #1b1d22;
    --text: #e8e9ec;
    --soft: #9aa1ad;
    --line: #2e3138;
    --accent: #7aa7ff;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0;
  background: var(--page);
  color: var(--text);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
main { max-width: 1040px; margin: 0 auto; padding: 40px 20px 64px; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 8px; letter-spacing: -0.02em; }
h2 { font-size: 1.3rem; margin: 52px 0 14px; letter-spacing: -0.01em; }
h3 { font-size: 1rem; margin: 0 0 4px; }
.lead { color: var(--soft); max-width: 70ch; margin: 0; font-size: 1.05rem; }
.caption { color: var(--soft); font-size: 0.88rem; max-width: 80ch; margin: 6px 0 0; }
.headlines {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(190px, 1fr));
  gap: 14px;
  margin: 28px 0 0;
}
.card {
  background: var(--card);
  border: 1px solid var(--line);
  border-radius: 12px;
  padding: 16px 18px;
}
.headlines dt { color: var(--soft); font-size: 0.85rem; }
.headlines dd { margin: 0; }
.headlines .value {
  font-size: 1.8rem;
  font-weight: 650;
  letter-spacing: -0.02em;
  font-variant-numeric: tabular-nums;
}
.headlines .note { color: var(--soft); font-size: 0.82rem; }
.grid {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr));
  gap: 16px;
}
figure { margin: 0 0 16px; }
figure svg { width: 100%; max-width: 560px; height: auto; display: block; margin-top: 10px; }
.picture { display: flex; gap: 12px; margin-top: 12px; }
.picture img {
  flex: 0 1 auto;
  min-width: 0;
  max-width: 100%;
  height: auto;
  background: #fff;
  border-radius: 6px;
  image-rendering: pixelated;
}
.rows {
  display: flex;
  flex-direction: column;
  margin: 0;
  padding: 0;
  list-style: none;
  color: var(--soft);
  font-size: 0.85rem;
  text-align: right;
}
.rows li { flex: 1; display: flex; align-items: center; justify-content: flex-end; }
.scroll { overflow-x: auto; margin-top: 10px; }
table { border-collapse: collapse; width: 100%; font-size: 0.92rem; }
th, td { padding: 7px 12px; border-bottom: 1px solid var(--line); text-align: right; }
th { font-weight: 600; }
thead th { color: var(--soft); font-weight: 500; font-size: 0.84rem; vertical-align: bottom; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
tbody tr:last-child > * { border-bottom: 0; }
td { font-variant-numeric: tabular-nums; }
.facts td, .facts th { text-align: left; vertical-align: top; }
.facts th { width: 13em; font-weight: 500; color: var(--soft); }
details { border-bottom: 1px solid var(--line); padding: 9px 0; }
details:last-of-type { border-bottom: 0; }
summary { cursor: pointer; font-weight: 600; }
summary span { color: var(--soft); font-weight: 400; font-size: 0.88rem; }
code { font: 0.86rem/1.5 ui-monospace, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
ul.notes { color: var(--soft); font-size: 0.9rem; padding-left: 1.2em; max-width: 90ch; }
@media print {
  main { max-width: none; padding: 0; }
  .card { break-inside: avoid; }
}
`;
