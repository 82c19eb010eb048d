import { expect } from "chai";
import { displayOn, type DisplayOnOptions } from "../../../lib/report/terminal/display-on.ts";
import { LiveDisplay } from "../../../lib/report/terminal/live-display.ts";
import { PlainDisplay } from "../../../lib/report/terminal/plain-display.ts";
import { FakeClock } from "../../fake-clock.ts";
import { openVirtualStreams } from "../virtual-stream.ts";

describe("displayOn", () => {
  function options(mode: DisplayOnOptions["mode"]): DisplayOnOptions {
    return { mode, clock: new FakeClock(), env: {} };
  }

  it("gives one display for all reports on a stream", () => {
    const { streams } = openVirtualStreams();
    const { stdout } = streams;
    expect(displayOn(streams, options("tty"))).to.equal(displayOn({ ...streams, stdout }, options("tty")));
  });

  it("gives each stream its own display", () => {
    const [one, other] = [openVirtualStreams(), openVirtualStreams()];
    expect(displayOn(one.streams, options("tty"))).to.not.equal(displayOn(other.streams, options("tty")));
  });

  it("gives the display that the mode asks for", () => {
    const { streams } = openVirtualStreams();
    expect(displayOn(streams, options("tty"))).to.be.instanceOf(LiveDisplay);
    expect(displayOn(streams, options("plain"))).to.be.instanceOf(PlainDisplay);
  });
});
