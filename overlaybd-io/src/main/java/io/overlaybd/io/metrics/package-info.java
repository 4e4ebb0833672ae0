/**
 * Instruments: what a device and its layers are measured with, at no price that could be measured.
 *
 * <p><b>What lives here.</b> {@link io.overlaybd.io.metrics.DeviceMeter}, one for each device, which its frontend feeds; {@link
 * io.overlaybd.io.metrics.Histogram}, latencies in fixed buckets; {@link io.overlaybd.io.metrics.StageTimes}, by which whatever a slow
 * read passes through says what its time goes into, without knowing who asked. How all this is shown is not decided here.
 *
 * <p><b>What it may import.</b> The JDK. <b>Where to start.</b> {@link io.overlaybd.io.metrics.DeviceMeter}.
 */
package io.overlaybd.io.metrics;
