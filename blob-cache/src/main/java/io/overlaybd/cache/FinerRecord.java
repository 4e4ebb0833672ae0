package io.overlaybd.cache;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.OptionalInt;
import java.util.zip.CRC32C;

/**
 * Cuts the record of a blob into shorter units, so that what was cached in longer ones stays cached. Every unit that is recorded is read: it
 * stays only if its bytes are those recorded.
 *
 * <p>Done in place, from the end backwards, since the words of a unit's parts lie at or behind its own. There is no header meanwhile, so that a record left
 * in the middle counts for nothing.
 */
final class FinerRecord {

    private final UnitFiles files;
    private final FetchBuffers buffers; // of the shorter units
    private final UnitGrid coarse;
    private final UnitGrid fine;

    private FinerRecord(UnitFiles files, FetchBuffers buffers, UnitGrid coarse, UnitGrid fine) {
        this.files = files;
        this.buffers = buffers;
        this.coarse = coarse;
        this.fine = fine;
    }

    /** Whether a record can be cut into units of this length. */
    static boolean canBe(PresenceHeader header, int unitBytes) {
        UnitGrid grid = header.grid();
        return grid.unitBytes() > unitBytes && UnitGrid.fits(unitBytes, grid.blobBytes());
    }

    /** Cuts the record that begins with {@code header}; answers how the blob is cut then. */
    static UnitGrid cut(UnitFiles files, FetchBuffers buffers, PresenceHeader header, int unitBytes)
            throws IOException {
        UnitGrid fine = new UnitGrid(unitBytes, header.grid().blobBytes());
        files.presence().eraseHeader();
        new FinerRecord(files, buffers, header.grid(), fine).cutUnits();
        files.presence().writeHeader(new PresenceHeader(header.digest(), fine));
        return fine;
    }

    private void cutUnits() throws IOException {
        int recorded = Math.min(coarse.count(), files.presence().maxUnits());
        try (FetchBuffers.Lease lease = buffers.lease(1)) {
            for (int unit = recorded - 1; unit >= 0; unit--) {
                OptionalInt checksum = files.presence().checksum(unit);
                int first = fine.unitAt(coarse.startBytes(unit));
                int[] parts = new int[(coarse.lengthBytes(unit) + fine.unitBytes() - 1) / fine.unitBytes()];
                if (checksum.isPresent() && checksum.equals(checksums(first, parts, lease))) {
                    files.presence().markPresent(first, parts);
                } else {
                    markAbsent(first, parts.length);
                }
            }
        }
    }

    /** Fills in the checksums of a unit's parts; answers that of the whole, empty if it cannot be read. */
    private OptionalInt checksums(int first, int[] parts, FetchBuffers.Lease lease) {
        CRC32C whole = new CRC32C();
        for (int i = 0; i < parts.length; i++) {
            ByteBuffer bytes = lease.slice(0, fine.lengthBytes(first + i));
            try {
                files.read(fine.startBytes(first + i), bytes.duplicate());
            } catch (IOException e) {
                return OptionalInt.empty();
            }
            parts[i] = UnitFiles.checksum(bytes);
            whole.update(bytes);
        }
        return OptionalInt.of((int) whole.getValue());
    }

    private void markAbsent(int first, int count) throws IOException {
        for (int unit = first; unit < first + count; unit++) {
            files.presence().markAbsent(unit);
        }
    }
}
