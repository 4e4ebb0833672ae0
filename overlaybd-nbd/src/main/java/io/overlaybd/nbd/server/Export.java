package io.overlaybd.nbd.server;

import io.overlaybd.io.BlockDevice;
import io.overlaybd.io.metrics.DeviceMeter;
import io.overlaybd.nbd.protocol.TransmissionFlag;
import java.util.EnumSet;
import java.util.Set;

/**
 * What is served: one device under the empty name, writable if the device is.
 *
 * @param description words for a human who lists the exports
 * @param meter is told what clients do; a piece of a long read or write counts as one
 */
public record Export(BlockDevice device, String description, DeviceMeter meter) {

    /** The name of the default export. */
    public static final String NAME = "";

    private static final Set<TransmissionFlag> WRITABLE = EnumSet.of(
            TransmissionFlag.SEND_FUA,
            TransmissionFlag.SEND_TRIM,
            TransmissionFlag.SEND_WRITE_ZEROES,
            TransmissionFlag.SEND_FAST_ZERO);

    static final int PREFERRED_BLOCK_BYTES = 4096;
    static final int MAX_BLOCK_BYTES = 32 << 20;

    /** A device whose meter nobody reads. */
    public Export(BlockDevice device, String description) {
        this(device, description, new DeviceMeter());
    }

    /**
     * What clients that care align their requests to. Every byte can be read; a write of less than a sector is served too, but
     * means reading the sector first.
     */
    int minBlockBytes() {
        return device.isReadOnly() ? 1 : BlockDevice.SECTOR_BYTES;
    }

    /** What the export can do for a client that agreed, or not, on structured replies. */
    Set<TransmissionFlag> flags(boolean structuredReplies) {
        Set<TransmissionFlag> flags = EnumSet.of(
                TransmissionFlag.HAS_FLAGS,
                TransmissionFlag.SEND_FLUSH,
                TransmissionFlag.CAN_MULTI_CONN,
                TransmissionFlag.SEND_CACHE);
        if (device.isReadOnly()) {
            flags.add(TransmissionFlag.READ_ONLY);
        } else {
            flags.addAll(WRITABLE);
        }
        if (structuredReplies) {
            flags.add(TransmissionFlag.SEND_DF);
        }
        return flags;
    }
}
