package io.overlaybd.cache;

import io.overlaybd.io.BlobOrigin;
import io.overlaybd.io.CorruptFormatException;
import io.overlaybd.io.sys.FileDescriptor;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens what a cache has of a blob, or starts it. With a good record no origin is asked. Without, a complete file is adopted;
 * else the first unit is fetched, which tells the length. If the disk cannot be used, reads pass through.
 *
 * <p>Thread-safe; per blob under the lock of its {@link CacheEntry}.
 */
final class StoreOpener {

    private static final Logger LOG = LoggerFactory.getLogger(StoreOpener.class);

    private final CacheServices services;
    private final AtomicInteger lastId = new AtomicInteger();

    StoreOpener(CacheServices services) {
        this.services = services;
    }

    BlobStore open(CacheEntry entry, BlobOrigin origin) throws IOException {
        Optional<Opened> known = openExisting(entry);
        if (known.isPresent()) {
            Counters counters = new Counters();
            UnitKeeper keeper = keeper(entry, known.get(), counters);
            services.evictor().makeRoom(0); // an adopted file was not counted before
            return store(known.get().grid, keeper, counters);
        }
        return openNew(entry, origin);
    }

    /** How a blob is cut, and its files; the files are null if there can be none. */
    private record Opened(UnitGrid grid, UnitFiles files) {}

    private Optional<Opened> openExisting(CacheEntry entry) {
        if (!Files.exists(entry.dataPath())) {
            return Optional.empty();
        }
        try {
            UnitFiles files = UnitFiles.open(entry.dataPath(), entry.presencePath());
            Optional<Opened> opened = Optional.empty();
            try {
                opened = readOrAdopt(entry, files).map(grid -> new Opened(grid, files));
            } finally {
                if (opened.isEmpty()) {
                    files.close();
                }
            }
            return opened;
        } catch (IOException e) {
            services.warnings().notCached(entry.digest(), e.toString());
            return Optional.empty();
        }
    }

    private Optional<UnitGrid> readOrAdopt(CacheEntry entry, UnitFiles files) throws IOException {
        Optional<UnitGrid> recorded = recorded(entry.digest(), files);
        if (recorded.isPresent()) {
            if (files.data().sizeBytes() != recorded.get().blobBytes()) {
                files.data().truncate(recorded.get().blobBytes());
            }
            return recorded;
        }
        Optional<UnitGrid> adopted = new Adoption(
                        entry.digest(),
                        files,
                        services.buffers(),
                        services.options().unitBytes())
                .adopt();
        LOG.info(
                "{} lay in the cache without a record: {}",
                entry.digest(),
                adopted.isPresent() ? "adopted" : "dropped");
        return adopted;
    }

    private Optional<UnitGrid> recorded(BlobDigest digest, UnitFiles files) throws IOException {
        int unitBytes = services.options().unitBytes();
        try {
            return files.presence()
                    .header()
                    .filter(header ->
                            header.digest().equals(digest) && header.grid().unitBytes() == unitBytes)
                    .map(PresenceHeader::grid);
        } catch (CorruptFormatException e) {
            LOG.warn("presence record is started anew: {}", e.getMessage());
            return Optional.empty();
        }
    }

    private BlobStore openNew(CacheEntry entry, BlobOrigin origin) throws IOException {
        int unitBytes = services.options().unitBytes();
        try (FetchBuffers.Lease lease =
                services.buffers().lease(services.options().unitsPerRefill())) {
            ByteBuffer bytes = lease.slice(0, lease.pieces() * unitBytes);
            long blobBytes = origin.fetch(0, bytes);
            if (!UnitGrid.fits(unitBytes, blobBytes)) {
                throw new IOException(origin.name() + ": a blob cannot be " + blobBytes + " bytes long");
            }
            long expectedBytes = Math.min(bytes.limit(), blobBytes);
            if (bytes.flip().remaining() != expectedBytes) {
                throw new EOFException(origin.name() + ": at byte 0: expected " + expectedBytes + " bytes, found "
                        + bytes.remaining());
            }
            return start(entry, new UnitGrid(unitBytes, blobBytes), bytes);
        }
    }

    private BlobStore start(CacheEntry entry, UnitGrid grid, ByteBuffer firstBytes) {
        Counters counters = new Counters();
        counters.fetched(firstBytes.remaining());
        UnitKeeper keeper = keeper(entry, new Opened(grid, createFiles(entry, grid)), counters);
        if (firstBytes.hasRemaining()) {
            keeper.keep(0, grid.unitAt(firstBytes.remaining() - 1) + 1, firstBytes);
        }
        return store(grid, keeper, counters);
    }

    /** Empty files for a blob; null if the disk refuses. */
    private UnitFiles createFiles(CacheEntry entry, UnitGrid grid) {
        try {
            UnitFiles files = UnitFiles.open(entry.dataPath(), entry.presencePath());
            try {
                files.start(new PresenceHeader(entry.digest(), grid));
                return files;
            } catch (IOException e) {
                files.close();
                throw e;
            }
        } catch (IOException e) {
            services.warnings().notCached(entry.digest(), e.toString());
            return null;
        }
    }

    private UnitKeeper keeper(CacheEntry entry, Opened opened, Counters counters) {
        UnitKeeper keeper = new UnitKeeper(entry, opened.grid, opened.files, services, counters);
        if (opened.files != null) {
            entry.book(opened.files);
            touchStoredGroups(opened, keeper.units());
        }
        return keeper;
    }

    /** Makes what was stored earlier known to eviction, as used just once. */
    private static void touchStoredGroups(Opened opened, UnitMap units) {
        long groupBytes = (long) units.groupUnits() * opened.grid.unitBytes();
        try {
            FileDescriptor data = opened.files.data();
            for (long at = data.nextData(0); at >= 0 && at < opened.grid.blobBytes(); ) {
                int unit = opened.grid.unitAt(at);
                units.touch(unit, unit);
                at = data.nextData((at / groupBytes + 1) * groupBytes);
            }
        } catch (IOException e) {
            LOG.debug("cannot tell where {} has data: {}", opened.files.path(), e.toString());
        }
    }

    private BlobStore store(UnitGrid grid, UnitKeeper keeper, Counters counters) {
        return new BlobStore(lastId.incrementAndGet(), grid, keeper, services, counters);
    }
}
