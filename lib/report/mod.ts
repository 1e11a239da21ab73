/**
 * Reports of a run: charts as SVG, one HTML page that opens offline, and the
 * same figures as JSON.
 *
 * @module
 */
export { AppendLog, JSON_LINES, type RecordFormat } from "./append_log.ts";
export { barChartSvg, lineChartSvg } from "./chart.ts";
export {
  type EventImage,
  eventRecord,
  eventRecords,
  type TrainingEvent,
  versionRecord,
} from "./event_record.ts";
export { type FigureWords, figureWords } from "./figures.ts";
export { reportJson } from "./json.ts";
export { numberText } from "./number_text.ts";
export { reportHtml } from "./page.ts";
export type {
  BarChart,
  Column,
  FigureTable,
  Headline,
  LineChart,
  Mark,
  Picture,
  RecipeEntry,
  Report,
  Row,
  Series,
} from "./report.ts";
export { readTrainingLog, type TrainingLog } from "./training_log.ts";
