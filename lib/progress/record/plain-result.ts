/** The most values, and the most characters, that a copied result may have. */
const MAX_VALUES = 1000;
const MAX_CHARACTERS = 20_000;

/**
 * A copy of what an app's main function gave back that JSON can hold: numbers, text, dates, and arrays and plain objects of them.
 * `null` stands for anything else, and for what is larger than a reader of progress wants. Never throws.
 */
export function copyPlainResult(result: unknown): unknown {
  try {
    return new ResultCopy().copy(result) ?? null;
  } catch {
    // Too large, or an object that does not let itself be read.
    return null;
  }
}

class ResultCopy {
  #numValues = 0;
  #numCharacters = 0;

  copy(value: unknown): unknown {
    this.#numValues++;
    if (this.#numValues > MAX_VALUES) throw new RangeError("Too many values");
    switch (typeof value) {
      case "string":
        return this.#copyText(value);
      case "bigint":
        return this.#copyText(String(value));
      case "number":
      case "boolean":
        return value;
      case "object":
        return value === null ? null : this.#copyObject(value);
      default:
        return null;
    }
  }

  #copyText(text: string): string {
    this.#numCharacters += text.length;
    if (this.#numCharacters > MAX_CHARACTERS) throw new RangeError("Too many characters");
    return text.toWellFormed();
  }

  #copyObject(value: object): unknown {
    if (value instanceof Date) return value.toJSON();
    if (Array.isArray(value)) return value.map((element) => this.copy(element));
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) return null;
    const entries = Object.entries(value).map(([key, field]) => [this.#copyText(key), this.copy(field)]);
    return Object.fromEntries(entries);
  }
}
