package io.overlaybd.cache;

import io.overlaybd.io.BlobOrigin;
import io.overlaybd.io.CorruptFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens what a cache has of a blob, or starts it. With a good record no origin is asked. Without, a complete file is adopted;
 * else what {@link FirstFetch} brings tells the length. If the disk cannot be used, reads pass through.
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

    BlobStore open(CacheEntry entry, BlobOrigin origin, BlobHint hint) throws IOException {
        Optional<Opened> known = openExisting(entry);
        if (known.isPresent()) {
            Counters counters = new Counters();
            UnitKeeper keeper = keeper(entry, known.get(), counters);
            services.evictor().makeRoom(0); // an adopted file was not counted before
            return store(known.get().grid, keeper, counters);
        }
        return openNew(entry, origin, hint);
    }

    /** How a blob is cut, and its files; the files are null if there can be none. */
    private record Opened(UnitGrid grid, UnitFiles files) {}

    private Optional<Opened> openExisting(CacheEntry entry) {
        if (!Files.exists(entry.dataPath())) {
            return Optional.empty();
        }
        try {
            UnitFiles files = UnitFiles.open(entry.dataPath(), entry.presencePath(), services.files());
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
        try {
            Optional<PresenceHeader> header =
                    files.presence().header().filter(found -> found.digest().equals(digest));
            return header.isPresent() ? inUnits(header.get(), files) : Optional.empty();
        } catch (CorruptFormatException e) {
            LOG.warn("presence record is started anew: {}", e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<UnitGrid> inUnits(PresenceHeader header, UnitFiles files) throws IOException {
        int unitBytes = services.options().unitBytes();
        if (FinerRecord.canBe(header, unitBytes)) {
            return Optional.of(FinerRecord.cut(files, services.buffers(), header, unitBytes));
        }
        return header.grid().unitBytes() == unitBytes ? Optional.of(header.grid()) : Optional.empty();
    }

    private BlobStore openNew(CacheEntry entry, BlobOrigin origin, BlobHint hint) throws IOException {
        try (FirstFetch first = new FirstFetch(services, origin, hint)) {
            first.run();
            return start(entry, new UnitGrid(services.options().unitBytes(), first.blobBytes()), first.parts());
        }
    }

    private BlobStore start(CacheEntry entry, UnitGrid grid, List<FirstFetch.Part> parts) {
        Counters counters = new Counters();
        UnitKeeper keeper = keeper(entry, new Opened(grid, createFiles(entry, grid)), counters);
        for (FirstFetch.Part part : parts) {
            int lengthBytes = part.bytes().remaining();
            counters.fetched(lengthBytes);
            if (lengthBytes > 0) {
                keeper.keep(part.firstUnit(), (lengthBytes - 1) / grid.unitBytes() + 1, part.bytes());
            }
        }
        return store(grid, keeper, counters);
    }

    /** Empty files for a blob; null if the disk refuses. */
    private UnitFiles createFiles(CacheEntry entry, UnitGrid grid) {
        try {
            UnitFiles files = UnitFiles.open(entry.dataPath(), entry.presencePath(), services.files());
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
        FilesOfBlob files = new FilesOfBlob(
                opened.files,
                () -> createFiles(entry, opened.grid),
                services.options().clock());
        UnitKeeper keeper = new UnitKeeper(entry, opened.grid, files, services, counters);
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
            CacheFile data = opened.files.data();
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
