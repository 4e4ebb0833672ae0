package io.overlaybd.service.download;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.cache.BlobCache;
import io.overlaybd.cache.CacheOptions;
import io.overlaybd.cache.CachedBlobSource;
import io.overlaybd.config.DownloadConfig;
import io.overlaybd.io.BlobOrigin;
import io.overlaybd.io.BlobSource;
import io.overlaybd.testing.FaultySource;
import io.overlaybd.testing.MemorySource;
import io.overlaybd.testing.Seeded;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A disk that errs under a layer file, and the registry behind it. */
@ExtendWith(Seeded.class)
class SwitchingSourceTest {

    private static final int BYTES = 100_000;

    @TempDir
    Path folder;

    private final Downloads downloads =
            new Downloads(new DownloadConfig(false, 0, 1, 0, 1, 4096), DownloadSettings.defaults());
    private final byte[] content = new byte[BYTES];
    private byte[] ofRegistry = content;
    private boolean isAway;
    private boolean isBroken;
    private BlobCache cache;

    @BeforeEach
    void open(Random random) throws IOException {
        random.nextBytes(content);
        cache = BlobCache.open(CacheOptions.defaults(folder.resolve("cache")).withRefillUnitBytes(4096));
    }

    @AfterEach
    void close() {
        downloads.close();
        cache.close();
    }

    private final class Blob implements RemoteBlob, BlobOrigin {

        @Override
        public String name() {
            return "registry";
        }

        @Override
        public String digest() {
            return "sha256:" + "0".repeat(64);
        }

        @Override
        public CachedBlobSource open() throws IOException {
            return cache.open(digest(), this, OptionalLong.empty());
        }

        @Override
        public BlobOrigin origin() {
            return this;
        }

        @Override
        public long fetch(long offsetBytes, ByteBuffer dst) throws IOException {
            if (isAway) {
                throw new IOException("away");
            }
            dst.put(ofRegistry, (int) offsetBytes, Math.min(dst.remaining(), ofRegistry.length - (int) offsetBytes));
            return ofRegistry.length;
        }
    }

    /** A file whose middle cannot be read once the disk is broken. */
    private SwitchingSource source() throws IOException {
        BlobSource disk = new FaultySource(new MemorySource("file", content), (offset, bytes) -> {
            if (isBroken && offset + bytes.remaining() > BYTES / 2) {
                throw new IOException("Input/output error");
            }
        });
        return SwitchingSource.local(downloads.forImage(Optional.empty()), new Blob(), Optional.empty(), disk);
    }

    private static byte[] read(BlobSource source) throws IOException {
        ByteBuffer dst = ByteBuffer.allocate(BYTES);
        source.readFully(0, dst);
        return dst.array();
    }

    @Test
    void readErrorGivesWayToTheRegistryOnceForAll() throws IOException {
        try (SwitchingSource source = source()) {
            assertArrayEquals(content, read(source));
            assertEquals("file", source.name());
            isBroken = true;
            assertArrayEquals(content, read(source));
            assertEquals("registry", source.name());
            assertArrayEquals(content, read(source));
            assertEquals(1, downloads.metrics().fallbacks());
        }
    }

    @Test
    void threadThatMustNotWaitIsToldToComeBack() throws IOException {
        try (SwitchingSource source = source()) {
            isBroken = true;
            ByteBuffer dst = ByteBuffer.allocate(BYTES).position(7);
            assertFalse(source.tryReadFully(0, dst));
            assertEquals(7, dst.position());
            assertEquals("file", source.name());
        }
    }

    @Test
    void errorTellsOfBothWhereTheRegistryIsAwayAndWhatCanBeReadIsRead() throws IOException {
        try (SwitchingSource source = source()) {
            isBroken = true;
            isAway = true;
            String message = assertThrows(IOException.class, () -> read(source)).getMessage();
            assertTrue(message.startsWith("file: Input/output error; nor can it be read from the registry: "), message);
            ByteBuffer half = ByteBuffer.allocate(BYTES / 2);
            source.readFully(0, half);
            isAway = false;
            assertArrayEquals(content, read(source));
        }
    }

    @Test
    void registryWithAnotherFileDoesNotStepIn() throws IOException {
        ofRegistry = content.clone();
        ofRegistry[BYTES - 1] ^= 1;
        try (SwitchingSource source = source()) {
            isBroken = true;
            String message = assertThrows(IOException.class, () -> read(source)).getMessage();
            assertTrue(message.contains("another file"), message);
            assertEquals(0, downloads.metrics().fallbacks());
        }
    }

    @Test
    void onlyTheSecondComplaintOfWrongChecksumsCounts() throws IOException {
        try (SwitchingSource source = source()) {
            assertTrue(source.evict(0, 4096));
            assertEquals("file", source.name());
            assertTrue(source.evict(0, 4096));
            assertEquals("registry", source.name());
            assertTrue(source.evict(0, 4096));
        }
    }

    @Test
    void rangesBeyondTheEndAreNoDamage() throws IOException {
        try (SwitchingSource source = source()) {
            assertThrows(IOException.class, () -> source.readFully(1, ByteBuffer.allocate(BYTES)));
            assertEquals("file", source.name());
        }
    }

    @Test
    void closedSourceStaysClosed() throws IOException {
        SwitchingSource source = source();
        isBroken = true;
        source.close();
        source.close();
        assertThrows(IOException.class, () -> read(source));
        assertEquals(0, downloads.metrics().fallbacks());
    }
}
