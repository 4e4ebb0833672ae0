package io.overlaybd.nbd.protocol;

import java.util.Set;

/** What an export can do, as told at the end of the handshake. */
public enum TransmissionFlag {
    HAS_FLAGS(0),
    READ_ONLY(1),
    SEND_FLUSH(2),
    SEND_FUA(3),
    SEND_TRIM(5),
    SEND_WRITE_ZEROES(6),
    SEND_DF(7),
    CAN_MULTI_CONN(8),
    SEND_CACHE(10),
    SEND_FAST_ZERO(11);

    private final int bit;

    TransmissionFlag(int bit) {
        this.bit = bit;
    }

    /** The 16 bits of a set. */
    public static int encode(Set<TransmissionFlag> flags) {
        int bits = 0;
        for (TransmissionFlag flag : flags) {
            bits |= 1 << flag.bit;
        }
        return bits;
    }
}
