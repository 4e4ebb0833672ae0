package io.overlaybd.service.download;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The SHA-256 of a blob, taken while its bytes pass. Thread-confined. */
final class BlobHash {

    /** Where the bytes of a file come from. */
    @FunctionalInterface
    interface Reader {
        void read(long offsetBytes, ByteBuffer direct) throws IOException;
    }

    private static final int PIECE_BYTES = 128 << 10;

    private final MessageDigest hash;

    BlobHash() {
        try {
            hash = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Takes in all between position and limit; moves the position. */
    void update(ByteBuffer bytes) {
        hash.update(bytes);
    }

    /** Takes in the first bytes of a file. */
    void update(Reader file, long lengthBytes, Stop stop) throws IOException {
        ByteBuffer through = ByteBuffer.allocateDirect((int) Math.min(lengthBytes, PIECE_BYTES));
        for (long at = 0; at < lengthBytes; at += through.limit()) {
            stop.check();
            through.clear().limit((int) Math.min(through.capacity(), lengthBytes - at));
            file.read(at, through);
            update(through.flip());
        }
    }

    /** {@code sha256:<hex>}; the hash is of no use afterwards. */
    String digest() {
        return "sha256:" + HexFormat.of().formatHex(hash.digest());
    }
}
