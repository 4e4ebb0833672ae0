/**
 * Metrics of the whole service, as Prometheus reads them.
 *
 * <p><b>What lives here.</b> {@link io.overlaybd.service.metrics.DeviceMeters} has the devices that frontends serve.
 *
 * <p><b>What it may import.</b> The instruments of {@code overlaybd-io}, configuration, the JDK's HTTP server. <b>Where to start.</b>
 * {@link io.overlaybd.service.metrics.DeviceMeters}; a new metric needs a line in {@code docs/metrics.md}.
 */
package io.overlaybd.service.metrics;
