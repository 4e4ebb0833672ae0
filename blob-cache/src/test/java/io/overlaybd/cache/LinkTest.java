package io.overlaybd.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LinkTest {

    private static final int MIB = 1 << 20;
    private static final long MILLI = 1_000_000;

    private long nanos;
    private final Link link = new Link(() -> nanos);

    /** So many fetches at the same time, which come one after another at this rate after one round trip. */
    private void round(int fetches, int bytes, long roundTripMillis, double bytesPerMilli) {
        Link.Fetch[] underWay = new Link.Fetch[fetches];
        for (int i = 0; i < fetches; i++) {
            underWay[i] = link.begin();
        }
        nanos += roundTripMillis * MILLI;
        for (Link.Fetch fetch : underWay) {
            nanos += (long) (bytes / bytesPerMilli * MILLI);
            link.end(fetch, bytes);
        }
    }

    @Test
    void windowIsTheFirstOneUntilTheLinkIsKnown() {
        assertEquals(Link.FIRST_WINDOW_BYTES, link.windowBytes());
        round(4, MIB, 50, 12_500);
        assertEquals(Link.FIRST_WINDOW_BYTES, link.windowBytes());
    }

    @Test
    void windowIsTwiceWhatTheLinkHolds() {
        for (int i = 0; i < 10; i++) {
            round(4, 256 << 10, 50, 12_500);
        }
        // 256 KiB take 71 ms alone, and 12,500 bytes a millisecond is what four bring together, less the round trip.
        int window = link.windowBytes();
        assertTrue(window > MIB / 2 && window < 2 * MIB, () -> "window " + window);
    }

    @Test
    void windowGrowsWhileMoreUnderWayBringsMore() {
        for (int i = 0; i < 40; i++) {
            round(1, 256 << 10, 50, 1_000_000);
        }
        int one = link.windowBytes();
        round(4, 256 << 10, 50, 1_000_000);
        assertTrue(link.windowBytes() > 3 * one, () -> one + " and " + link.windowBytes());
    }

    @Test
    void windowStaysWithinItsBounds() {
        for (int i = 0; i < 2000; i++) {
            round(1, 4096, 0, 1_000_000);
        }
        round(3, 4096, 0, 1_000_000);
        assertEquals(Link.MIN_WINDOW_BYTES, slowest().windowBytes());
        for (int i = 0; i < 20; i++) {
            round(32, MIB, 200, 1_000_000);
        }
        assertTrue(link.windowBytes() <= Link.MAX_WINDOW_BYTES);
    }

    private static Link slowest() {
        long[] now = new long[1];
        Link slow = new Link(() -> now[0]);
        for (int i = 0; i < 9; i++) {
            Link.Fetch fetch = slow.begin();
            now[0] += 10;
            slow.end(fetch, i == 0 ? 8 << 20 : 1);
            now[0] += 6_000_000_000L;
        }
        return slow;
    }

    @Test
    void whatWasLongAgoIsForgotten() {
        for (int i = 0; i < 10; i++) {
            round(8, MIB, 50, 125_000);
        }
        int fast = link.windowBytes();
        for (int i = 0; i < 3; i++) {
            nanos += 6_000 * MILLI;
            round(1, 64 << 10, 1, 1_000);
        }
        assertTrue(link.windowBytes() < fast, () -> fast + " then " + link.windowBytes());
    }
}
