/**
 * Metrics of the whole service, as Prometheus reads them.
 *
 * <p><b>What lives here.</b> {@link io.overlaybd.service.metrics.DeviceMeters} has the devices that frontends serve; {@link
 * io.overlaybd.service.metrics.Metrics} all sources of metrics, each of which writes its families on a {@link
 * io.overlaybd.service.metrics.TextPage}; {@link io.overlaybd.service.metrics.Exporter} shows the page. Which ones there are tells {@code
 * docs/metrics.md}; a test holds that list against a scrape.
 *
 * <p><b>What it may import.</b> The instruments of {@code overlaybd-io}, registry client and cache, configuration, {@code
 * service.http}. <b>Where to start.</b> {@link io.overlaybd.service.metrics.MetricsSource}: a new metric is a line there and one in
 * the documentation.
 */
package io.overlaybd.service.metrics;
