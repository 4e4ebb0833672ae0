package io.overlaybd.service.metrics;

/** Something that has metrics. Thread-safe: several pages may be written at a time. */
@FunctionalInterface
public interface MetricsSource {

    /** Writes families of its own, always the same ones, each once. */
    void write(TextPage page);
}
