export { serve, type NextScrapeOptions, type ProgressServer, type ServeOptions } from "./serve.ts";
