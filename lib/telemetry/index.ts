export { LocalReader, type CounterDelta } from "../progress/local-reader.ts";
export {
  createPrometheusProvider,
  type PrometheusProvider,
  type PrometheusProviderOptions,
} from "./prometheus-provider.ts";
export { tidemarkViews, type TidemarkView, type ViewsOptions } from "./views.ts";
