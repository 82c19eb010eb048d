/** The database file, in the folder of outputs, that the sides write rows into. */
export const PAGES_FILE = "pages.db";

/** Its table: `path` and `html`, both text. */
export const PAGES_TABLE = "pages";
