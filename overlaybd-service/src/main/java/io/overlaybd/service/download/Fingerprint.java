package io.overlaybd.service.download;

import io.overlaybd.io.BlobSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * What tells one layer file from another without reading it all: its length, and checksums of both ends, where headers with
 * identities and indexes with places lie. Immutable.
 */
record Fingerprint(long sizeBytes, long headCrc, long tailCrc) {

    private static final int END_BYTES = 8192;

    static Fingerprint of(BlobSource source) throws IOException {
        long sizeBytes = source.sizeBytes();
        int lengthBytes = (int) Math.min(END_BYTES, sizeBytes);
        return new Fingerprint(
                sizeBytes, crc(source, 0, lengthBytes), crc(source, sizeBytes - lengthBytes, lengthBytes));
    }

    private static long crc(BlobSource source, long offsetBytes, int lengthBytes) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(lengthBytes);
        source.readFully(offsetBytes, bytes);
        CRC32C crc = new CRC32C();
        crc.update(bytes.flip());
        return crc.getValue();
    }
}
