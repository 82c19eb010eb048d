import { Hono, type Context, type Next } from "hono";
import { readPageFiles, type PageFile } from "./page-files.ts";

/** Nothing but the page's own files, from its own server: no inline code, no frames, no forms. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The routes of the live page, whose files are in `folder`. It has no data of its own: that it asks for, as anybody else. */
export function createPageRoutes(folder?: string): Hono {
  const routes = new Hono();
  let files: Promise<ReadonlyMap<string, PageFile>> | undefined;
  const answer = async (context: Context, next: Next): Promise<Response | void> => {
    files ??= readPageFiles(folder).catch((error: unknown) => {
      // The next request tries again.
      files = undefined;
      throw error;
    });
    const file = (await files).get(context.req.path);
    if (file === undefined) return next();
    return context.body(file.content, 200, {
      "content-type": file.type,
      "content-security-policy": CONTENT_SECURITY_POLICY,
      "referrer-policy": "no-referrer",
    });
  };
  for (const path of ["/", "/icon.svg", "/assets/:name"]) routes.get(path, answer);
  return routes;
}
