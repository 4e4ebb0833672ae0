package io.overlaybd.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.overlaybd.cache.TestOrigin.Fetch;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A directory that was written in longer units than those of now. */
class FinerRecordTest extends CacheTest {

    private static final int LONG_UNIT = 4 * UNIT;
    private static final int SIZE = 10 * LONG_UNIT + UNIT + 100;

    /** Writes some units of a blob, and their record, as a cache of longer units does. */
    private void writeInLongUnits(TestOrigin origin, BitSet kept) throws IOException {
        Files.createDirectories(directory());
        Files.createDirectories(record(origin).getParent());
        UnitGrid grid = new UnitGrid(LONG_UNIT, origin.content.length);
        try (UnitFiles files = UnitFiles.open(data(origin), record(origin), CacheFile::open)) {
            files.start(new PresenceHeader(BlobDigest.parse(origin.digest), grid));
            for (int unit = kept.nextSetBit(0); unit >= 0; unit = kept.nextSetBit(unit + 1)) {
                ByteBuffer bytes = ByteBuffer.allocateDirect(grid.lengthBytes(unit));
                bytes.put(origin.content, (int) grid.startBytes(unit), bytes.remaining());
                files.store(unit, 1, grid, bytes.flip());
            }
        }
    }

    private static BitSet units(int... numbers) {
        BitSet units = new BitSet();
        for (int number : numbers) {
            units.set(number);
        }
        return units;
    }

    @Test
    void whatLiesHereInLongerUnitsIsNotFetchedAgain(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, SIZE);
        writeInLongUnits(origin, units(0, 3, 4, 10));
        origin.before = (offset, length) -> {
            throw new IOException("down");
        };
        for (int life = 0; life < 2; life++) {
            try (BlobCache cache = openCache();
                    CachedBlobSource source = open(cache, origin)) {
                assertReads(origin, source, 0, LONG_UNIT);
                assertReads(origin, source, 3 * LONG_UNIT, 2 * LONG_UNIT);
                assertReads(origin, source, 10 * LONG_UNIT, UNIT + 100);
                assertEquals(0, source.metrics().badChecksums());
            }
        }
        assertEquals(List.of(), origin.fetches());
    }

    @Test
    void whatDoesNotIsFetched(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, SIZE);
        writeInLongUnits(origin, units(0, 1, 3));
        try (BlobCache cache = openCache();
                CachedBlobSource source = open(cache, origin)) {
            assertReads(origin, source, 0, 4 * LONG_UNIT);
            assertEquals(List.of(new Fetch(2 * LONG_UNIT, LONG_UNIT)), origin.fetches());
        }
    }

    @Test
    void damagedUnitIsFetchedAndNoOther(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, SIZE);
        writeInLongUnits(origin, units(0, 1, 2));
        try (RandomAccessFile file = new RandomAccessFile(data(origin).toFile(), "rw")) {
            long place = LONG_UNIT + random.nextInt(LONG_UNIT);
            file.seek(place);
            file.write(origin.content[(int) place] ^ 1);
        }
        try (BlobCache cache = openCache();
                CachedBlobSource source = open(cache, origin)) {
            assertReads(origin, source, 0, 3 * LONG_UNIT);
            assertEquals(List.of(new Fetch(LONG_UNIT, LONG_UNIT)), origin.fetches());
        }
    }

    @Test
    void shortenedFilesReadRight(Random random) throws IOException {
        for (int round = 0; round < 50; round++) {
            TestOrigin origin = randomBlob(random, 1 + random.nextInt(SIZE));
            int units = (origin.content.length - 1) / LONG_UNIT + 1;
            writeInLongUnits(origin, BitSet.valueOf(new long[] {random.nextLong() & (1L << units) - 1}));
            cut(random.nextBoolean() ? data(origin) : record(origin), random);
            try (BlobCache cache = openCache();
                    CachedBlobSource source = open(cache, origin)) {
                assertReadsWhole(origin, source);
                assertReadsWhole(origin, source);
            }
        }
    }

    private static void cut(Path path, Random random) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength((long) (random.nextDouble() * file.length()));
        }
    }

    @Test
    void recordLeftWithoutAHeaderIsStartedAnew(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, SIZE);
        writeInLongUnits(origin, units(0, 1));
        try (UnitFiles files = UnitFiles.open(data(origin), record(origin), CacheFile::open)) {
            files.presence().eraseHeader();
        }
        try (BlobCache cache = openCache();
                CachedBlobSource source = open(cache, origin)) {
            assertReadsWhole(origin, source);
        }
    }
}
