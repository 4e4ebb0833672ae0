package io.overlaybd.cache;

import io.overlaybd.io.BlobOrigin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An origin in memory that remembers what it was asked, and does something first if the test says so. Thread-safe. */
final class TestOrigin implements BlobOrigin {

    /** One request. */
    record Fetch(long offsetBytes, int lengthBytes) {}

    /** Happens before each answer; may throw, or wait. */
    @FunctionalInterface
    interface Before {
        void fetch(long offsetBytes, int lengthBytes) throws IOException;
    }

    final byte[] content;
    final String digest;
    volatile Before before = (offset, length) -> {};
    private final List<Fetch> fetches = new CopyOnWriteArrayList<>();

    TestOrigin(byte[] content) {
        this.content = content;
        this.digest = BlobDigest.ofHash(BlobDigest.newHash().digest(content)).text();
    }

    List<Fetch> fetches() {
        return List.copyOf(fetches);
    }

    void reset() {
        fetches.clear();
    }

    @Override
    public String name() {
        return "test:" + digest.substring(0, 15);
    }

    @Override
    public long fetch(long offsetBytes, ByteBuffer dst) throws IOException {
        fetches.add(new Fetch(offsetBytes, dst.remaining()));
        before.fetch(offsetBytes, dst.remaining());
        int length = (int) Math.max(0, Math.min(dst.remaining(), content.length - offsetBytes));
        dst.put(content, length == 0 ? 0 : (int) offsetBytes, length);
        return content.length;
    }
}
