export { serve, type ProgressServer, type ServeOptions } from "./serve.ts";
