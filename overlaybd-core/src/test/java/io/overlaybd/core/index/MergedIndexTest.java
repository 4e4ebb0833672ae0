package io.overlaybd.core.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.core.format.SegmentMapping;
import io.overlaybd.testing.Seeded;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(Seeded.class)
class MergedIndexTest {

    private static final String L0 = "{5,5,0}{10,10,50}{100,10,20}";
    private static final String L1 = "{0,1,7}{2,4,5}{15,10,22}{30,15,89}{87,50,32}{150,10,84}";
    private static final String L2 = "{1,3,134}{8,4,873}{18,72,320}{100,100,4893}{1000,1000,39823}";
    private static final String L3 = "{23,10,0}{65,10,50}{89,10,20}{230,43,432}{1999,31,2393}";

    private static MergedIndex merge(String... topFirst) throws IOException {
        List<LayerIndex> layers = new ArrayList<>();
        for (String layer : topFirst) {
            layers.add(Segments.layer(layer));
        }
        return MergedIndex.merge(layers);
    }

    @Test
    void threeLayersMergeAsInTheOriginal() throws IOException {
        assertEquals(
                Segments.rows("{0,1,7,1}{1,1,134,2}{2,3,5,1}{5,5,0,0}{10,10,50,0}{20,5,27,1}{25,5,327,2}{30,15,89,1}"
                        + "{45,42,347,2}{87,13,32,1}{100,10,20,0}{110,27,55,1}{137,13,4930,2}{150,10,84,1}"
                        + "{160,40,4953,2}{1000,1000,39823,2}"),
                Segments.all(merge(L0, L1, L2)));
    }

    @Test
    void fourthLayerShowsOnlyWhereNothingElseIs() throws IOException {
        List<SegmentMapping> expected = new ArrayList<>(Segments.all(merge(L0, L1, L2)));
        expected.add(expected.size() - 1, new SegmentMapping(230, 43, 432, false, 3));
        expected.add(new SegmentMapping(2000, 30, 2394, false, 3));
        assertEquals(expected, Segments.all(merge(L0, L1, L2, L3)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            value = {
                " 5 15 > {5,5,5}{10,5,50}",
                "16 26 > {16,4,56}",
                "26 36 > none",
                "6 106 > {6,4,6}{10,10,50}{100,6,20}",
                "110 999 > none",
                "0 1 > {0,1,0}"
            })
    void lookupGivesWhatOverlapsCutToTheQuery(String query, String expected) throws IOException {
        MergedIndex index = merge("{0,10,0}{10,10,50}{100,10,20}");
        String[] bounds = query.trim().split(" ");
        assertEquals(Segments.rows(expected), lookup(index, Long.parseLong(bounds[0]), Long.parseLong(bounds[1])));
    }

    /** The walk that the class comment tells of. */
    private static List<SegmentMapping> lookup(MergedIndex index, long from, long to) {
        List<SegmentMapping> found = new ArrayList<>();
        for (int i = index.firstEndingAfter(from); i < index.size() && index.offsetSectors(i) < to; i++) {
            long start = Math.max(from, index.offsetSectors(i));
            long end = Math.min(to, index.endSectors(i));
            long cutOff = index.isZeroed(i) ? 0 : start - index.offsetSectors(i);
            found.add(new SegmentMapping(
                    start, (int) (end - start), index.mappedSector(i) + cutOff, index.isZeroed(i), index.tag(i)));
        }
        return found;
    }

    @Test
    void emptyLayersMergeToNothing() throws IOException {
        MergedIndex index = merge("", "", "");
        assertEquals(0, index.size());
        assertEquals(0, index.firstEndingAfter(0));
        assertEquals(0, index.firstEndingAfter(Long.MAX_VALUE));
    }

    @Test
    void mergeLongerThanTheLimitIsRefused() {
        List<LayerIndex> layers = List.of(Segments.layer("{0,1,8}{4,1,9}"), Segments.layer("{2,1,8}{6,1,9}"));
        assertThrows(TooManySegmentsException.class, () -> MergedIndex.merge(layers, 3));
    }

    @Test
    void mergeOfNoLayerIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> MergedIndex.merge(List.of()));
    }

    @Test
    void mergeEqualsTheRecursionOfTheOriginal(Random random) throws IOException {
        for (int round = 0; round < 60; round++) {
            int layers = 1 + random.nextInt(12);
            int end = 200 + random.nextInt(3000);
            List<LayerIndex> topFirst = randomLayers(random, layers, end);
            assertEquals(new RecursiveMerge(topFirst).merge(), Segments.all(MergedIndex.merge(topFirst)));
        }
    }

    private static List<LayerIndex> randomLayers(Random random, int layers, int end) {
        return IntStream.range(0, layers)
                .mapToObj(i -> Segments.random(random, random.nextInt(80), end, 1 + random.nextInt(120)))
                .toList();
    }

    @Test
    void everySectorReadsAsTheTopmostLayerThatHasIt(Random random) throws IOException {
        for (int round = 0; round < 20; round++) {
            int end = 100 + random.nextInt(4000);
            List<LayerIndex> topFirst = randomLayers(random, 1 + random.nextInt(10), end);
            SectorPainting painting = new SectorPainting(end);
            for (int tag = topFirst.size() - 1; tag >= 0; tag--) {
                painting.paint(topFirst.get(tag), tag);
            }
            painting.assertShows(MergedIndex.merge(topFirst));
        }
    }

    @Test
    void thousandLayersAreToldApart(Random random) throws IOException {
        int end = 40_000;
        List<LayerIndex> topFirst = IntStream.range(0, 1000)
                .mapToObj(i -> Segments.random(random, 60, end, 20))
                .toList();
        SectorPainting painting = new SectorPainting(end);
        for (int tag = topFirst.size() - 1; tag >= 0; tag--) {
            painting.paint(topFirst.get(tag), tag);
        }
        painting.assertShows(MergedIndex.merge(topFirst));
    }

    @Test
    void lastLayerOfANarrowAndTheFirstOfAWideStackAreFound() throws IOException {
        for (int layers : new int[] {255, 256, 257}) {
            List<LayerIndex> topFirst = IntStream.range(0, layers)
                    .mapToObj(i -> LayerIndex.of(List.of(new SegmentMapping(i * 3L, 2, 8 + i, i % 2 == 0, 0))))
                    .toList();
            MergedIndex index = MergedIndex.merge(topFirst);
            for (int i = 0; i < layers; i++) {
                assertEquals(i, index.tag(i));
                assertEquals(8 + i, index.mappedSector(i));
                assertEquals(i % 2 == 0, index.isZeroed(i));
            }
        }
    }

    @Test
    void firstEndingAfterIsThatOfALinearSearch(Random random) throws IOException {
        for (int round = 0; round < 40; round++) {
            MergedIndex index = MergedIndex.merge(List.of(scattered(random, 1 + random.nextInt(200))));
            for (int probe = 0; probe < 300; probe++) {
                int near = random.nextInt(index.size());
                long sector = Math.max(0, index.offsetSectors(near) + random.nextInt(70) - 3);
                assertEquals(linear(index, sector), index.firstEndingAfter(sector));
            }
            for (long sector : new long[] {0, (1L << 50) - 2, (1L << 50) - 1, 1L << 54, Long.MAX_VALUE}) {
                assertEquals(linear(index, sector), index.firstEndingAfter(sector));
            }
        }
    }

    /** Gaps of all magnitudes, so that some buckets hold many segments and most hold none. */
    private static LayerIndex scattered(Random random, int count) {
        LayerIndex.Builder builder = new LayerIndex.Builder(count);
        for (int i = 0; i < count; i++) {
            long gap = random.nextLong() >>> (22 + random.nextInt(42));
            int length = 1 + random.nextInt(60);
            long offset = Math.min(builder.endSectors() + gap, (1L << 50) - 1 - (count - i) * 60L);
            if (offset >= builder.endSectors()) {
                builder.add(SegmentMapping.low(offset, length), SegmentMapping.high(8, false, 0));
            }
        }
        return builder.build();
    }

    private static int linear(MergedIndex index, long sector) {
        int i = 0;
        while (i < index.size() && index.endSectors(i) <= sector) {
            i++;
        }
        return i;
    }

    @Test
    void largeIndexesAreSearchedAsWellWhetherEvenOrCrowded(Random random) throws IOException {
        int count = 70_000;
        for (int maxGap : new int[] {1, 100}) {
            for (long lastGap : new long[] {1, 1L << 48}) {
                LayerIndex.Builder builder = new LayerIndex.Builder(count);
                for (int i = 0; i < count; i++) {
                    long gap = i == count - 1 ? lastGap : random.nextInt(maxGap);
                    builder.add(SegmentMapping.low(builder.endSectors() + gap, 1 + random.nextInt(9)), 8);
                }
                assertFindsItself(MergedIndex.merge(List.of(builder.build())));
            }
        }
    }

    private static void assertFindsItself(MergedIndex index) {
        for (int i = 0; i < index.size(); i++) {
            assertEquals(i, index.firstEndingAfter(index.offsetSectors(i)));
            assertEquals(i, index.firstEndingAfter(index.endSectors(i) - 1));
            assertEquals(i + 1, index.firstEndingAfter(index.endSectors(i)));
        }
    }

    @Test
    void tableOfBucketsTakesAtMostEightBytesASegment(Random random) throws IOException {
        for (int count : new int[] {1, 2, 3, 17, 1000}) {
            LayerIndex layer = scattered(random, count);
            assertTrue(MergedIndex.merge(List.of(layer)).lookupBytes() <= 8L * layer.size() + 4);
        }
    }

    @Test
    void layerPutOnTopIsAsIfMergedWithTheRest(Random random) throws IOException {
        for (int layers : new int[] {1, 2, 7, 255, 256, 257, 300}) {
            List<LayerIndex> topFirst = randomLayers(random, layers + 1, 3000);
            MergedIndex below = MergedIndex.merge(topFirst.subList(1, layers + 1));
            MergedIndex expected = MergedIndex.merge(topFirst);
            MergedIndex found = below.withTop(topFirst.get(0), layers);
            assertEquals(expected.size(), found.size());
            for (int i = 0; i < found.size(); i++) {
                assertEquals(expected.offsetSectors(i), found.offsetSectors(i));
                assertEquals(expected.endSectors(i), found.endSectors(i));
                assertEquals(expected.mappedSector(i), found.mappedSector(i));
                assertEquals(expected.isZeroed(i), found.isZeroed(i));
                assertEquals(expected.tag(i), found.tag(i));
            }
        }
    }
}
