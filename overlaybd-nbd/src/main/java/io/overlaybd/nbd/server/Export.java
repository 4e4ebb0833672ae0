package io.overlaybd.nbd.server;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.nbd.protocol.TransmissionFlag;
import java.util.EnumSet;
import java.util.Set;

/**
 * What is served: one device, read-only, under the empty name.
 *
 * @param description words for a human who lists the exports
 */
public record Export(BlockDevice device, String description) {

    /** The name of the default export. */
    public static final String NAME = "";

    /** Reads at any byte are served. */
    static final int MIN_BLOCK_BYTES = 1;

    static final int PREFERRED_BLOCK_BYTES = 4096;
    static final int MAX_BLOCK_BYTES = 32 << 20;

    /** What the export can do for a client that agreed, or not, on structured replies. */
    Set<TransmissionFlag> flags(boolean structuredReplies) {
        Set<TransmissionFlag> flags = EnumSet.of(
                TransmissionFlag.HAS_FLAGS,
                TransmissionFlag.READ_ONLY,
                TransmissionFlag.SEND_FLUSH,
                TransmissionFlag.CAN_MULTI_CONN,
                TransmissionFlag.SEND_CACHE);
        if (structuredReplies) {
            flags.add(TransmissionFlag.SEND_DF);
        }
        return flags;
    }
}
