import type { Random } from "../../state/pages/random-store.ts";

/** Damages the data of a store; `earlier` are the same data at earlier moments. */
export type Damage = (data: Buffer, random: Random, earlier: readonly Buffer[]) => Buffer;

const PAGE = 4096;
const HEADER = 24;

/** Every kind of damage, by its name. */
export const DAMAGES: Readonly<Record<string, Damage>> = {
  "cut anywhere": (data, random) => data.subarray(0, random(data.length)),
  "cut between pages": (data, random) => data.subarray(0, random(numPages(data)) * PAGE),
  "cut near its end": (data, random) => data.subarray(0, data.length - 1 - random(3 * PAGE)),
  "one flipped bit": (data, random) => flip(data, random, random(data.length)),
  "several flipped bits": (data, random) => {
    for (let count = 2 + random(6); count > 0; count--) flip(data, random, random(data.length));
    return data;
  },
  "a flipped bit in a page header": (data, random) => flip(data, random, anyPage(data, random) + random(HEADER)),
  "a flipped bit in the places of nodes": (data, random) =>
    flip(data, random, anyPage(data, random) + HEADER + random(40)),
  "a flipped bit in the nodes": (data, random) => flip(data, random, anyPage(data, random) + 2048 + random(2048)),
  "a flipped bit in a meta page": (data, random) => flip(data, random, random(2) * PAGE + random(HEADER + 144)),
  "a random field of a meta page": (data, random) => {
    const at = random(2) * PAGE + HEADER + random(36) * 4;
    return random(2) === 0 ? fill(data, random, at, 4) : data.fill(0, at, at + 4);
  },
  "a page of zeros": (data, random) => zero(data, anyPage(data, random), PAGE),
  "a range of zeros": (data, random) => zero(data, random(data.length), random(3 * PAGE)),
  "a page of garbage": (data, random) => fill(data, random, anyPage(data, random), PAGE),
  "swapped pages": (data, random) => {
    const [one, other] = [anyPage(data, random), anyPage(data, random)];
    const kept = Buffer.from(data.subarray(one, one + PAGE));
    data.copy(data, one, other, other + PAGE);
    kept.copy(data, other);
    return data;
  },
  "a page over another": (data, random) => {
    const from = anyPage(data, random);
    data.copy(data, anyPage(data, random), from, from + PAGE);
    return data;
  },
  "a page as it was earlier": (data, random, earlier) => {
    const before = earlier.length === 0 ? data : earlier[random(earlier.length)]!;
    const at = anyPage(before, random);
    before.copy(data, at, at, at + PAGE);
    return data;
  },
  "a tail that is there twice": (data, random) => Buffer.concat([data, data.subarray(-PAGE * (1 + random(5)))]),
  "garbage after its end": (data, random) => {
    const size = 1 + random(2 * PAGE);
    return fill(Buffer.concat([data, Buffer.alloc(size)]), random, data.length, size);
  },
};

function numPages(data: Buffer): number {
  return Math.floor(data.length / PAGE);
}

/** The offset of a page, not of a meta page. */
function anyPage(data: Buffer, random: Random): number {
  return (2 + random(numPages(data) - 2)) * PAGE;
}

function flip(data: Buffer, random: Random, at: number): Buffer {
  data[at % data.length]! ^= 1 << random(8);
  return data;
}

function zero(data: Buffer, at: number, size: number): Buffer {
  return data.fill(0, at, Math.min(data.length, at + size));
}

function fill(data: Buffer, random: Random, at: number, size: number): Buffer {
  for (let offset = at; offset < Math.min(data.length, at + size); offset++) data[offset] = random(256);
  return data;
}
