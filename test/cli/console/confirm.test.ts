import { PassThrough } from "node:stream";
import { expect } from "chai";
import { confirm } from "../../../lib/cli/console/confirm.ts";
import { UsageError } from "../../../lib/cli/console/usage-error.ts";

function createDialog(isTTY = true) {
  return {
    numInterrupts: 0,
    interrupt() {
      this.numInterrupts++;
    },
    input: Object.assign(new PassThrough(), { isTTY }),
    output: new PassThrough({ encoding: "utf8" }),
  };
}

async function answer(text: string): Promise<boolean> {
  const dialog = createDialog();
  const confirmed = confirm("Drop it?", dialog);
  dialog.input.write(text);
  return confirmed;
}

describe("confirm", () => {
  it("goes on for yes only", async () => {
    expect(await answer("yes\n")).to.equal(true);
    expect(await answer(" YES \n")).to.equal(true);
    expect(await answer("y\n")).to.equal(false);
    expect(await answer("\n")).to.equal(false);
  });

  it("asks the question and says what to type", async () => {
    const dialog = createDialog();
    const confirmed = confirm("Drop it?", dialog);
    dialog.input.write("no\n");
    await confirmed;
    expect(String(dialog.output.read())).to.include('Drop it? Type "yes" to go on: ');
  });

  it("takes the end of the input as no", async () => {
    const dialog = createDialog();
    const confirmed = confirm("Drop it?", dialog);
    dialog.input.end();
    expect(await confirmed).to.equal(false);
  });

  it("takes Ctrl-C as no, and passes it on", async () => {
    const dialog = createDialog();
    const confirmed = confirm("Drop it?", dialog);
    dialog.input.write("\u0003");
    expect(await confirmed).to.equal(false);
    expect(dialog.numInterrupts).to.equal(1);
  });

  it("refuses to ask where there is no terminal", async () => {
    const caught: unknown = await confirm("Drop it?", createDialog(false)).catch((error: unknown) => error);
    expect(caught).to.be.instanceOf(UsageError);
    expect((caught as Error).message).to.include("use -f");
  });
});
