package io.overlaybd.registry;

import io.overlaybd.io.BlobOrigin;
import io.overlaybd.registry.RegistryException.Kind;
import io.overlaybd.registry.manifest.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import okhttp3.HttpUrl;

/**
 * A blob in a registry. A fetch is one ranged GET; the first one brings the length too, and its 401 the challenge, so that
 * there is no request besides. Remembers the length, and for a short while the place that the registry redirected to.
 *
 * <p>The digest is the blob's address; it is not verified here, since no part of a blob has one.
 */
public final class RegistryBlob implements BlobOrigin {

    private final Caller caller;
    private final Access access;
    private final HttpUrl url;
    private final String name; // made once: every read through a cache asks for it
    private final long sizeHintBytes;
    private final BlobSize size = new BlobSize();
    private final BlobRoutes routes;
    private final Operations operations = new Operations();

    RegistryBlob(Caller caller, Repository repository, Digest digest, long sizeHintBytes, BlobRoutes routes) {
        this.caller = caller;
        this.access = Access.pull(repository);
        this.url = repository.blob(digest);
        this.name = Origins.display(url);
        this.sizeHintBytes = sizeHintBytes;
        this.routes = routes;
    }

    @Override
    public String name() {
        return name;
    }

    /**
     * {@inheritDoc}
     *
     * @throws RegistryException if the registry does not give the bytes
     */
    @Override
    public long fetch(long offsetBytes, ByteBuffer dst) throws IOException {
        return fetch(offsetBytes, dst, lengthBytes -> {});
    }

    /** {@inheritDoc} It is told with every piece that comes from the connection. */
    @Override
    public long fetch(long offsetBytes, ByteBuffer dst, Arrivals arrivals) throws IOException {
        if (offsetBytes < 0) {
            throw new IllegalArgumentException(name() + ": read at byte " + offsetBytes);
        }
        if (size.isKnown() && (offsetBytes >= size.bytes() || !dst.hasRemaining())) {
            return size.bytes();
        }
        if (!dst.hasRemaining() || offsetBytes > Long.MAX_VALUE - dst.remaining()) {
            return fetch(0, ByteBuffer.allocate(1));
        }
        int start = dst.position();
        RangeRead read = new RangeRead(url, offsetBytes, dst, arrivals, size, sizeHintBytes, operations);
        long total = caller.call(access, read, routes);
        if (total == ContentRange.UNKNOWN) {
            total = askForSize();
            checkEnd(offsetBytes, dst, start, total);
        }
        return total;
    }

    /** {@inheritDoc} The registry is asked next, not the relay that gave some last. */
    @Override
    public void distrust() {
        routes.distrust();
    }

    /** Fetches under way, which wait for an answer or for their next attempt, fail; so do all to come. Idempotent. */
    @Override
    public void close() {
        operations.end();
    }

    /** The answer to a range did not say how long the blob is: HEAD may, else the one who opened it knows. */
    private long askForSize() throws IOException {
        long found = ContentRange.UNKNOWN;
        try {
            found = caller.call(access, new SizeRead(url, operations)).bytes();
        } catch (RegistryException e) {
            if (sizeHintBytes < 0) {
                throw e;
            }
        }
        found = found == ContentRange.UNKNOWN ? sizeHintBytes : found;
        if (found < 0) {
            throw protocol("the registry does not say how long the blob is");
        }
        try {
            size.settle(found);
        } catch (FailedAttempt e) {
            throw protocol(e.getMessage());
        }
        return found;
    }

    private void checkEnd(long offsetBytes, ByteBuffer dst, int start, long total) throws IOException {
        int expected = (int) Math.min(dst.limit() - start, Math.max(0, total - offsetBytes));
        int found = dst.position() - start;
        if (found != expected) {
            throw protocol(
                    "expected " + expected + " bytes at byte " + offsetBytes + " of " + total + ", found " + found);
        }
    }

    private RegistryException protocol(String problem) {
        return FailedAttempt.last(Kind.PROTOCOL, 0, problem).toException(new Purpose("read it", url, ""), 1);
    }
}
