package io.overlaybd.cache;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * Takes in a blob file without a record: written by the original, or placed there by hand. That a range is allocated says
 * nothing; that the whole has the hash in its name says everything. So a file without holes is hashed, once, and recorded.
 */
final class Adoption {

    private final BlobDigest digest;
    private final UnitFiles files;
    private final FetchBuffers buffers;
    private final int unitBytes;

    Adoption(BlobDigest digest, UnitFiles files, FetchBuffers buffers, int unitBytes) {
        this.digest = digest;
        this.files = files;
        this.buffers = buffers;
        this.unitBytes = unitBytes;
    }

    /** Records the file as wholly present and answers how it is cut; empty, and nothing recorded, if it is not the blob. */
    Optional<UnitGrid> adopt() throws IOException {
        CacheFile data = files.data();
        long sizeBytes = data.sizeBytes();
        if (!UnitGrid.fits(unitBytes, sizeBytes) || sizeBytes > 0 && data.nextHole(0) < sizeBytes) {
            return Optional.empty();
        }
        UnitGrid grid = new UnitGrid(unitBytes, sizeBytes);
        files.presence().clear();
        if (!recordUnits(grid).equals(digest)) {
            return Optional.empty();
        }
        files.presence().writeHeader(new PresenceHeader(digest, grid));
        return Optional.of(grid);
    }

    /** Writes the record of every unit. Without the header, which comes last, it counts for nothing. */
    private BlobDigest recordUnits(UnitGrid grid) throws IOException {
        MessageDigest hash = BlobDigest.newHash();
        try (FetchBuffers.Lease lease = buffers.lease(1)) {
            for (int unit = 0; unit < grid.count(); unit++) {
                ByteBuffer bytes = lease.slice(0, grid.lengthBytes(unit));
                files.read(grid.startBytes(unit), bytes.duplicate());
                files.presence().markPresent(unit, UnitFiles.checksum(bytes));
                hash.update(bytes);
            }
        } catch (EOFException cutMeanwhile) {
            return BlobDigest.ofHash(new byte[BlobDigest.HASH_BYTES]);
        }
        return BlobDigest.ofHash(hash.digest());
    }
}
