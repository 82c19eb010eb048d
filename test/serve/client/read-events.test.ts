import { expect } from "chai";
import fc from "fast-check";
import { readEvents, type EventBody, type ReceivedEvent } from "../../../lib/serve/client/read-events.ts";

describe("readEvents", () => {
  function bodyOf(chunks: readonly Uint8Array[]): EventBody & { isCancelled: boolean } {
    const rest = [...chunks];
    const body = {
      isCancelled: false,
      getReader: () => ({
        read: async () => (rest.length > 0 ? { done: false, value: rest.shift() } : { done: true }),
        cancel: async () => {
          body.isCancelled = true;
        },
      }),
    };
    return body;
  }

  async function read(chunks: readonly Uint8Array[]): Promise<ReceivedEvent[]> {
    const events: ReceivedEvent[] = [];
    for await (const event of readEvents(bodyOf(chunks))) if (event !== "alive") events.push(event);
    return events;
  }

  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

  it("reads names, data of several lines and ids, which stay", async () => {
    const text =
      ": comment\n\nevent: update\nid: 7\ndata: one\ndata:two\n\ndata: three\n\nid\ndata: four\n\nevent: lost\n\ndata: cut";
    expect(await read([encode(text)])).to.deep.equal([
      { name: "update", data: "one\ntwo", lastEventId: "7" },
      { name: "message", data: "three", lastEventId: "7" },
      { name: "message", data: "four", lastEventId: "" },
    ]);
  });

  it("takes any line ends, and chunks that end anywhere, also inside a character", async () => {
    const event = fc.record({
      data: fc.string({ unit: fc.constantFrom("a", "é", "😀", ":", " ") }),
      end: fc.constantFrom("\n", "\r\n"),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { maxLength: 5 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
        async (given, sizes) => {
          const bytes = encode(given.map(({ data, end }) => `data: ${data}${end}${end}`).join(""));
          const chunks: Uint8Array[] = [];
          for (let start = 0; start < bytes.length;) {
            const end = start + (sizes.next().value as number);
            chunks.push(bytes.subarray(start, end));
            start = end;
          }
          expect((await read(chunks)).map(({ data }) => data)).to.deep.equal(given.map(({ data }) => data));
        },
      ),
      { numRuns: 200, seed: 1 },
    );
  });

  it("releases the body when the loop is left", async () => {
    const body = bodyOf([encode("data: 1\n\ndata: 2\n\n")]);
    for await (const event of readEvents(body)) if (event !== "alive") break;
    expect(body.isCancelled).to.equal(true);
  });
});
