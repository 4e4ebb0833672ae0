package io.overlaybd.core.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.core.format.SegmentMapping;
import io.overlaybd.testing.Seeded;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Seeded.class)
class WritableIndexTest {

    private static WritableIndex index(String rows) {
        WritableIndex index = new WritableIndex();
        Segments.rows(rows).forEach(row -> index.insert(row.low(), row.high()));
        return index;
    }

    private static List<SegmentMapping> from(IndexSnapshot snapshot, long sector) {
        List<SegmentMapping> all = new ArrayList<>();
        for (IndexSnapshot.Cursor at = snapshot.endingAfter(sector); !at.isEnd(); at.advance()) {
            all.add(SegmentMapping.of(at.low(), at.high()));
        }
        return all;
    }

    @Test
    void insertionsOfTheOriginalsTest() {
        assertEquals(
                Segments.rows("{0,5,0}{5,10,3}{15,10,55}{30,10,20}{40,10,123}{50,80,40}{150,100,21}"),
                from(
                        index("{0,20,0}{10,15,50}{30,100,20}{5,10,3}{40,10,123}{200,10,2133}{150,100,21}")
                                .snapshot(),
                        0));
    }

    @Test
    void walkBeginsAtTheFirstSegmentThatEndsAfter() {
        IndexSnapshot snapshot = index("{0,10,0}{10,10,50}{100,10,20}").snapshot();
        assertEquals(Segments.rows("{0,10,0}{10,10,50}{100,10,20}"), from(snapshot, 5));
        assertEquals(Segments.rows("{10,10,50}{100,10,20}"), from(snapshot, 10));
        assertEquals(Segments.rows("{100,10,20}"), from(snapshot, 26));
        assertEquals(List.of(), from(snapshot, 110));
        assertEquals(List.of(), from(new WritableIndex().snapshot(), 0));
    }

    @Test
    void paddingAndEmptySegmentsAreLeftOut() {
        WritableIndex index = index("{5,0,9}");
        index.insert(SegmentMapping.PADDING_LOW, 0);
        assertEquals(0, index.snapshot().size());
    }

    @Test
    void zerosKeepTheirPlaceWhenTheFrontIsCutOff() {
        WritableIndex index = new WritableIndex();
        index.insert(SegmentMapping.low(0, 10), SegmentMapping.high(77, true, 0));
        index.insert(SegmentMapping.low(3, 2), SegmentMapping.high(8, false, 0));
        assertEquals(
                List.of(
                        new SegmentMapping(0, 3, 77, true, 0),
                        new SegmentMapping(3, 2, 8, false, 0),
                        new SegmentMapping(5, 5, 77, true, 0)),
                from(index.snapshot(), 0));
    }

    @Test
    void anyInsertionsGiveWhatTheModelGives(Random random) {
        for (int round = 0; round < 30; round++) {
            int device = 1 << (6 + random.nextInt(14));
            int maxLength = 1 + random.nextInt(Math.min(device, 16_383));
            WritableIndex index = new WritableIndex();
            TreeMap<Long, SegmentMapping> model = new TreeMap<>();
            for (int i = 0; i < 3000; i++) {
                int bound = random.nextInt(20) == 0 ? maxLength : Math.min(maxLength, 8);
                SegmentMapping segment = new SegmentMapping(
                        random.nextInt(device), 1 + random.nextInt(bound), 8 + i * 20_000L, random.nextInt(4) == 0, 0);
                index.insert(segment.low(), segment.high());
                insert(model, segment);
                if (i % 500 == 499) {
                    assertSame(model, index.snapshot(), random.nextInt(device));
                }
            }
        }
    }

    private static void insert(TreeMap<Long, SegmentMapping> model, SegmentMapping segment) {
        long from = segment.offsetSectors();
        long to = from + segment.lengthSectors();
        Map.Entry<Long, SegmentMapping> before = model.lowerEntry(to);
        List<SegmentMapping> pieces = new ArrayList<>();
        while (before != null && end(before.getValue()) > from) {
            SegmentMapping old = model.remove(before.getKey());
            if (old.offsetSectors() < from) {
                pieces.add(piece(old, old.offsetSectors(), from));
            }
            if (end(old) > to) {
                pieces.add(piece(old, to, end(old)));
            }
            before = model.lowerEntry(to);
        }
        pieces.add(segment);
        pieces.forEach(piece -> model.put(piece.offsetSectors(), piece));
    }

    private static long end(SegmentMapping segment) {
        return segment.offsetSectors() + segment.lengthSectors();
    }

    private static SegmentMapping piece(SegmentMapping of, long from, long to) {
        long moved = of.zeroed() ? 0 : from - of.offsetSectors();
        return new SegmentMapping(from, (int) (to - from), of.mappedSector() + moved, of.zeroed(), 0);
    }

    private static void assertSame(TreeMap<Long, SegmentMapping> model, IndexSnapshot snapshot, long sector) {
        assertEquals(List.copyOf(model.values()), from(snapshot, 0));
        assertEquals(model.size(), snapshot.size());
        assertEquals(List.copyOf(model.values()), Segments.all(snapshot.toLayerIndex()));
        assertEquals(
                model.values().stream().filter(segment -> end(segment) > sector).toList(), from(snapshot, sector));
    }

    @Test
    void snapshotStaysAsItWas(Random random) {
        WritableIndex index = new WritableIndex();
        for (int i = 0; i < 5000; i++) {
            index.insert(SegmentMapping.low(random.nextInt(100_000), 1 + random.nextInt(9)), 8L + i);
        }
        IndexSnapshot snapshot = index.snapshot();
        List<SegmentMapping> before = from(snapshot, 0);
        index.insert(SegmentMapping.low(0, 16_383), SegmentMapping.high(8, true, 0));
        for (int i = 0; i < 5000; i++) {
            index.insert(SegmentMapping.low(random.nextInt(100_000), 1 + random.nextInt(9)), 8L + i);
        }
        assertEquals(before, from(snapshot, 0));
    }

    @Test
    void readersNeverSeeAnInsertionHalfDone() throws InterruptedException {
        WritableIndex index = new WritableIndex();
        for (int sector = 0; sector < 4000; sector++) {
            index.insert(SegmentMapping.low(sector, 1), 8);
        }
        Thread writer = new Thread(() -> {
            Random random = new Random(1);
            for (int i = 0; i < 20_000; i++) {
                index.insert(SegmentMapping.low(random.nextInt(3900), 1 + random.nextInt(100)), 8);
            }
        });
        writer.start();
        do {
            long end = 0;
            for (IndexSnapshot.Cursor at = index.snapshot().endingAfter(0); !at.isEnd(); at.advance()) {
                assertEquals(end, at.offsetSectors(), "no gap");
                end = at.endSectors();
            }
            assertEquals(4000, end);
        } while (writer.isAlive());
        writer.join();
    }

    @Test
    void overwrittenSegmentsLeaveFewNodesBehind() {
        WritableIndex index = new WritableIndex();
        for (int sector = 0; sector < 100_000; sector++) {
            index.insert(SegmentMapping.low(2L * sector, 1), 8);
        }
        for (int sector = 0; sector < 200_000; sector += 200) {
            index.insert(SegmentMapping.low(sector, 199), 8);
        }
        assertTrue(leaves(index.snapshot().root()) < 2 * 2000 / (SegmentNode.MAX_SLOTS / 4));
    }

    private static int leaves(SegmentNode node) {
        if (node instanceof SegmentBranch branch) {
            int count = 0;
            for (int i = 0; i < branch.slots(); i++) {
                count += leaves(branch.child(i));
            }
            return count;
        }
        return 1;
    }
}
