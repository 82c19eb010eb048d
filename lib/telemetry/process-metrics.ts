import type { MeterProvider } from "@opentelemetry/api";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { getHeapSpaceStatistics } from "node:v8";
import { instrumentOptions } from "../progress/export/guarded-meter.ts";
import { HEAP_SPACE_KEY, PROCESS_OBSERVATIONS, SCOPE_NAME } from "../progress/schema/names.ts";
import { VERSION } from "../version.ts";

const NANOSECONDS = 1e9;

/** Exports how busy this process is. Dispose it to end the sampling. */
export function observeProcess(provider: MeterProvider): Disposable {
  const meter = provider.getMeter(SCOPE_NAME, VERSION);
  const { heapUsed, loopDelayMax, loopDelayP99, loopUtilization } = PROCESS_OBSERVATIONS;
  const p99 = meter.createObservableGauge(loopDelayP99.name, instrumentOptions(loopDelayP99));
  const max = meter.createObservableGauge(loopDelayMax.name, instrumentOptions(loopDelayMax));
  const utilization = meter.createObservableGauge(loopUtilization.name, instrumentOptions(loopUtilization));
  const heap = meter.createObservableUpDownCounter(heapUsed.name, instrumentOptions(heapUsed));
  const delay = monitorEventLoopDelay();
  delay.enable();
  let last = performance.eventLoopUtilization();
  meter.addBatchObservableCallback(
    (result) => {
      result.observe(p99, delay.percentile(99) / NANOSECONDS);
      result.observe(max, delay.max / NANOSECONDS);
      delay.reset();
      const now = performance.eventLoopUtilization();
      result.observe(utilization, performance.eventLoopUtilization(now, last).utilization);
      last = now;
      for (const { space_name: name, space_used_size: size } of getHeapSpaceStatistics()) {
        result.observe(heap, size, { [HEAP_SPACE_KEY]: name });
      }
    },
    [p99, max, utilization, heap],
  );
  return { [Symbol.dispose]: () => void delay.disable() };
}
