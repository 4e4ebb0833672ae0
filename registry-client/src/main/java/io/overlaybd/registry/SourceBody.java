package io.overlaybd.registry;

import io.overlaybd.io.BlobSource;
import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.registry.manifest.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;

/**
 * A range of a source as the body of a request, hashed while it is sent. Can be sent again, as after a redirect. The last
 * bytes of a blob leave only if its digest is right, so that a wrong blob is never complete. Thread-confined.
 */
final class SourceBody extends RequestBody {

    private static final MediaType BYTES = MediaType.get("application/octet-stream");
    private static final int BUFFER_BYTES = 64 * 1024;

    private final BlobSource source;
    private final long offsetBytes;
    private final long lengthBytes;
    private final MessageDigest before;
    private final Digest expected;
    private MessageDigest after;

    /**
     * A range.
     *
     * @param before the hash of all that comes before the range; not changed
     * @param expected digest of all up to the end of the range, null if it is not the last
     */
    SourceBody(BlobSource source, long offsetBytes, long lengthBytes, MessageDigest before, Digest expected) {
        this.source = source;
        this.offsetBytes = offsetBytes;
        this.lengthBytes = lengthBytes;
        this.before = before;
        this.expected = expected;
    }

    long offsetBytes() {
        return offsetBytes;
    }

    long endBytes() {
        return offsetBytes + lengthBytes;
    }

    /** The hash of all up to the end of the range, once that was sent. */
    MessageDigest after() {
        return after;
    }

    @Override
    public MediaType contentType() {
        return BYTES;
    }

    @Override
    public long contentLength() {
        return lengthBytes;
    }

    /** The library shall not send it again by itself: the upload begins anew. */
    @Override
    public boolean isOneShot() {
        return true;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
        MessageDigest hasher = copy(before);
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(BUFFER_BYTES, lengthBytes));
        long at = offsetBytes;
        do {
            buffer.clear().limit((int) Math.min(BUFFER_BYTES, endBytes() - at));
            read(at, buffer);
            at += buffer.limit();
            hasher.update(buffer.flip());
            if (at == endBytes()) {
                finish(hasher);
            }
            sink.write(buffer.rewind());
        } while (at < endBytes());
    }

    private void read(long at, ByteBuffer buffer) throws LocalFailureException {
        try {
            source.readFully(at, buffer);
        } catch (IOException e) {
            throw new LocalFailureException(e);
        }
    }

    private void finish(MessageDigest hasher) throws LocalFailureException {
        after = copy(hasher);
        if (expected != null) {
            byte[] sum = hasher.digest();
            if (!expected.isSum(sum)) {
                throw new LocalFailureException(
                        new CorruptFormatException(source.name(), 0, "digest", expected, expected.withSum(sum)));
            }
        }
    }

    private static MessageDigest copy(MessageDigest hasher) {
        try {
            return (MessageDigest) hasher.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("a hash of the JDK that cannot be copied", e);
        }
    }
}
