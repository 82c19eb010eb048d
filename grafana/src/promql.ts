/**
 * By how much a counter has grown in `range`. `increase` alone starts from the first sample that was scraped, so it misses
 * what a counter was born with: all of a run that is shorter than the scrape interval. A series that began within `range`
 * has grown by its whole value; one that was there before, by its `increase`. The two minutes tell a series that is new from
 * one whose scrape has failed.
 *
 * The series of this package's own exporter are of one process each, by their label `service_instance_id`, so a restart makes
 * new ones and the sum over them is right. A series of another exporter may go on in the next process. If its value drops
 * then, `increase` is taken, which misses what the first process was first seen with; if not, as when 3 is followed by 5, a
 * restart cannot be told from growth, and the sum is 5 instead of 8.
 */
export function grownBy(counter: string, range: string): string {
  const isOlder = `last_over_time(${counter}[2m] offset ${range})`;
  const value = `last_over_time(${counter}[${range}])`;
  return `${value} unless ${isOlder} unless resets(${counter}[${range}]) > 0 or increase(${counter}[${range}])`;
}

/** The sum of a vector by labels; of all of it without labels. */
export function sumBy(labels: readonly string[], vector: string): string {
  return aggregate("sum", labels, vector);
}

/** The largest of a vector by labels. */
export function maxBy(labels: readonly string[], vector: string): string {
  return aggregate("max", labels, vector);
}

/** A selector: `metric{matchers}`. */
export function select(metric: string, matchers: string): string {
  return `${metric}{${matchers}}`;
}

function aggregate(operator: string, labels: readonly string[], vector: string): string {
  return labels.length === 0 ? `${operator}(${vector})` : `${operator} by (${labels.join(", ")}) (${vector})`;
}
