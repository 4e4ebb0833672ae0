package io.overlaybd.io.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.overlaybd.testing.ResidentMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class MappedRegionTest {

    private static final long GIB = 1L << 30;

    @Test
    void slicesOfOneRangeShowTheSameBytes() throws IOException {
        try (MappedRegion region = MappedRegion.anonymous(8192)) {
            region.slice(4090, 10).putLong(2, 0x0102030405060708L);
            ByteBuffer other = region.slice(0, 8192);
            assertEquals(0x0102030405060708L, other.getLong(4092));
            assertEquals(ByteOrder.nativeOrder(), other.order());
        }
    }

    @Test
    void bytesBeyondTwoGibibytesAreReached() throws IOException {
        long length = 5 * GIB / 2 + 4096;
        try (MappedRegion region = MappedRegion.anonymous(length)) {
            for (long at : new long[] {0, GIB - 8, GIB, 2 * GIB - 4, 2 * GIB, length - 8}) {
                region.slice(at, 8).putLong(0, at + 1);
                assertEquals(at + 1, region.slice(at, 8).getLong(0));
            }
            assertEquals(GIB, region.slice(GIB + GIB / 2, GIB).limit());
        }
    }

    @Test
    void movedViewBoundsEachRange() throws IOException {
        long length = 5 * GIB / 2;
        try (MappedRegion region = MappedRegion.anonymous(length)) {
            MappedRegion.View view = region.movableView();
            for (long at : new long[] {0, GIB - 8, 16, 2 * GIB + 4, GIB, length - 24}) {
                ByteBuffer range = view.moveTo(at, 24);
                assertEquals(24, range.remaining());
                range.putLong(at + 1);
                assertEquals(at + 1, region.slice(at, 8).getLong(0));
                assertEquals(ByteOrder.nativeOrder(), range.order());
            }
            assertThrows(IndexOutOfBoundsException.class, () -> view.moveTo(length - 23, 24));
            assertThrows(IndexOutOfBoundsException.class, () -> view.moveTo(-1, 1));
        }
    }

    @Test
    void whatIsLetGoOfKeepsItsBytesAndCountsNoMore() throws IOException {
        int length = (3 << 20) + (192 << 10); // as no other mapping has
        try (MappedRegion region = MappedRegion.anonymous(length)) {
            ByteBuffer all = region.slice(0, length);
            for (int at = 0; at < length; at += 8) {
                all.putLong(at, at);
            }
            assertEquals(length, ResidentMemory.ofMapping(length));
            region.letGo(100, 2 << 20);
            assertEquals(length - (2 << 20), ResidentMemory.ofMapping(length), "whole pages, and the one it begins in");
            for (int at = 0; at < length; at += 8) {
                assertEquals(at, all.getLong(at));
            }
            region.letGo(length - 10, 10);
            assertThrows(IndexOutOfBoundsException.class, () -> region.letGo(length, 1));
        }
    }

    @Test
    void nothingOutsideIsReached() throws IOException {
        try (MappedRegion region = MappedRegion.anonymous(4096)) {
            assertEquals(0, region.slice(4096, 0).limit());
            assertThrows(IndexOutOfBoundsException.class, () -> region.slice(4096, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> region.slice(-1, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> region.slice(0, -1));
            assertThrows(IndexOutOfBoundsException.class, () -> region.slice(Long.MAX_VALUE, Long.MAX_VALUE));
        }
    }

    @Test
    void whatIsUnmappedGivesNoSlice() throws IOException {
        MappedRegion region = MappedRegion.anonymous(4096);
        region.close();
        region.close();
        assertThrows(IllegalStateException.class, () -> region.slice(0, 1));
    }

    @Test
    void impossibleLengthIsAnError() {
        assertThrows(IOException.class, () -> MappedRegion.anonymous(1L << 60));
        assertThrows(IOException.class, () -> MappedRegion.anonymous(0));
    }
}
