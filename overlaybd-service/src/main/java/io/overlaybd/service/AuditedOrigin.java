package io.overlaybd.service;

import io.overlaybd.io.BlobOrigin;
import io.overlaybd.service.log.DaemonLog;
import io.overlaybd.service.metrics.Flow;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An origin whose every fetch is measured and leaves a line in the audit log, in the form of the original. The latency is in microseconds, the
 * size that of what came, -1 if the fetch failed.
 *
 * <pre>
 *  operation "[pathname=" URL "][offset=" bytes "][size=" bytes "][latency=" us "]"
 * </pre>
 *
 * Thread-safe.
 */
final class AuditedOrigin implements BlobOrigin {

    private static final Logger AUDIT = LoggerFactory.getLogger(DaemonLog.AUDIT);
    private static final int FAILED = -1;

    private final BlobOrigin origin;
    private final String operation;
    private final Flow flow;

    /** The operation is {@code download} for readers, {@code bk_download} in the background. */
    AuditedOrigin(BlobOrigin origin, String operation, Flow flow) {
        this.origin = origin;
        this.operation = operation;
        this.flow = flow;
    }

    @Override
    public String name() {
        return origin.name();
    }

    @Override
    public void distrust() {
        origin.distrust();
    }

    @Override
    public void close() {
        origin.close();
    }

    @Override
    public long fetch(long offsetBytes, ByteBuffer dst) throws IOException {
        return fetch(offsetBytes, dst, lengthBytes -> {});
    }

    @Override
    public long fetch(long offsetBytes, ByteBuffer dst, Arrivals arrivals) throws IOException {
        int from = dst.position();
        long startNanos = System.nanoTime();
        int sizeBytes = FAILED;
        try {
            long blobBytes = origin.fetch(offsetBytes, dst, arrivals);
            sizeBytes = dst.position() - from;
            return blobBytes;
        } finally {
            long nanos = System.nanoTime() - startNanos;
            flow.passed(Math.max(0, sizeBytes), nanos);
            long micros = TimeUnit.NANOSECONDS.toMicros(nanos);
            AUDIT.info(
                    "{}[pathname={}][offset={}][size={}][latency={}]",
                    operation,
                    name(),
                    offsetBytes,
                    sizeBytes,
                    micros);
        }
    }
}
