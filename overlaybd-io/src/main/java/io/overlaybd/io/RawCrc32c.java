package io.overlaybd.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * CRC-32C (Castagnoli) as a bare register update, without the usual inversion before and after: {@code crc = seed; for
 * each byte b: crc = T[(crc ^ b) & 0xFF] ^ (crc >>> 8)}. ZFile headers, indexes and blocks and prefetch traces use it,
 * each with a seed of its own.
 *
 * <p>The JDK's {@link CRC32C}, which the VM replaces by machine instructions, always starts with the register at all
 * ones. Four bytes chosen for the seed and fed first move it there: a CRC register runs backwards as well as forwards.
 *
 * <p>Thread-safety: an instance is immutable; {@link #of} may be called from any thread.
 */
public final class RawCrc32c {

    private static final int REFLECTED_POLYNOMIAL = 0x82F63B78;

    private final byte[] prefix;

    /** A checksum whose register starts at {@code seed}. To continue one, start at its result. */
    public RawCrc32c(int seed) {
        int register = seed;
        for (int bit = 0; bit < Integer.SIZE; bit++) {
            register = register < 0 ? (register ^ REFLECTED_POLYNOMIAL) << 1 | 1 : register << 1;
        }
        prefix = ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(~register)
                .array();
    }

    /** The register after {@code lengthBytes} bytes of {@code data} from the absolute {@code index} on. */
    public int of(ByteBuffer data, int index, int lengthBytes) {
        return ofRemaining(data.slice(index, lengthBytes));
    }

    /**
     * The register after the bytes from position to limit of {@code data}, whose position moves to its limit. Allocates
     * nothing, for who must not.
     */
    public int ofRemaining(ByteBuffer data) {
        CRC32C crc = new CRC32C();
        crc.update(prefix, 0, prefix.length);
        crc.update(data);
        return ~(int) crc.getValue();
    }
}
