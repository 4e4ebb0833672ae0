package io.overlaybd.tcmu;

/** How long the longest transfer of a device is to be, so that several fit into its data area at a time. Stateless. */
final class TransferLimit {

    private static final int TRANSFERS_IN_DATA_AREA = 8;
    private static final int MIN_BYTES = 64 << 10;
    private static final int MAX_BYTES = 1 << 20;
    private static final long RING_AREA_BYTES = 8 << 20;

    private TransferLimit() {}

    /** From the length of a mapping, whose begin is the ring. */
    static int bytes(long mappedBytes) {
        long wanted = Math.max(0, mappedBytes - RING_AREA_BYTES) / TRANSFERS_IN_DATA_AREA;
        long within = Math.max(MIN_BYTES, Math.min(MAX_BYTES, wanted));
        return (int) Long.highestOneBit(within);
    }
}
