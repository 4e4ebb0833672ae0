package io.overlaybd.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.io.CorruptFormatException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever happens to the files while nobody looks, wrong bytes never come out. */
class DamageTest extends CacheTest {

    private static final int SIZE = 30 * UNIT + 1234;

    private void fill(TestOrigin origin) throws IOException {
        try (BlobCache cache = openCache();
                CachedBlobSource source = open(cache, origin)) {
            assertReadsWhole(origin, source);
        }
        origin.reset();
    }

    /** Reads everything anew; answers the metrics. */
    private CacheMetrics readAgain(TestOrigin origin) throws IOException {
        origin.reset();
        try (BlobCache cache = openCache();
                CachedBlobSource source = open(cache, origin)) {
            assertReadsWhole(origin, source);
            assertReadsWhole(origin, source);
            return source.metrics();
        }
    }

    private static void flipBit(Path path, long bit) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(bit / 8);
            int before = file.read();
            file.seek(bit / 8);
            file.write(before ^ 1 << bit % 8);
        }
    }

    @Test
    void everyFlippedBitOfAHeaderIsAClearError(Random random) throws IOException {
        byte[] hash = new byte[BlobDigest.HASH_BYTES];
        random.nextBytes(hash);
        PresenceHeader header = new PresenceHeader(BlobDigest.ofHash(hash), new UnitGrid(UNIT, SIZE));
        ByteBuffer bytes = ByteBuffer.allocate(PresenceHeader.HEADER_BYTES);
        header.encode(bytes);
        assertEquals(header, PresenceHeader.decode("record", bytes));
        for (int bit = 0; bit < 8 * PresenceHeader.HEADER_BYTES; bit++) {
            byte[] flipped = bytes.array().clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            CorruptFormatException e = assertThrows(
                    CorruptFormatException.class, () -> PresenceHeader.decode("record", ByteBuffer.wrap(flipped)));
            assertTrue(e.getMessage().startsWith("record: at byte "), e.getMessage());
        }
    }

    @Test
    void headerIsWrittenAsItsGrammarSays() {
        ByteBuffer bytes = ByteBuffer.allocate(PresenceHeader.HEADER_BYTES);
        new PresenceHeader(BlobDigest.ofHash(new byte[32]), new UnitGrid(0x10000, 0x12345)).encode(bytes);
        byte[] head = new byte[24];
        bytes.get(0, head);
        assertArrayEquals(
                new byte[] {'O', 'B', 'D', 'C', 'A', 'C', 'H', 'E', 1, 0, 0, 0, 0, 0, 1, 0, 0x45, 0x23, 1, 0, 0, 0, 0, 0
                },
                head);
    }

    @Test
    void flippedHeaderBitCostsNoMoreThanFetchingAgain(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, SIZE);
        for (int bit = 0; bit < 8 * PresenceHeader.HEADER_BYTES; bit += 1 + random.nextInt(16)) {
            fill(origin);
            flipBit(record(origin), bit);
            readAgain(origin);
        }
    }

    @Test
    void flippedBitOfTheDataIsFoundAndOnlyItsUnitFetched(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, SIZE);
        fill(origin);
        for (int round = 0; round < 20; round++) {
            long bit = random.nextInt(8 * SIZE);
            flipBit(data(origin), bit);
            CacheMetrics metrics = readAgain(origin);
            assertEquals(1, metrics.badChecksums());
            assertEquals(1, origin.fetches().size());
            assertEquals(bit / 8 / UNIT * UNIT, origin.fetches().get(0).offsetBytes());
        }
    }

    @Test
    void anyDamageReadsRight(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, SIZE);
        for (int round = 0; round < 150; round++) {
            fill(origin);
            for (int i = random.nextInt(3); i >= 0; i--) {
                damage(random.nextBoolean() ? data(origin) : record(origin), random);
            }
            readAgain(origin);
        }
    }

    private static void damage(Path path, Random random) throws IOException {
        if (Files.notExists(path)) {
            return;
        }
        long size = Files.size(path);
        switch (random.nextInt(7)) {
            case 0 -> truncate(path, (long) (random.nextDouble() * size));
            case 1 -> overwrite(path, random, (long) (random.nextDouble() * size), random.nextInt(3 * UNIT));
            case 2 -> zero(path, (long) (random.nextDouble() * size), random.nextInt(3 * UNIT));
            case 3 -> Files.delete(path);
            case 4 -> overwrite(path, random, size, random.nextInt(UNIT));
            case 5 -> overwrite(path, random, 0, (int) size);
            default -> flipBit(path, (long) (random.nextDouble() * Math.max(1, 8 * size - 8)));
        }
    }

    private static void truncate(Path path, long size) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(size);
        }
    }

    private static void overwrite(Path path, Random random, long offset, int length) throws IOException {
        byte[] garbage = new byte[length];
        random.nextBytes(garbage);
        write(path, offset, garbage);
    }

    private static void zero(Path path, long offset, int length) throws IOException {
        write(path, offset, new byte[length]);
    }

    private static void write(Path path, long offset, byte[] bytes) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(offset);
            file.write(bytes);
        }
    }

    @Test
    void hugeLengthInAValidHeaderCostsNoMemoryAndHealsItself(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, SIZE);
        fill(origin);
        long lie = (long) UNIT * UnitGrid.MAX_UNITS;
        ByteBuffer head = ByteBuffer.allocate(PresenceHeader.HEADER_BYTES);
        new PresenceHeader(BlobDigest.parse(origin.digest), new UnitGrid(UNIT, lie)).encode(head);
        write(record(origin), 0, head.array());
        try (BlobCache cache = openCache();
                CachedBlobSource source = open(cache, origin)) {
            assertEquals(lie, source.sizeBytes());
            assertReads(origin, source, 0, 30 * UNIT);
            assertThrows(IOException.class, () -> read(source, lie - 10, 10));
        }
        readAgain(origin);
    }

    @Test
    void lengthThatChangesAtTheOriginIsAnErrorAndTheRecordIsGivenUp(Random random) throws IOException {
        TestOrigin first = randomBlob(random, SIZE);
        try (BlobCache cache = openCache()) {
            try (CachedBlobSource source = open(cache, first)) {
                assertReads(first, source, 0, UNIT);
            }
            TestOrigin longer = randomBlob(random, SIZE + 1);
            try (CachedBlobSource source = cache.open(first.digest, longer, OptionalLong.empty())) {
                IOException e = assertThrows(IOException.class, () -> read(source, UNIT, 10));
                assertTrue(e.getMessage().contains("expected " + SIZE), e.getMessage());
                assertReads(first, source, 0, UNIT);
            }
            first.reset();
            try (CachedBlobSource source = open(cache, first)) {
                assertReadsWhole(first, source);
                assertFalse(first.fetches().isEmpty());
            }
        }
    }

    @Test
    void impossibleLengthsOfAnOriginAreRefused() throws IOException {
        for (long length : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, (long) UNIT * UnitGrid.MAX_UNITS + 1}) {
            TestOrigin origin = new TestOrigin(new byte[10]);
            try (BlobCache cache = openCache()) {
                assertThrows(
                        IOException.class,
                        () -> cache.open(origin.digest, new LyingOrigin(length), OptionalLong.empty()));
                assertFalse(Files.exists(data(origin)));
            }
        }
    }

    private record LyingOrigin(long length) implements io.overlaybd.io.BlobOrigin {
        @Override
        public String name() {
            return "liar";
        }

        @Override
        public long fetch(long offsetBytes, ByteBuffer dst) {
            dst.position(dst.limit());
            return length;
        }
    }

    @Test
    void completeFileWithoutARecordIsAdoptedWithoutTheOrigin(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, SIZE);
        Files.createDirectories(directory());
        Files.write(data(origin), origin.content);
        origin.before = (offset, length) -> {
            throw new IOException("the origin is down");
        };
        for (int round = 0; round < 2; round++) {
            CacheMetrics metrics = readAgain(origin);
            assertEquals(0, metrics.badChecksums());
            assertEquals(0, origin.fetches().size());
        }
    }

    @Test
    void foreignContentUnderAGoodNameIsNeverBelieved(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, SIZE);
        for (int round = 0; round < 20; round++) {
            Files.createDirectories(directory());
            byte[] foreign = origin.content.clone();
            switch (random.nextInt(3)) {
                case 0 -> foreign[random.nextInt(SIZE)] ^= 1;
                case 1 -> foreign = new byte[random.nextInt(2 * SIZE)];
                default -> random.nextBytes(foreign);
            }
            Files.deleteIfExists(record(origin));
            Files.write(data(origin), foreign);
            readAgain(origin);
            assertTrue(origin.fetches().size() > 0);
        }
    }

    @Test
    void partialFileOfTheOriginalIsNotTrustedByItsAllocation(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, SIZE);
        Files.createDirectories(directory());
        write(data(origin), 8 * UNIT, new byte[2 * UNIT]);
        truncate(data(origin), SIZE);
        readAgain(origin);
        assertEquals(SIZE, Files.size(data(origin)));
        assertArrayEquals(origin.content, Files.readAllBytes(data(origin)));
    }

    @Test
    void fileCutWhileOpenIsRepaired(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, SIZE);
        try (BlobCache cache = openCache();
                CachedBlobSource source = open(cache, origin)) {
            assertReadsWhole(origin, source);
            truncate(data(origin), 5 * UNIT + 10);
            assertReadsWhole(origin, source);
            assertTrue(source.tryReadFully(0, ByteBuffer.allocateDirect(SIZE)));
        }
        assertArrayEquals(origin.content, Files.readAllBytes(data(origin)));
    }

    @Test
    void whatIsNoRegularFileIsReadThrough(Random random) throws IOException {
        TestOrigin folder = randomBlob(random, SIZE);
        TestOrigin link = randomBlob(random, SIZE);
        Files.createDirectories(data(folder).resolve("child"));
        Path target = Files.write(directory().resolve("elsewhere"), new byte[] {1, 2, 3});
        Files.createSymbolicLink(data(link), target);
        for (TestOrigin origin : new TestOrigin[] {folder, link}) {
            readAgain(origin);
        }
        assertArrayEquals(new byte[] {1, 2, 3}, Files.readAllBytes(target));
    }

    @Test
    void otherRefillUnitStartsAnIncompleteBlobAnewAndKeepsAWholeOne(Random random) throws IOException {
        TestOrigin whole = randomBlob(random, SIZE);
        TestOrigin part = randomBlob(random, SIZE);
        fill(whole);
        try (BlobCache cache = openCache();
                CachedBlobSource source = open(cache, part)) {
            assertReads(part, source, 0, UNIT);
        }
        part.reset();
        try (BlobCache cache = BlobCache.open(options().withRefillUnitBytes(4 * UNIT));
                CachedBlobSource wholeSource = open(cache, whole);
                CachedBlobSource partSource = open(cache, part)) {
            assertReadsWhole(whole, wholeSource);
            assertReadsWhole(part, partSource);
            assertEquals(0, whole.fetches().size());
            assertEquals(4 * UNIT, part.fetches().get(0).lengthBytes());
        }
    }

    @Test
    void recordWithoutItsBlobIsRemoved(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, SIZE);
        fill(origin);
        Files.delete(data(origin));
        openCache().close();
        assertFalse(Files.exists(record(origin)));
    }

    @Test
    void fileOfOursIsTheBlobItself(Random random) throws IOException {
        TestOrigin origin = randomBlob(random, SIZE);
        fill(origin);
        assertArrayEquals(origin.content, Files.readAllBytes(data(origin)));
        Files.write(directory().resolve("note.txt"), new byte[] {1}, StandardOpenOption.CREATE);
        readAgain(origin);
        assertTrue(Files.exists(directory().resolve("note.txt")));
    }
}
